import type { Failure, Kind, Outcome, RunState } from "./words.ts";

/** What an agent's output says, however far it was written. */
export type Reading = {
  readonly session: string | null;
  readonly tool: string | null;
  readonly words: string | null;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costUsd: number | null;
  /** Tools or commands that the agent was not allowed to use. */
  readonly denials: readonly string[];
  readonly failure: { readonly kind: Failure; readonly message: string } | null;
  /** The agent's own last line: `ok`, `failed`, `aborted`; null when it never wrote one. */
  readonly verdict: "ok" | "failed" | "aborted" | null;
};

export const NOTHING_READ: Reading = {
  session: null,
  tool: null,
  words: null,
  inputTokens: 0,
  outputTokens: 0,
  costUsd: null,
  denials: [],
  failure: null,
  verdict: null,
};

export type Ending = {
  readonly kind: Kind;
  /** Who asked us to stop it; `null` when nobody did. Our own limits are `limit`. */
  readonly stopBy: string | null;
  readonly limit: string | null;
  readonly exitCode: number | null;
  readonly reading: Reading;
  readonly questionOpen: boolean;
  /** Worktree and branch differ from the base; for a `pr`, a review written since its head last changed. */
  readonly hasWork: boolean;
  /** A person sat at it: leaving it is no failure, and never makes it `empty`. */
  readonly attached: boolean;
  /** How the dispatch's run before this one ended; null where there was none. */
  readonly earlier: Pick<Ended, "outcome" | "failure" | "detail"> | null;
};

export type Ended = {
  readonly state: RunState;
  readonly outcome: Outcome;
  readonly failure: Failure | null;
  readonly detail: string | null;
};

/** Decided in this order: what we asked, the last event, the exit code, and what changed in git (agents.md). */
export function outcome(end: Ending): Ended {
  const { reading } = end;
  if (end.limit) return { state: "failed", outcome: "failed", failure: "limit", detail: end.limit };
  if (end.stopBy)
    return {
      state: "interrupted",
      outcome: "interrupted",
      failure: null,
      detail: `stopped by ${end.stopBy}`,
    };
  if (end.attached && end.exitCode !== null) return left(end, end.exitCode);
  if (
    reading.verdict === "failed" ||
    reading.verdict === "aborted" ||
    (reading.failure && reading.verdict === null)
  )
    return failed(
      reading.failure?.kind ?? "agent",
      reading.failure?.message ?? `${reading.verdict ?? "failed"}`,
    );
  if (end.exitCode === null)
    return { state: "lost", outcome: "lost", failure: null, detail: "it died without an exit record" };
  if (end.exitCode !== 0)
    return failed(reading.failure?.kind ?? "agent", reading.failure?.message ?? exitText(end.exitCode));
  return ended(end);
}

/** A shell counts 128 + n where signal n ended a program. */
const CODES: Readonly<Record<number, string>> = {
  126: "it could not be executed",
  127: "there is no such program",
  129: "SIGHUP",
  130: "SIGINT",
  134: "SIGABRT",
  137: "SIGKILL",
  139: "SIGSEGV",
  143: "SIGTERM",
};

function exitText(code: number): string {
  const means = CODES[code];
  return means ? `exit code ${code} (${means})` : `exit code ${code}`;
}

/** A person leaves by the agent's own way out, by a key, or by closing the terminal; other codes are the agent's. */
const LEFT = [0, 129, 130, 131, 143];

/**
 * A person sat at it and saw what happened. Where there is work now, it is for a look, as after a follow-up; where there
 * still is none, it stands as it stood before.
 */
function left(end: Ending, exitCode: number): Ended {
  if (!LEFT.includes(exitCode)) return failed("agent", exitText(exitCode));
  const { earlier } = end;
  const stands = earlier !== null && !end.hasWork && !end.questionOpen && earlier.outcome !== "asked";
  if (!stands) return ended({ ...end, hasWork: true });
  return { state: "exited", outcome: earlier.outcome, failure: earlier.failure, detail: earlier.detail };
}

function ended(end: Ending): Ended {
  const state = "exited";
  if (end.questionOpen) return { state, outcome: "asked", failure: null, detail: null };
  if (!end.hasWork) return { state, outcome: "empty", failure: null, detail: denied(end.reading) };
  return { state, outcome: "ok", failure: null, detail: denied(end.reading) };
}

function failed(failure: Failure, detail: string): Ended {
  return { state: "failed", outcome: "failed", failure, detail };
}

function denied(reading: Reading): string | null {
  return reading.denials.length > 0 ? `not allowed: ${[...new Set(reading.denials)].join(", ")}` : null;
}
