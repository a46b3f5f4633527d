import type {
  Checks,
  Failure,
  Kind,
  Mode,
  Outcome,
  PrState,
  RunRole,
  RunState,
  Stage,
  Status,
  Time,
} from "./words.ts";

/**
 * What is known of one dispatch: stored status, its latest run, and the facts as last observed.
 * Everything that a screen says is a pure function of this and of the time.
 */
export type DispatchView = {
  readonly id: number;
  readonly projectId: number;
  readonly project: string;
  readonly repo: string | null;
  readonly projectPath: string;
  readonly kind: Kind;
  readonly number: number | null;
  readonly title: string;
  readonly url: string | null;
  readonly task: string | null;
  readonly branch: string | null;
  readonly worktree: string | null;
  readonly base: string | null;
  readonly baseSha: string | null;
  readonly status: Status;
  readonly statusSince: Time;
  readonly statusBy: string;
  readonly outcome: Outcome | null;
  readonly failure: Failure | null;
  readonly outcomeDetail: string | null;
  readonly outcomeAt: Time | null;
  readonly agent: string;
  readonly model: string | null;
  readonly mode: Mode;
  readonly createdBy: string;
  readonly createdAt: Time;
  readonly updatedAt: Time;
  readonly version: number;
  /** The latest run that is not waiting; `queued` beside it when one waits. */
  readonly run: RunView | null;
  readonly queued: { readonly runId: number; readonly place: number; readonly since: Time } | null;
  readonly question: QuestionView | null;
  /** What people said that no run has been told, oldest first. */
  readonly kept: readonly { readonly text: string; readonly actor: string; readonly since: Time }[];
  readonly git: GitFacts | null;
  readonly pr: PrFacts | null;
  readonly target: TargetFacts | null;
  /** Effects of this dispatch that keep failing. */
  readonly undelivered: readonly { readonly kind: string; readonly since: Time; readonly error: string }[];
  /** The chat in whose queue a message about it waits, and since when nothing has left that queue. */
  readonly waits: { readonly room: string; readonly since: Time; readonly error: string } | null;
};

export type RunView = {
  readonly id: number;
  readonly role: RunRole;
  readonly state: RunState;
  readonly agent: string;
  readonly pid: number | null;
  readonly exitCode: number | null;
  readonly attempt: number;
  readonly session: string | null;
  readonly startedAt: Time | null;
  readonly endedAt: Time | null;
  readonly lastOutputAt: Time | null;
  readonly log: string;
  readonly stage: { readonly name: Stage; readonly since: Time } | null;
  readonly progress: { readonly tool: string | null; readonly words: string | null } | null;
  readonly usage: {
    readonly inputTokens: number;
    readonly outputTokens: number;
    readonly costUsd: number | null;
  } | null;
  readonly stopBy: string | null;
};

export type QuestionView = {
  readonly id: number;
  readonly runId: number;
  readonly text: string;
  readonly context: string | null;
  readonly since: Time;
};

/** What git said of the worktree and its branch when somebody last looked. */
export type GitFacts = {
  readonly asOf: Time;
  readonly worktreeExists: boolean;
  readonly branchExists: boolean;
  /** The branch that the worktree is on, if it is not the dispatch's; null when it is, or when detached. */
  readonly branchNow: string | null;
  readonly head: string | null;
  readonly commits: number;
  readonly files: number;
  readonly insertions: number;
  readonly deletions: number;
  readonly dirty: boolean;
  readonly untracked: number;
  /** Commits that no remote-tracking ref and no base contains. */
  readonly unpushed: number;
  /** Commits of its own that are on the remote under its own branch name. */
  readonly pushed: number;
  /** At least one commit, and all of them are in the base (squash counts). */
  readonly inBase: boolean;
};

/** A pull request that is the dispatch's own (model.md 3), as GitHub last said. */
export type PrFacts = {
  readonly asOf: Time;
  readonly number: number;
  readonly url: string;
  readonly state: PrState;
  readonly draft: boolean;
  readonly head: string;
  readonly checks: Checks;
  readonly conflict: boolean;
  readonly changesRequested: boolean;
  readonly since: Time;
};

/** The issue or pull request that the dispatch is for. */
export type TargetFacts = {
  readonly asOf: Time;
  readonly state: "open" | "closed" | "merged";
  /** kind `pr`: head now, and head when the last run's review was written. */
  readonly head: string | null;
  readonly reviewedHead: string | null;
  readonly since: Time;
};
