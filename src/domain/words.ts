/** The words of the model, each a closed list: a word means the same in types, tables, commands and screens. */

export const STATUSES = ["implementing", "reviewing", "upstream"] as const;
export type Status = (typeof STATUSES)[number];

export const RUN_STATES = [
  "queued",
  "starting",
  "running",
  "exited",
  "failed",
  "interrupted",
  "lost",
] as const;
export type RunState = (typeof RUN_STATES)[number];

export const RUN_ROLES = ["worker", "reviewer", "follow_up", "repair", "attached"] as const;
export type RunRole = (typeof RUN_ROLES)[number];

export const OUTCOMES = ["ok", "asked", "empty", "failed", "interrupted", "lost"] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** Why an agent failed. `auth`, `quota` and `model` are for a human; `limit` is a limit of ours; `start` and `end` are ours, too. */
export const FAILURES = [
  "auth",
  "quota",
  "rate_limit",
  "network",
  "model",
  "context",
  "agent",
  "limit",
  "start",
  "end",
] as const;
export type Failure = (typeof FAILURES)[number];

export const KINDS = ["issue", "pr", "task"] as const;
export type Kind = (typeof KINDS)[number];

/** In the order in which a healthy run passes them; `reviewing` is set by Rally, never declared by a worker. */
export const STAGES = ["setup", "coding", "reviewing", "closeout", "pr_testing"] as const;
export type Stage = (typeof STAGES)[number];
export const DECLARABLE_STAGES = ["setup", "coding", "closeout", "pr_testing"] as const;

export const DISPLAYS = [
  "done",
  "upstream",
  "asking",
  "working",
  "queued",
  "needs_you",
  "ready",
  "pushed",
  "stopped",
  "implementing",
] as const;
export type Display = (typeof DISPLAYS)[number];

export const MODES = ["read-only", "work", "full"] as const;
export type Mode = (typeof MODES)[number];

export const SANDBOXES = ["auto", "bwrap", "none"] as const;
export type SandboxKind = (typeof SANDBOXES)[number];

export const ASK_TRUST = ["always", "once", "never"] as const;
export type AskTrust = (typeof ASK_TRUST)[number];

export const PR_STATES = ["open", "merged", "closed"] as const;
export type PrState = (typeof PR_STATES)[number];

export const CHECKS = ["none", "pending", "passing", "failing"] as const;
export type Checks = (typeof CHECKS)[number];

/** `cli:ana`, `tui:ana`, `slack:U1`, `telegram:77`, `rally`. */
export type Actor = string;

/** Milliseconds since the epoch, UTC. */
export type Time = number;

export const LIVE_STATES = ["starting", "running"] as const satisfies readonly RunState[];
export function isLive(state: RunState): boolean {
  return state === "starting" || state === "running";
}
