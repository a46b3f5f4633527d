import type { Reading } from "../domain/outcome.ts";

const LOST = [
  /no (session|conversation|thread|rollout|task)\b.{0,80}(found|matched|match)/i,
  /(session|conversation|thread|rollout)\b.{0,80}(not found|does not exist|could not be found|no longer exists)/i,
  /invalid session identifier|error resuming session|no previous sessions/i,
] as const;

/**
 * Whether a resume failed because the agent no longer has the session: killed before it was written down, or cleaned
 * away. Then a new session with the fallback prompt goes on in its place.
 */
export function isSessionLost(reading: Reading): boolean {
  const { failure } = reading;
  return (
    failure !== null && reading.verdict !== "ok" && LOST.some((pattern) => pattern.test(failure.message))
  );
}
