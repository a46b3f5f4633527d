import { Problem } from "./problem.ts";
import type { RunState, Status } from "./words.ts";

/**
 * One row: from any of these states, on this event, to that state. `null` is "not there".
 * The rows are the law: `record` asks them, ARCHITECTURE.md shows them, the tests walk all of them.
 */
type Row<S extends string, E extends string> = {
  readonly on: E;
  readonly from: readonly (S | null)[];
  readonly to: S | null;
  readonly who: string;
};

export const RUN_TABLE = [
  { on: "admit", from: [null], to: "queued", who: "whoever asked" },
  { on: "take_slot", from: ["queued"], to: "starting", who: "rally, where a slot is free" },
  { on: "started", from: ["starting"], to: "running", who: "rally" },
  { on: "exit", from: ["starting", "running"], to: "exited", who: "rally, on the exit record" },
  { on: "fail", from: ["queued", "starting", "running"], to: "failed", who: "rally" },
  { on: "interrupt", from: ["queued", "starting", "running"], to: "interrupted", who: "a person's stop" },
  { on: "lose", from: ["starting", "running"], to: "lost", who: "rally, no exit record" },
] as const satisfies readonly Row<RunState, string>[];
export type RunEvent = (typeof RUN_TABLE)[number]["on"];

export const DISPATCH_TABLE = [
  { on: "dispatch", from: [null], to: "implementing", who: "a person, or the board's queue" },
  { on: "session_ended", from: ["implementing"], to: "reviewing", who: "the fast tick" },
  { on: "session_ended", from: ["upstream"], to: "upstream", who: "the fast tick" },
  { on: "run_again", from: ["reviewing", "upstream", "implementing"], to: "implementing", who: "a person" },
  { on: "upstream", from: ["implementing", "reviewing"], to: "upstream", who: "a person" },
  { on: "resume_live", from: ["upstream"], to: "implementing", who: "a person; a run is live or queued" },
  { on: "resume", from: ["upstream"], to: "reviewing", who: "a person" },
  { on: "clean", from: ["implementing", "reviewing", "upstream"], to: null, who: "a person" },
  { on: "undo", from: [null], to: "reviewing", who: "a person" },
  { on: "import", from: [null], to: "reviewing", who: "the earlier tool's files" },
] as const satisfies readonly Row<Status, string>[];
export type DispatchEvent = (typeof DISPATCH_TABLE)[number]["on"];

/** Where the event leads from this state. Throws `conflict` for an illegal change, naming the state and what is possible. */
export function nextRun(from: RunState | null, on: RunEvent): RunState {
  const to = step<RunState>(RUN_TABLE, from, on, "run");
  if (to === null) throw new Problem("other", `No run event leads to nothing, but "${on}" did.`);
  return to;
}

export function nextDispatch(from: Status | null, on: DispatchEvent): Status | null {
  return step<Status>(DISPATCH_TABLE, from, on, "dispatch");
}

export function possible(table: readonly Row<string, string>[], from: string | null): string[] {
  return [...new Set(table.filter((row) => row.from.includes(from)).map((row) => row.on))];
}

function step<S extends string>(
  table: readonly Row<S, string>[],
  from: S | null,
  on: string,
  what: string,
): S | null {
  const row = table.find((candidate) => candidate.on === on && candidate.from.includes(from));
  if (row) return row.to;
  const can = possible(table, from).join(", ") || "nothing";
  throw new Problem(
    "conflict",
    `The ${what} is ${from ?? "not there"}: "${on}" is not possible, only ${can}.`,
  );
}
