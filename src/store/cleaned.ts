import { asc, eq } from "drizzle-orm";
import { Problem } from "../domain/problem.ts";
import { nextDispatch } from "../domain/tables.ts";
import type { Time } from "../domain/words.ts";
import { refuseSecond } from "./admit.ts";
import { contextOf, keepContext } from "./contexts.ts";
import { append, type By } from "./journal.ts";
import type { Store } from "./open.ts";
import { insertRow, upsertFacts } from "./prepared.ts";
import { type DispatchSet, noDispatch } from "./record.ts";
import { cleaned, dispatches, messages, questions, runs } from "./schema.ts";
import { gitFacts, prFacts, targetFacts } from "./schema-facts.ts";
import { statement } from "./statements.ts";
import { type Tx, write } from "./write.ts";

/** A dispatch and all rows that go with it. */
export type CleanedRecord = {
  readonly dispatch: typeof dispatches.$inferSelect;
  readonly context: string | null;
  readonly runs: (typeof runs.$inferSelect)[];
  readonly messages: (typeof messages.$inferSelect)[];
  readonly questions: (typeof questions.$inferSelect)[];
  readonly git: typeof gitFacts.$inferSelect | null;
  readonly pr: typeof prFacts.$inferSelect | null;
  readonly target: typeof targetFacts.$inferSelect | null;
};

export type Cleaned = Omit<typeof cleaned.$inferSelect, "record"> & { readonly record: CleanedRecord };

const COLUMNS = `dispatch_id AS dispatchId, record, archive_ref AS archiveRef, trash, branch_head AS branchHead, at, actor`;

/** Keeps the rows of a dispatch before they are deleted, and where its work went. May be repeated. Throws `missing`. */
export function keepCleaned(
  store: Store,
  kept: By & {
    readonly dispatchId: number;
    readonly archiveRef: string | null;
    readonly trash: string | null;
    readonly branchHead: string | null;
  },
): void {
  const { dispatchId, archiveRef, trash, branchHead, at, actor } = kept;
  write(store, "keep cleaned", (tx) => {
    const row = {
      record: JSON.stringify(recordOf(store, tx, dispatchId)),
      archiveRef,
      trash,
      branchHead,
      at,
      actor,
    };
    tx.insert(cleaned)
      .values({ dispatchId, ...row })
      .onConflictDoUpdate({ target: cleaned.dispatchId, set: row })
      .run();
  });
}

export function cleanedOf(store: Store, dispatchId: number): Cleaned | null {
  const row = statement(store, `SELECT ${COLUMNS} FROM cleaned WHERE dispatch_id = ?`).get(dispatchId);
  return row ? parsed(row) : null;
}

/** Newest first. */
export function listCleaned(store: Store): Cleaned[] {
  return statement(store, `SELECT ${COLUMNS} FROM cleaned ORDER BY at DESC, dispatch_id DESC`)
    .all()
    .map(parsed);
}

/** The runs of dispatches that were cleaned by then; the records themselves, which can be large, are not read out. */
export function cleanedRuns(
  store: Store,
  by: { readonly before: Time; readonly projectId: number | null },
): number[] {
  return statement<{ id: number }>(
    store,
    `SELECT json_extract(run.value, '$.id') AS id FROM cleaned, json_each(cleaned.record, '$.runs') run
     WHERE at <= ?1 AND (?2 IS NULL OR json_extract(cleaned.record, '$.dispatch.projectId') = ?2) ORDER BY id`,
  )
    .all(by.before, by.projectId)
    .map(({ id }) => id);
}

export function forgetCleaned(store: Store, dispatchId: number): void {
  write(store, "forget cleaned", (tx) => {
    tx.delete(cleaned).where(eq(cleaned.dispatchId, dispatchId)).run();
  });
}

/**
 * Brings the rows back under the same id, in `reviewing`, and journals `undo`; `set` says what is other than it was.
 * What was kept stays until `forgetCleaned`. Throws `conflict` when the id is there or the target has been dispatched
 * again, `missing` when its project is gone.
 */
export function restoreDispatch(store: Store, kept: Cleaned, by: By, set: DispatchSet = {}): void {
  write(store, "restore dispatch", (tx) => {
    const { dispatch, ...rest } = kept.record;
    const { id, projectId } = dispatch;
    if (statement(store, "SELECT id FROM dispatches WHERE id = ?").get(id))
      throw new Problem("conflict", `Dispatch ${id} is there already.`, { hint: `rally show ${id}` });
    if (!statement(store, "SELECT id FROM projects WHERE id = ?").get(projectId))
      throw new Problem("missing", `The project of dispatch ${id} is gone.`, { hint: "rally onboard" });
    refuseSecond(
      store,
      dispatch,
      `rally undo ${id} --branch <name> brings its work back beside the new one.`,
    );
    const status = nextDispatch(null, "undo");
    if (status === null) throw new Error('"undo" leads nowhere.');
    const now = { status, statusSince: by.at, statusBy: by.actor, updatedAt: by.at };
    insertRow(tx, dispatches, { ...dispatch, ...set, ...now, version: dispatch.version + 1 });
    keepContext(store, id, rest.context);
    for (const row of rest.runs) insertRow(tx, runs, row);
    for (const row of rest.messages) insertRow(tx, messages, row);
    for (const row of rest.questions) insertRow(tx, questions, row);
    if (rest.git) upsertFacts(tx, gitFacts, rest.git);
    if (rest.pr) upsertFacts(tx, prFacts, rest.pr);
    if (rest.target) upsertFacts(tx, targetFacts, rest.target);
    append(tx, by, { layer: "dispatch", event: "undo", projectId, dispatchId: id, from: null, to: status });
  });
}

function recordOf(store: Store, tx: Tx, id: number): CleanedRecord {
  const [dispatch] = tx.select().from(dispatches).where(eq(dispatches.id, id)).all();
  if (!dispatch) throw noDispatch(id);
  const [git] = tx.select().from(gitFacts).where(eq(gitFacts.dispatchId, id)).all();
  const [pr] = tx.select().from(prFacts).where(eq(prFacts.dispatchId, id)).all();
  const [target] = tx.select().from(targetFacts).where(eq(targetFacts.dispatchId, id)).all();
  return {
    dispatch,
    context: contextOf(store, id),
    runs: tx.select().from(runs).where(eq(runs.dispatchId, id)).orderBy(asc(runs.id)).all(),
    messages: tx.select().from(messages).where(eq(messages.dispatchId, id)).orderBy(asc(messages.id)).all(),
    questions: tx
      .select()
      .from(questions)
      .where(eq(questions.dispatchId, id))
      .orderBy(asc(questions.id))
      .all(),
    git: git ?? null,
    pr: pr ?? null,
    target: target ?? null,
  };
}

function parsed(row: unknown): Cleaned {
  const stored = row as Omit<Cleaned, "record"> & { record: string };
  const record = JSON.parse(stored.record) as CleanedRecord & { dispatch: { context?: string | null } };
  // What was cleaned before contexts stood apart has it among the columns.
  const { context = null, ...dispatch } = record.dispatch;
  return { ...stored, record: { ...record, dispatch, context: record.context ?? context } };
}
