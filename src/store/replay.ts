import { Problem } from "../domain/problem.ts";
import { type DispatchEvent, nextDispatch, nextRun, type RunEvent } from "../domain/tables.ts";
import type { RunState, Status } from "../domain/words.ts";
import type { JournalRow } from "./read.ts";

export type Replayed = {
  readonly dispatches: ReadonlyMap<number, Status>;
  readonly runs: ReadonlyMap<number, { readonly dispatchId: number; readonly state: RunState }>;
};

type Runs = Map<number, { dispatchId: number; state: RunState }>;
type States = { dispatches: Map<number, Status>; runs: Runs; cleaned: Map<number, Runs> };

/**
 * The states of all dispatches and runs, rebuilt from the journal alone (invariant 22). Throws a Problem that names the
 * first row that does not fit: another state before it than it says, or a step that the tables do not have.
 */
export function replay(rows: readonly JournalRow[]): Replayed {
  const states: States = { dispatches: new Map(), runs: new Map(), cleaned: new Map() };
  for (const row of rows) {
    if (row.layer === "dispatch") replayDispatch(states, row);
    if (row.layer === "run") replayRun(states, row);
  }
  return states;
}

function replayDispatch(states: States, row: JournalRow): void {
  const id = row.dispatchId;
  if (id === null) throw misfit(row, "no dispatch");
  const from = states.dispatches.get(id) ?? null;
  if (from !== row.from) throw misfit(row, from);
  const to = nextDispatch(from, row.event as DispatchEvent);
  if (to !== row.to) throw misfit(row, from);
  if (to === null) removeDispatch(states, id);
  else states.dispatches.set(id, to);
  if (from === null) for (const [runId, run] of states.cleaned.get(id) ?? []) states.runs.set(runId, run);
}

function removeDispatch(states: States, id: number): void {
  const own = [...states.runs].filter(([, run]) => run.dispatchId === id);
  for (const [runId] of own) states.runs.delete(runId);
  states.dispatches.delete(id);
  states.cleaned.set(id, new Map(own));
}

function replayRun(states: States, row: JournalRow): void {
  const { runId, dispatchId } = row;
  if (runId === null || dispatchId === null) throw misfit(row, "no run");
  const from = states.runs.get(runId)?.state ?? null;
  if (from !== row.from || !states.dispatches.has(dispatchId)) throw misfit(row, from);
  const state = nextRun(from, row.event as RunEvent);
  if (state !== row.to) throw misfit(row, from);
  states.runs.set(runId, { dispatchId, state });
}

function misfit(row: JournalRow, before: string | null): Problem {
  const what = row.layer === "run" ? `run ${row.runId}` : `dispatch ${row.dispatchId}`;
  return new Problem(
    "other",
    `Row ${row.id} of the journal says that ${what} went from ${row.from} to ${row.to} by "${row.event}", but it was ${before}.`,
    { hint: "rally doctor" },
  );
}
