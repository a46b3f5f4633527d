import type { JournalRow as AnyRow } from "../domain/announce.ts";
import type { Kind, Mode, SandboxKind, Status, Time } from "../domain/words.ts";
import type { Layer } from "./journal.ts";
import type { Store } from "./open.ts";
import {
  DISPATCH_COLUMNS,
  type DispatchRow,
  PROJECT_COLUMNS,
  type ProjectRow,
  projectRow,
  RUN_COLUMNS,
  type RunRow,
  runRowOf,
} from "./rows.ts";
import { statement } from "./statements.ts";

export type JournalRow = AnyRow & { readonly layer: Layer };

/** A run that is starting or running, with what is needed of its dispatch to observe and end it. */
export type LiveRun = RunRow & {
  readonly kind: Kind;
  readonly status: Status;
  readonly dispatchVersion: number;
  readonly worktree: string | null;
  readonly branch: string | null;
  readonly baseSha: string | null;
  readonly mode: Mode;
  readonly sandbox: SandboxKind;
  readonly projectId: number;
  readonly projectPath: string;
  /** What git said last of its worktree; all null before anybody looked. */
  readonly gitAsOf: Time | null;
  readonly gitHead: string | null;
  readonly indexStamp: string | null;
};

export type Heartbeat = {
  /** Null when nobody ever held it, or gave it back; it may have run out (`until`). */
  readonly holder: string | null;
  readonly until: Time;
  readonly lastFastAt: Time | null;
  readonly lastSlowAt: Time | null;
};

export type StrayRow = {
  readonly worktree: string;
  readonly projectId: number;
  readonly orphan: boolean;
  readonly branch: string | null;
  readonly dirty: boolean;
  readonly unpushed: number;
  readonly why: string | null;
  readonly asOf: Time;
};

export function runRow(store: Store, id: number): RunRow | null {
  const row = statement<RunRow>(store, `SELECT ${RUN_COLUMNS} FROM runs r WHERE r.id = ?`).get(id);
  return row ? runRowOf(row) : null;
}

/** Oldest first, the queued one included. */
export function runsOf(store: Store, dispatchId: number): RunRow[] {
  return statement<RunRow>(store, `SELECT ${RUN_COLUMNS} FROM runs r WHERE r.dispatch_id = ? ORDER BY r.id`)
    .all(dispatchId)
    .map(runRowOf);
}

/** Branches that other dispatches of its project have, or will have as soon as they are made. */
export function plannedBranches(store: Store, { id, projectId }: Pick<DispatchRow, "id" | "projectId">) {
  return statement<{ branch: string }>(
    store,
    "SELECT branch FROM dispatches WHERE project_id = ? AND id <> ? AND worktree IS NOT NULL AND branch IS NOT NULL",
  )
    .all(projectId, id)
    .map(({ branch }) => branch);
}

export function dispatchRow(store: Store, id: number): DispatchRow | null {
  return statement<DispatchRow>(store, `SELECT ${DISPATCH_COLUMNS} FROM dispatches d WHERE d.id = ?`).get(id);
}

export function liveRuns(store: Store): LiveRun[] {
  const rows = statement<LiveRun>(
    store,
    `SELECT ${RUN_COLUMNS}, d.kind, d.status, d.version AS dispatchVersion, d.worktree, d.branch, d.base_sha AS baseSha,
       d.mode, d.sandbox, d.project_id AS projectId, p.path AS projectPath,
       g.as_of AS gitAsOf, g.head AS gitHead, g.index_stamp AS indexStamp
     FROM runs r JOIN dispatches d ON d.id = r.dispatch_id JOIN projects p ON p.id = d.project_id
     LEFT JOIN git_facts g ON g.dispatch_id = d.id
     WHERE r.state IN ('starting', 'running') ORDER BY r.id`,
  ).all();
  return rows.map((row) => ({ ...row, resume: Boolean(row.resume) }));
}

/** How the worktree's head and index stood when git was last asked; null before that. */
export function gitStamp(
  store: Store,
  dispatchId: number,
): {
  readonly asOf: Time;
  readonly head: string | null;
  readonly indexStamp: string | null;
  readonly inBase: 0 | 1;
} | null {
  return statement<{ asOf: Time; head: string | null; indexStamp: string | null; inBase: 0 | 1 }>(
    store,
    "SELECT as_of AS asOf, head, index_stamp AS indexStamp, in_base AS inBase FROM git_facts WHERE dispatch_id = ?",
  ).get(dispatchId);
}

export function projects(store: Store): ProjectRow[] {
  return statement(store, `SELECT ${PROJECT_COLUMNS} FROM projects p ORDER BY p.id`).all().map(projectRow);
}

export function project(store: Store, id: number): ProjectRow | null {
  const row = statement(store, `SELECT ${PROJECT_COLUMNS} FROM projects p WHERE p.id = ?`).get(id);
  return row ? projectRow(row) : null;
}

const JOURNAL = `SELECT id, at, actor, layer, project_id AS projectId, dispatch_id AS dispatchId, run_id AS runId, event,
  from_state AS "from", to_state AS "to", why, data FROM journal`;

/** What was journaled after the cursor, oldest first. */
export function since(store: Store, cursor: number, limit: number): JournalRow[] {
  return statement(store, `${JOURNAL} WHERE id > ? ORDER BY id LIMIT ?`).all(cursor, limit).map(journalRow);
}

/** The newest `limit` rows, of one dispatch, of one project or of all, oldest first. */
export function history(
  store: Store,
  of: {
    readonly dispatchId?: number | undefined;
    readonly projectId?: number | undefined;
    readonly limit: number;
  },
): JournalRow[] {
  const [column, id] =
    of.dispatchId === undefined ? ["project_id", of.projectId] : ["dispatch_id", of.dispatchId];
  const rows =
    id === undefined
      ? statement(store, `${JOURNAL} ORDER BY id DESC LIMIT ?`).all(of.limit)
      : statement(store, `${JOURNAL} WHERE ${column} = ? ORDER BY id DESC LIMIT ?`).all(id, of.limit);
  return rows.reverse().map(journalRow);
}

/** 0 while nothing is journaled. */
export function lastJournalId(store: Store): number {
  const row = statement<{ id: number | null }>(store, "SELECT max(id) AS id FROM journal").get();
  return row?.id ?? 0;
}

export function strays(store: Store): StrayRow[] {
  return statement<StrayRow>(
    store,
    `SELECT worktree, project_id AS projectId, orphan, branch, dirty, unpushed, why, as_of AS asOf FROM strays
     ORDER BY worktree`,
  )
    .all()
    .map((row) => ({ ...row, orphan: Boolean(row.orphan), dirty: Boolean(row.dirty) }));
}

/** Null before the first tick. */
export function heartbeat(store: Store): Heartbeat | null {
  return statement<Heartbeat>(
    store,
    `SELECT nullif(holder, '') AS holder, until, last_fast_at AS lastFastAt, last_slow_at AS lastSlowAt FROM leases
     WHERE name = 'heartbeat'`,
  ).get();
}

/** Another number than before: another connection has changed the database. */
export function dataVersion(store: Store): number {
  const row = statement<{ data_version: number }>(store, "PRAGMA data_version").get();
  return row?.data_version ?? 0;
}

function journalRow(row: unknown): JournalRow {
  const stored = row as Omit<JournalRow, "data"> & { data: string | null };
  return { ...stored, data: stored.data === null ? null : JSON.parse(stored.data) };
}

/** What was cleaned last and can be brought back; null where nothing was. */
export function lastCleaned(store: Store): { readonly id: number; readonly title: string } | null {
  return statement<{ id: number; title: string }>(
    store,
    `SELECT dispatch_id AS id, coalesce(json_extract(record, '$.dispatch.title'), '') AS title FROM cleaned
     ORDER BY at DESC, dispatch_id DESC LIMIT 1`,
  ).get();
}
