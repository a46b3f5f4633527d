import { dirname, join } from "node:path";
import type { DispatchView, QuestionView, RunView } from "../domain/view.ts";
import type { Time } from "../domain/words.ts";
import type { Store } from "./open.ts";
import { chatQueues } from "./queues.ts";
import { statement } from "./statements.ts";
import { FACTS_COLUMNS, FACTS_JOINS, factsOf } from "./view-facts.ts";
import { RUN_VIEW_COLUMNS, runView } from "./view-run.ts";

/** An effect that was tried this often, and still is not done, is said to keep failing. */
const FAILING_AFTER_ATTEMPTS = 3;

type Base = Omit<
  DispatchView,
  "run" | "queued" | "question" | "kept" | "git" | "pr" | "target" | "undelivered" | "waits"
>;
type Filter = { readonly where: string; readonly value: number | null };

const ALL: Filter = { where: "?1 IS NULL", value: null };
/** By indexes alone: what is done is most of a home, and need not be read. */
const FRESH = `d.id IN (SELECT id FROM dispatches WHERE done_at IS NULL
  UNION ALL SELECT id FROM dispatches WHERE done_at >= ?1
  UNION ALL SELECT dispatch_id FROM runs WHERE state IN ('starting', 'running'))`;
const ONE = "d.id = ?1";

/**
 * All dispatches with everything known of them, in a handful of joined queries that see one moment of the database.
 * With `doneSince`, those that were done before that time are left out, unless a run of theirs lives.
 */
export function snapshot(store: Store, options: { readonly doneSince?: Time } = {}): DispatchView[] {
  const filter = options.doneSince === undefined ? ALL : { where: FRESH, value: options.doneSince };
  return atOnce(store, () => views(store, filter));
}

/** Of one project where it is named, else all. */
export function countDispatches(store: Store, projectId: number | null = null): number {
  const all = "SELECT count(*) AS number FROM dispatches";
  const row =
    projectId === null
      ? statement<{ number: number }>(store, all).get()
      : statement<{ number: number }>(store, `${all} WHERE project_id = ?`).get(projectId);
  return row?.number ?? 0;
}

export function dispatchView(store: Store, id: number): DispatchView | null {
  return atOnce(store, () => views(store, { where: ONE, value: id }))[0] ?? null;
}

/** Several reads of one moment. */
function atOnce<T>(store: Store, read: () => T): T {
  if (store.db.inTransaction) return read();
  statement(store, "BEGIN").run();
  try {
    return read();
  } finally {
    if (store.db.inTransaction) statement(store, "COMMIT").run();
  }
}

function views(store: Store, filter: Filter): DispatchView[] {
  const rows = statement<Base & Record<string, unknown>>(
    store,
    `SELECT ${BASE_COLUMNS}, ${FACTS_COLUMNS} FROM dispatches d JOIN projects p ON p.id = d.project_id
     ${FACTS_JOINS} WHERE ${filter.where} ORDER BY d.id`,
  ).all(filter.value);
  const runs = latestRuns(store, filter);
  const waiting = waitingRuns(store);
  const questions = openQuestions(store);
  const kept = untold(store);
  const undelivered = failingEffects(store);
  const waits = inStandingQueues(store);
  return rows.map((row) => ({
    ...baseOf(row),
    run: runs.get(row.id) ?? null,
    queued: waiting.get(row.id) ?? null,
    question: questions.get(row.id) ?? null,
    kept: kept.get(row.id) ?? [],
    ...factsOf(row),
    undelivered: undelivered.get(row.id) ?? [],
    waits: waits.get(row.id) ?? null,
  }));
}

const BASE_COLUMNS = `d.id, d.project_id AS projectId, p.name AS project, p.repo, p.path AS projectPath, d.kind,
  d.number, d.title, d.url, d.task, d.branch, d.worktree, d.base, d.base_sha AS baseSha, d.status,
  d.status_since AS statusSince, d.status_by AS statusBy, d.outcome, d.failure, d.outcome_detail AS outcomeDetail,
  d.outcome_at AS outcomeAt, d.agent, d.model, d.mode, d.created_by AS createdBy, d.created_at AS createdAt,
  d.updated_at AS updatedAt, d.version`;

function baseOf(row: Base): Base {
  return {
    id: row.id,
    projectId: row.projectId,
    project: row.project,
    repo: row.repo,
    projectPath: row.projectPath,
    kind: row.kind,
    number: row.number,
    title: row.title,
    url: row.url,
    task: row.task,
    branch: row.branch,
    worktree: row.worktree,
    base: row.base,
    baseSha: row.baseSha,
    status: row.status,
    statusSince: row.statusSince,
    statusBy: row.statusBy,
    outcome: row.outcome,
    failure: row.failure,
    outcomeDetail: row.outcomeDetail,
    outcomeAt: row.outcomeAt,
    agent: row.agent,
    model: row.model,
    mode: row.mode,
    createdBy: row.createdBy,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    version: row.version,
  };
}

function latestRuns(store: Store, filter: Filter): Map<number, RunView> {
  const folder = join(dirname(store.path), "runs");
  const rows = statement<{ id: number; dispatchId: number }>(
    store,
    `SELECT ${RUN_VIEW_COLUMNS} FROM dispatches d JOIN runs r ON r.id =
       (SELECT max(x.id) FROM runs x WHERE x.dispatch_id = d.id AND x.state <> 'queued')
     WHERE ${filter.where}`,
  ).all(filter.value);
  return new Map(rows.map((row) => [row.dispatchId, runView(row, `${folder}/${row.id}/log`)]));
}

function waitingRuns(store: Store): Map<number, { runId: number; place: number; since: Time }> {
  const rows = statement<{ runId: number; dispatchId: number; since: Time }>(
    store,
    `SELECT id AS runId, dispatch_id AS dispatchId, created_at AS since FROM runs
     WHERE state = 'queued' ORDER BY priority, id`,
  ).all();
  return new Map(
    rows.map(({ runId, dispatchId, since }, index) => [dispatchId, { runId, place: index + 1, since }]),
  );
}

const QUESTION_COLUMNS = 'q.id, q.run_id AS "runId", q.text, q.context, q.asked_at AS since';

/** Where several are open the oldest is shown, and answered, first. */
function openQuestions(store: Store): Map<number, QuestionView> {
  const rows = statement<QuestionView & { dispatchId: number }>(
    store,
    `SELECT ${QUESTION_COLUMNS}, q.dispatch_id AS dispatchId FROM questions q WHERE q.closed_at IS NULL ORDER BY q.id DESC`,
  ).all();
  return new Map(rows.map(({ dispatchId, ...question }) => [dispatchId, question]));
}

export function openQuestion(store: Store, dispatchId: number): QuestionView | null {
  return statement<QuestionView>(
    store,
    `SELECT ${QUESTION_COLUMNS} FROM questions q WHERE q.dispatch_id = ? AND q.closed_at IS NULL ORDER BY q.id LIMIT 1`,
  ).get(dispatchId);
}

function untold(store: Store): Map<number, DispatchView["kept"]> {
  const rows = statement<DispatchView["kept"][number] & { dispatchId: number }>(
    store,
    `SELECT dispatch_id AS dispatchId, text, actor, created_at AS since FROM messages
     WHERE run_id IS NULL ORDER BY id`,
  ).all();
  return byDispatch(rows);
}

/** Of the dispatches that a chat has yet to be told something of. */
function inStandingQueues(store: Store): Map<number, NonNullable<DispatchView["waits"]>> {
  const found = new Map<number, NonNullable<DispatchView["waits"]>>();
  for (const { room, since, error } of chatQueues(store)) {
    const ids = statement<{ id: number }>(
      store,
      "SELECT DISTINCT dispatch_id AS id FROM effects WHERE state IN ('pending', 'sending') AND room = ?",
    ).all(room);
    for (const { id } of ids) if (!found.has(id)) found.set(id, { room, since, error });
  }
  return found;
}

function failingEffects(store: Store): Map<number, DispatchView["undelivered"]> {
  const rows = statement<{ dispatchId: number; kind: string; since: Time; error: string }>(
    store,
    `SELECT dispatch_id AS dispatchId, kind, created_at AS since, coalesce(error, '') AS error FROM effects
     WHERE state = 'failed' OR (state IN ('pending', 'sending') AND attempts >= ${FAILING_AFTER_ATTEMPTS})
     ORDER BY id`,
  ).all();
  return byDispatch(rows);
}

function byDispatch<T>(
  rows: readonly (T & { readonly dispatchId: number })[],
): Map<number, Omit<T & { readonly dispatchId: number }, "dispatchId">[]> {
  const found = new Map<number, Omit<T & { readonly dispatchId: number }, "dispatchId">[]>();
  for (const { dispatchId, ...row } of rows) {
    const list = found.get(dispatchId);
    if (list) list.push(row);
    else found.set(dispatchId, [row]);
  }
  return found;
}
