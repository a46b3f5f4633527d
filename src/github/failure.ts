import { Problem } from "../domain/problem.ts";
import type { Time } from "../domain/words.ts";

export type FailureKind =
  | "not_found"
  | "no_access"
  | "gone"
  | "rate_limited"
  | "offline"
  | "refused"
  | "trouble";

/** The cause of every Problem of this room: what the heartbeat may ask about a failure. Holds no secret. */
export class GitHubFailure extends Error {
  override readonly name = "GitHubFailure";

  constructor(
    readonly kind: FailureKind,
    /** The HTTP status; null when there was no answer. */
    readonly status: number | null,
    /** When asking again makes sense, if GitHub said so. */
    readonly retryAt: Time | null,
    detail: string,
  ) {
    super(detail);
  }
}

/** What sort of failure of GitHub's a caught error is; null for anything else. */
export function failureOf(error: unknown): GitHubFailure | null {
  if (!(error instanceof Problem)) return null;
  return error.cause instanceof GitHubFailure ? error.cause : null;
}

/** True when the answer never came, or came from a GitHub in trouble: an effect may or may not have happened. */
export function isLostAnswer(error: unknown): boolean {
  const kind = failureOf(error)?.kind;
  return kind === "offline" || kind === "trouble";
}
