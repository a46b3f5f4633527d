import { label } from "../domain/display.ts";
import { Problem } from "../domain/problem.ts";
import { nextDispatch, nextRun } from "../domain/tables.ts";
import type { RunRole, RunState, Status } from "../domain/words.ts";
import { keepContext } from "./contexts.ts";
import { append, type By } from "./journal.ts";
import { place } from "./line.ts";
import type { Store } from "./open.ts";
import { insertRow } from "./prepared.ts";
import { closeQuestions } from "./questions.ts";
import { noDispatch, record } from "./record.ts";
import { dispatches, runs } from "./schema.ts";
import { dispatchView } from "./snapshot.ts";
import { statement } from "./statements.ts";
import { type Tx, write } from "./write.ts";

type Columns = typeof dispatches.$inferInsert;
type Needed = "projectId" | "kind" | "title" | "agent" | "mode" | "sandbox";
type Optional =
  | "number"
  | "url"
  | "author"
  | "task"
  | "branch"
  | "worktree"
  | "base"
  | "baseSha"
  | "model"
  | "session";
export type NewDispatch = Pick<Columns, Needed> &
  Partial<Pick<Columns, Optional>> & { readonly context?: string | null };

export type NewRun = {
  readonly role: RunRole;
  readonly agent: string;
  readonly message: string | null;
  readonly resume: boolean;
  readonly session: string | null;
  /** Change requests (0) go before fresh work (1). */
  readonly priority: number;
};

export type AdmitRequest = By & {
  readonly dispatch: { readonly fresh: NewDispatch } | { readonly id: number; readonly on?: "run_again" };
  readonly run: NewRun;
  /** Open questions become moot with this run (`continue`, `retry`). */
  readonly closeQuestions?: boolean;
};

export type Admitted = { readonly dispatchId: number; readonly runId: number; readonly place: number };

/**
 * The one way in: a dispatch where it is a new one, and a run that waits in line, in one transaction before anything
 * is spawned, labelled or said. Throws `conflict` when the target is dispatched already or the dispatch has a run that
 * lives or waits, naming it and what can be done; `missing` for a dispatch or project that is not there.
 */
export function admit(store: Store, request: AdmitRequest): Admitted {
  return write(store, "admit", (tx) => {
    const { dispatch, run } = request;
    const dispatchId =
      "fresh" in dispatch
        ? newDispatch(store, tx, request, dispatch.fresh, "dispatch")
        : again(store, request, dispatch.id);
    if (request.closeQuestions) closeQuestions(store, dispatchId, request.actor, request.at);
    const runId = queueRun(store, tx, request, dispatchId, run);
    return { dispatchId, runId, place: place(store, runId) };
  });
}

export type ImportedDispatch = NewDispatch &
  Partial<Pick<Columns, "outcome" | "outcomeAt" | "outcomeDetail">>;

/** A dispatch of an earlier tool, in `reviewing` and without a run; gives its id. Throws as `admit` does. */
export function importDispatch(store: Store, by: By, row: ImportedDispatch): number {
  return write(store, "import dispatch", (tx) => newDispatch(store, tx, by, row, "import"));
}

function newDispatch(store: Store, tx: Tx, by: By, row: ImportedDispatch, on: "dispatch" | "import"): number {
  const to = nextDispatch(null, on);
  if (to === null) throw new Error(`"${on}" leads nowhere.`);
  if (!statement(store, "SELECT id FROM projects WHERE id = ?").get(row.projectId))
    throw new Problem("missing", `There is no project ${row.projectId}.`, { hint: "rally projects" });
  refuseSecond(store, row);
  const { context, ...columns } = row;
  const id = insertRow(tx, dispatches, {
    ...columns,
    status: to,
    statusSince: by.at,
    statusBy: by.actor,
    createdBy: by.actor,
    createdAt: by.at,
    updatedAt: by.at,
  });
  keepContext(store, id, context ?? null);
  const { projectId, kind, number, title } = row;
  const data = { kind, number: number ?? null, title };
  append(tx, by, { layer: "dispatch", event: on, projectId, dispatchId: id, from: null, to, data });
  return id;
}

/** One dispatch a target (invariant 3): the first one is named, with what can be done about it. */
export function refuseSecond(
  store: Store,
  target: Pick<NewDispatch, "projectId" | "kind" | "number">,
  hint?: string,
): void {
  const { projectId, kind, number } = target;
  if (number === null || number === undefined) return;
  const first = statement<{ id: number }>(
    store,
    "SELECT id FROM dispatches WHERE project_id = ? AND kind = ? AND number = ?",
  ).get(projectId, kind, number);
  if (!first) return;
  const view = dispatchView(store, first.id);
  const state = view ? ` (${label(view)})` : "";
  const name = kind === "pr" ? `pr#${number}` : `#${number}`;
  throw new Problem("conflict", `${name} is dispatch ${first.id} already${state}.`, {
    hint: hint ?? `rally show ${first.id}, or go on with it: rally continue ${first.id} "…"`,
  });
}

function again(store: Store, by: By, id: number): number {
  const row = statement<{ status: Status }>(store, "SELECT status FROM dispatches WHERE id = ?").get(id);
  if (!row) throw noDispatch(id);
  const busy = statement<{ state: RunState; agent: string }>(
    store,
    "SELECT state, agent FROM runs WHERE dispatch_id = ? AND state IN ('queued', 'starting', 'running') LIMIT 1",
  ).get(id);
  if (busy) throw hasRun(id, busy.state, busy.agent);
  const set = { outcome: null, failure: null, outcomeDetail: null, outcomeAt: null };
  record(store, by, [{ layer: "dispatch", id, on: "run_again", set }]);
  return id;
}

function hasRun(id: number, state: RunState, agent: string): Problem {
  if (state === "queued")
    return new Problem("conflict", `Dispatch ${id} waits in line already.`, {
      hint: `rally stop ${id} takes it out of the line.`,
    });
  return new Problem("conflict", `${agent} is at work on dispatch ${id}.`, { hint: `rally stop ${id}` });
}

function queueRun(store: Store, tx: Tx, by: By, dispatchId: number, run: NewRun): number {
  const earlier = statement<{ runs: number; projectId: number }>(
    store,
    `SELECT (SELECT count(*) FROM runs WHERE dispatch_id = d.id) AS runs, project_id AS projectId
     FROM dispatches d WHERE d.id = ?`,
  ).get(dispatchId);
  if (!earlier) throw noDispatch(dispatchId);
  const state = nextRun(null, "admit");
  const runId = insertRow(tx, runs, {
    ...run,
    dispatchId,
    state,
    attempt: earlier.runs + 1,
    actor: by.actor,
    createdAt: by.at,
  });
  const { projectId } = earlier;
  const data = { role: run.role, agent: run.agent };
  append(tx, by, { layer: "run", event: "admit", projectId, dispatchId, runId, from: null, to: state, data });
  return runId;
}
