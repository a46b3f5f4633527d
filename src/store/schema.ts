import { sql } from "drizzle-orm";
import { index, integer, real, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type {
  AskTrust,
  Failure,
  Kind,
  Mode,
  Outcome,
  RunRole,
  RunState,
  SandboxKind,
  Stage,
  Status,
} from "../domain/words.ts";

/** Times are integer milliseconds, UTC. Ids that people type are never used again (AUTOINCREMENT). */

export const projects = sqliteTable(
  "projects",
  {
    id: integer().primaryKey({ autoIncrement: true }),
    name: text().notNull(),
    /** `owner/name` on GitHub; null for a local project. */
    repo: text(),
    /** The host of its API, `github.com` unless it is an Enterprise one. */
    host: text().notNull().default("github.com"),
    /** Real path of the main checkout. */
    path: text().notNull(),
    /** `owner/name` that branches are pushed to, when it is not `repo`. */
    fork: text(),
    /** The git remotes that the two names stand for. */
    remote: text(),
    pushRemote: text("push_remote"),
    base: text(),
    agent: text(),
    askTrust: text("ask_trust").$type<AskTrust>(),
    /** When a person said that its issues may be trusted (`once`). */
    trustedAt: integer("trusted_at"),
    team: text(),
    /** Whether Rally cloned it, under its own home. */
    cloned: integer({ mode: "boolean" }).notNull().default(false),
    /** Cursor of the slow tick: newest `updated_at` seen. */
    seenUntil: text("seen_until"),
    slowAt: integer("slow_at"),
    slowError: text("slow_error"),
    createdAt: integer("created_at").notNull(),
  },
  (t) => [uniqueIndex("projects_path").on(t.path)],
);

export const dispatches = sqliteTable(
  "dispatches",
  {
    id: integer().primaryKey({ autoIncrement: true }),
    projectId: integer("project_id")
      .notNull()
      .references(() => projects.id),
    kind: text().$type<Kind>().notNull(),
    number: integer(),
    title: text().notNull(),
    url: text(),
    author: text(),
    task: text(),
    branch: text(),
    worktree: text(),
    base: text(),
    baseSha: text("base_sha"),
    status: text().$type<Status>().notNull(),
    statusSince: integer("status_since").notNull(),
    statusBy: text("status_by").notNull(),
    outcome: text().$type<Outcome>(),
    failure: text().$type<Failure>(),
    outcomeDetail: text("outcome_detail"),
    outcomeAt: integer("outcome_at"),
    agent: text().notNull(),
    model: text(),
    mode: text().$type<Mode>().notNull(),
    sandbox: text().$type<SandboxKind>().notNull(),
    /** The agent's own session, carried from run to run. */
    session: text(),
    /** When the facts first said that it is done (merged, or all in the base); null while they do not. Kept by the facts' writer. */
    doneAt: integer("done_at"),
    createdBy: text("created_by").notNull(),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
    version: integer().notNull().default(1),
  },
  (t) => [
    // One dispatch a target (invariant 3). A task has no number and is never the same as another.
    uniqueIndex("dispatches_target").on(t.projectId, t.kind, t.number).where(sql`${t.number} IS NOT NULL`),
    index("dispatches_status").on(t.status),
    index("dispatches_done").on(t.doneAt),
  ],
);

/** What GitHub said when it was dispatched, frozen as JSON: long, and so apart from what every `status` reads. */
export const contexts = sqliteTable("contexts", {
  dispatchId: integer("dispatch_id")
    .primaryKey()
    .references(() => dispatches.id, { onDelete: "cascade" }),
  text: text().notNull(),
});

export const runs = sqliteTable(
  "runs",
  {
    id: integer().primaryKey({ autoIncrement: true }),
    dispatchId: integer("dispatch_id")
      .notNull()
      .references(() => dispatches.id, { onDelete: "cascade" }),
    role: text().$type<RunRole>().notNull(),
    state: text().$type<RunState>().notNull(),
    agent: text().notNull(),
    attempt: integer().notNull().default(1),
    /** What this run is told beside the context: a person's message, an answer, review comments. */
    message: text(),
    /** True: go on in the dispatch's session; false: a new one. */
    resume: integer({ mode: "boolean" }).notNull().default(false),
    session: text(),
    /** Order in the line: change requests (0) before fresh work (1). */
    priority: integer().notNull().default(1),
    actor: text().notNull(),
    /** Who is starting it: pid, start time, boot id; so that another may take over from the dead. */
    starter: text(),
    pid: integer(),
    pidStart: text("pid_start"),
    boot: text(),
    pidNs: text("pid_ns"),
    exitCode: integer("exit_code"),
    stopBy: text("stop_by"),
    stopAt: integer("stop_at"),
    /** The limit of ours that it ran into, in words. */
    limit: text("limit_hit"),
    outcome: text().$type<Outcome>(),
    failure: text().$type<Failure>(),
    detail: text(),
    headBefore: text("head_before"),
    headAfter: text("head_after"),
    lastOutputAt: integer("last_output_at"),
    tool: text(),
    words: text(),
    stage: text().$type<Stage>(),
    stageAt: integer("stage_at"),
    inputTokens: integer("input_tokens"),
    outputTokens: integer("output_tokens"),
    costUsd: real("cost_usd"),
    denials: text(),
    createdAt: integer("created_at").notNull(),
    startedAt: integer("started_at"),
    endedAt: integer("ended_at"),
    version: integer().notNull().default(1),
  },
  (t) => [
    index("runs_dispatch").on(t.dispatchId),
    // One live run a dispatch (invariant 2), held by the database itself.
    uniqueIndex("runs_live").on(t.dispatchId).where(sql`${t.state} IN ('starting', 'running')`),
    uniqueIndex("runs_queued").on(t.dispatchId).where(sql`${t.state} = 'queued'`),
    index("runs_state").on(t.state),
  ],
);

/** Messages kept while a run is live: they start the next one when it ends. */
export const messages = sqliteTable("messages", {
  id: integer().primaryKey({ autoIncrement: true }),
  dispatchId: integer("dispatch_id")
    .notNull()
    .references(() => dispatches.id, { onDelete: "cascade" }),
  text: text().notNull(),
  actor: text().notNull(),
  createdAt: integer("created_at").notNull(),
  /** The run that was told. */
  runId: integer("run_id"),
});

export const questions = sqliteTable(
  "questions",
  {
    id: integer().primaryKey({ autoIncrement: true }),
    dispatchId: integer("dispatch_id")
      .notNull()
      .references(() => dispatches.id, { onDelete: "cascade" }),
    runId: integer("run_id").notNull(),
    text: text().notNull(),
    context: text(),
    askedAt: integer("asked_at").notNull(),
    answer: text(),
    /** Who answered or made it moot; with `closedAt`, null while it is open. */
    closedBy: text("closed_by"),
    closedAt: integer("closed_at"),
    /** How the answer reached the agent: its waiting call, or the run that it started. */
    deliveredAt: integer("delivered_at"),
  },
  (t) => [index("questions_open").on(t.dispatchId).where(sql`${t.closedAt} IS NULL`)],
);

/** Append-only: triggers refuse UPDATE and DELETE. No foreign keys: it outlives what it tells of. */
export const journal = sqliteTable(
  "journal",
  {
    id: integer().primaryKey({ autoIncrement: true }),
    at: integer().notNull(),
    actor: text().notNull(),
    layer: text()
      .$type<"dispatch" | "run" | "fact" | "gate" | "effect" | "project" | "tick" | "refusal">()
      .notNull(),
    projectId: integer("project_id"),
    dispatchId: integer("dispatch_id"),
    runId: integer("run_id"),
    event: text().notNull(),
    from: text("from_state"),
    to: text("to_state"),
    why: text(),
    /** JSON. */
    data: text(),
  },
  (t) => [index("journal_dispatch").on(t.dispatchId)],
);

/** Something to be done outside, written in the transaction that decides it and performed after it. */
export const effects = sqliteTable(
  "effects",
  {
    id: integer().primaryKey({ autoIncrement: true }),
    key: text().notNull(),
    kind: text().notNull(),
    dispatchId: integer("dispatch_id"),
    room: text(),
    payload: text().notNull(),
    state: text().$type<"pending" | "sending" | "done" | "failed" | "dropped">().notNull().default("pending"),
    attempts: integer().notNull().default(0),
    nextAt: integer("next_at").notNull(),
    error: text(),
    /** What the other side answered, for instance a message's id. */
    result: text(),
    createdAt: integer("created_at").notNull(),
    doneAt: integer("done_at"),
  },
  (t) => [uniqueIndex("effects_key").on(t.key), index("effects_state").on(t.state, t.nextAt)],
);

/** Where a room has read the journal to. */
export const cursors = sqliteTable("cursors", {
  room: text().primaryKey(),
  journalId: integer("journal_id").notNull(),
  updatedAt: integer("updated_at").notNull(),
});

/** Who holds the heartbeat, and when it last ticked. */
export const leases = sqliteTable("leases", {
  name: text().primaryKey(),
  holder: text().notNull(),
  until: integer().notNull(),
  lastFastAt: integer("last_fast_at"),
  lastSlowAt: integer("last_slow_at"),
});

/** What `clean` kept, so that `undo` can bring it back. */
export const cleaned = sqliteTable("cleaned", {
  dispatchId: integer("dispatch_id").primaryKey(),
  /** JSON of the rows that were deleted. */
  record: text().notNull(),
  archiveRef: text("archive_ref"),
  trash: text(),
  branchHead: text("branch_head"),
  at: integer().notNull(),
  actor: text().notNull(),
});

/** A message's key in `settings` is the setting's name: `home_id`, `imported_at`. */
export const settings = sqliteTable("settings", { key: text().primaryKey(), value: text().notNull() });

export const httpCache = sqliteTable("http_cache", {
  key: text().primaryKey(),
  etag: text().notNull(),
  body: text().notNull(),
  link: text(),
  at: integer().notNull(),
});

/** The one GitHub budget that all processes of this home share. */
export const budgets = sqliteTable("budgets", {
  resource: text().primaryKey(),
  limit: integer("budget_limit").notNull(),
  remaining: integer().notNull(),
  resetAt: integer("reset_at").notNull(),
  at: integer().notNull(),
});
