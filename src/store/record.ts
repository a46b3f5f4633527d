import { Problem } from "../domain/problem.ts";
import { type DispatchEvent, nextDispatch, nextRun, type RunEvent } from "../domain/tables.ts";
import { isLive, type RunState, type Status } from "../domain/words.ts";
import { append, type By, type Entry, type Layer } from "./journal.ts";
import type { Store } from "./open.ts";
import { updateRow } from "./prepared.ts";
import { dispatches, runs } from "./schema.ts";
import { statement } from "./statements.ts";
import { type Tx, write } from "./write.ts";

type DispatchFixed =
  | "id"
  | "projectId"
  | "kind"
  | "number"
  | "createdBy"
  | "createdAt"
  | "doneAt"
  | "version";
type DispatchKept = "status" | "statusSince" | "statusBy" | "updatedAt";
/** Columns of a dispatch that go along with a change; what names it and what `record` keeps are not among them. */
export type DispatchSet = Partial<Omit<typeof dispatches.$inferInsert, DispatchFixed | DispatchKept>>;
export type RunSet = Partial<
  Omit<typeof runs.$inferInsert, "id" | "dispatchId" | "state" | "createdAt" | "version">
>;

type Told = Pick<Entry, "why" | "data">;
type Moved<L, E, S> = Told & {
  readonly layer: L;
  readonly id: number;
  readonly on: E;
  readonly set?: S | undefined;
  /** The version that the caller decided on; a change since then is a conflict. */
  readonly version?: number | undefined;
};
export type DispatchChange = Moved<"dispatch", DispatchEvent, DispatchSet>;
export type RunChange = Moved<"run", RunEvent, RunSet>;
/** A journal row and nothing else. */
export type NotedChange = Entry & { readonly layer: Exclude<Layer, "dispatch" | "run"> };
export type Change = DispatchChange | RunChange | NotedChange;

/**
 * The one function that changes a state: in one transaction, for each change in order, the state is read, the
 * transition table asked, the row updated by compare-and-set and exactly one journal row appended. Gives the ids of
 * the journal rows. Throws `conflict` for an illegal or overtaken change and `missing` for a row that is not there;
 * then nothing is changed. Runs' `startedAt` and `endedAt` are the change's time unless `set` says otherwise.
 */
export function record(store: Store, by: By, changes: readonly Change[]): number[] {
  if (changes.length === 0) return [];
  const name = `record ${changes.map((change) => ("on" in change ? change.on : change.event)).join("+")}`;
  return write(store, name, (tx) => changes.map((change) => apply(store, tx, by, change)));
}

/** Columns that are no state (branch, worktree, session …): no journal row, no new version. */
export function setDispatch(store: Store, id: number, set: DispatchSet): void {
  write(store, "set dispatch", (tx) => {
    if (!updateRow(tx, dispatches, { id }, set)) throw noDispatch(id);
  });
}

/** Columns that are no state (progress, last output, usage …): no journal row, no new version. */
export function setRun(store: Store, id: number, set: RunSet): void {
  write(store, "set run", (tx) => {
    if (!updateRow(tx, runs, { id }, set)) throw noRun(id);
  });
}

export function noDispatch(id: number): Problem {
  return new Problem("missing", `There is no dispatch ${id}.`, { hint: "rally status --all" });
}

function noRun(id: number): Problem {
  return new Problem("missing", `There is no run ${id}.`, { hint: "rally sessions" });
}

function apply(store: Store, tx: Tx, by: By, change: Change): number {
  if (change.layer === "dispatch") return moveDispatch(store, tx, by, change);
  if (change.layer === "run") return moveRun(store, tx, by, change);
  return append(tx, by, { ...change, ...ownersOf(store, change) });
}

function moveDispatch(store: Store, tx: Tx, by: By, change: DispatchChange): number {
  const row = statement<{ status: Status; version: number; projectId: number }>(
    store,
    "SELECT status, version, project_id AS projectId FROM dispatches WHERE id = ?",
  ).get(change.id);
  if (!row) throw noDispatch(change.id);
  const to = nextDispatch(row.status, change.on);
  const lost = () =>
    overtaken(`Dispatch ${change.id} has changed meanwhile; it is ${row.status} now.`, change.id);
  if (change.version !== undefined && change.version !== row.version) throw lost();
  const where = { id: change.id, version: row.version };
  const kept = { updatedAt: by.at, version: row.version + 1 };
  const moved = to === row.status ? {} : { statusSince: by.at, statusBy: by.actor };
  const done =
    to === null
      ? remove(store, change.id)
      : updateRow(tx, dispatches, where, { ...change.set, ...kept, ...moved, status: to });
  if (!done) throw lost();
  const { projectId } = row;
  const told = { why: change.why, data: change.data };
  return append(tx, by, {
    layer: "dispatch",
    event: change.on,
    projectId,
    dispatchId: change.id,
    from: row.status,
    to,
    ...told,
  });
}

/** The row and, by cascade, its runs, questions, messages and facts; never under a run that lives or waits. */
function remove(store: Store, id: number): boolean {
  const busy = statement<{ state: RunState }>(
    store,
    "SELECT state FROM runs WHERE dispatch_id = ? AND state IN ('queued', 'starting', 'running') LIMIT 1",
  ).get(id);
  if (busy)
    throw new Problem("conflict", `Dispatch ${id} cannot be removed: it has a run that is ${busy.state}.`, {
      hint: `rally stop ${id}`,
    });
  return statement(store, "DELETE FROM dispatches WHERE id = ?").run(id).changes > 0;
}

function moveRun(store: Store, tx: Tx, by: By, change: RunChange): number {
  const row = statement<{ state: RunState; version: number; dispatchId: number; projectId: number }>(
    store,
    `SELECT r.state, r.version, r.dispatch_id AS dispatchId, d.project_id AS projectId
     FROM runs r JOIN dispatches d ON d.id = r.dispatch_id WHERE r.id = ?`,
  ).get(change.id);
  if (!row) throw noRun(change.id);
  const to = nextRun(row.state, change.on);
  const lost = () =>
    overtaken(`Run ${change.id} has changed meanwhile; it is ${row.state} now.`, row.dispatchId);
  if (change.version !== undefined && change.version !== row.version) throw lost();
  const set = { ...times(to, by), ...change.set, state: to, version: row.version + 1 };
  if (!updateRow(tx, runs, { id: change.id, version: row.version }, set)) throw lost();
  const { dispatchId, projectId } = row;
  const told = { why: change.why, data: change.data };
  return append(tx, by, {
    layer: "run",
    event: change.on,
    projectId,
    dispatchId,
    runId: change.id,
    from: row.state,
    to,
    ...told,
  });
}

function times(to: RunState, by: By): RunSet {
  if (to === "starting" || to === "running") return { startedAt: by.at };
  return to === "queued" || isLive(to) ? {} : { endedAt: by.at };
}

/** Whom a row is about, filled in where the caller named only the run or the dispatch. */
function ownersOf(store: Store, entry: Entry): Pick<Entry, "dispatchId" | "projectId"> {
  const dispatchId =
    entry.dispatchId ??
    (entry.runId
      ? statement<{ id: number }>(store, "SELECT dispatch_id AS id FROM runs WHERE id = ?").get(entry.runId)
          ?.id
      : null);
  const projectId =
    entry.projectId ??
    (dispatchId
      ? statement<{ id: number }>(store, "SELECT project_id AS id FROM dispatches WHERE id = ?").get(
          dispatchId,
        )?.id
      : null);
  return { dispatchId, projectId };
}

function overtaken(sentence: string, dispatchId: number): Problem {
  return new Problem("conflict", sentence, { hint: `rally show ${dispatchId}` });
}
