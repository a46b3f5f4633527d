import { afterEach, expect, test } from "bun:test";
import { DISPATCH_TABLE, RUN_TABLE } from "../../src/domain/tables.ts";
import type { RunState, Status } from "../../src/domain/words.ts";
import { admit } from "../../src/store/admit.ts";
import { cleanedOf, forgetCleaned, keepCleaned, restoreDispatch } from "../../src/store/cleaned.ts";
import type { Store } from "../../src/store/open.ts";
import { lastJournalId, since } from "../../src/store/read.ts";
import { record } from "../../src/store/record.ts";
import { replay } from "../../src/store/replay.ts";
import { takeSlot } from "../../src/store/slot.ts";
import { leaveNothing, newProject, newStore, problemOf, RALLY } from "./fixture.ts";
import { fresh, RUN } from "./values.ts";

afterEach(leaveNothing);

type Stored = { dispatches: Map<number, Status>; runs: Map<number, { dispatchId: number; state: RunState }> };

/** The tables once more, as plain pairs, so that `record` is held against the data and not against itself. */
const RUN_STEPS = new Map<string, string>(
  RUN_TABLE.flatMap((row) => row.from.map((from) => [`${from} ${row.on}`, row.to as string] as const)),
);
const DISPATCH_STEPS = new Map<string, string | null>(
  DISPATCH_TABLE.flatMap((row) =>
    row.from.map((from) => [`${from} ${row.on}`, row.to as string | null] as const),
  ),
);
const RUN_EVENTS = [...new Set(RUN_TABLE.map((row) => row.on))];
const DISPATCH_EVENTS = [...new Set(DISPATCH_TABLE.map((row) => row.on))];

test("invariant 19: only transitions of the tables happen, whatever is asked", () => {
  const random = seeded(19);
  const store = newStore();
  newProject(store);
  let happened = 0;
  for (let step = 0; step < 1_500; step++) {
    const before = stored(store);
    if (before.dispatches.size < 4) admitFresh(store, step);
    else if (random() < 0.5) happened += tryRun(store, before, random);
    else happened += tryDispatch(store, before, random);
  }
  expect(happened).toBeGreaterThan(200);
});

function tryRun(store: Store, before: Stored, random: () => number): number {
  const [id, run] = pick([...before.runs], random);
  const on = pick(RUN_EVENTS, random);
  const expected = RUN_STEPS.get(`${run.state} ${on}`);
  if (expected === undefined) return refused(store, () => record(store, RALLY, [{ layer: "run", id, on }]));
  record(store, RALLY, [{ layer: "run", id, on }]);
  expect(stored(store).runs.get(id)?.state as string).toBe(expected);
  return 1;
}

function tryDispatch(store: Store, before: Stored, random: () => number): number {
  const [id, status] = pick([...before.dispatches], random);
  const on = pick(DISPATCH_EVENTS, random);
  const expected = DISPATCH_STEPS.get(`${status} ${on}`);
  const busy = [...before.runs.values()].some((run) => run.dispatchId === id && BUSY.includes(run.state));
  const go = () => record(store, RALLY, [{ layer: "dispatch", id, on }]);
  if (expected === undefined || (on === "clean" && busy)) return refused(store, go);
  go();
  expect((stored(store).dispatches.get(id) as string | undefined) ?? null).toBe(expected);
  return 1;
}

function refused(store: Store, action: () => unknown): 0 {
  const before = [stored(store), lastJournalId(store)];
  expect(problemOf(action).code).toBe("conflict");
  expect([stored(store), lastJournalId(store)]).toEqual(before);
  return 0;
}

test("invariant 22: each change has one journal row, and replaying the journal rebuilds the states", () => {
  for (let seed = 1; seed <= 12; seed++) {
    const store = newStore();
    const random = seeded(seed);
    newProject(store);
    for (let step = 0; step < 120; step++) {
      const before = lastJournalId(store);
      const rows = walk(store, random, step);
      const added = since(store, before, 99);
      expect(added.map((row) => row.event)).toEqual(rows);
    }
    const { dispatches, runs } = replay(since(store, 0, 9_999));
    expect({ dispatches, runs }).toEqual(stored(store));
    expect(stored(store).runs.size).toBeGreaterThan(0);
  }
});

/** One legal step; gives the events that it must have journaled. */
function walk(store: Store, random: () => number, step: number): string[] {
  const before = stored(store);
  const [id, status] = before.dispatches.size > 0 ? pick([...before.dispatches], random) : [0, null];
  if (status === null || random() < 0.2) return admitFresh(store, step);
  const run = [...before.runs].findLast(([, candidate]) => candidate.dispatchId === id);
  const state = run?.[1].state ?? "lost";
  const runId = run?.[0] ?? 0;
  if (state === "queued")
    return takeSlot(store, { ...RALLY, runId, capacity: 3, starter: "me" }) ? ["take_slot"] : [];
  if (state === "starting" && random() < 0.6) return recordRun(store, runId, "started");
  if (BUSY.includes(state)) return endRun(store, runId, id, status, random);
  if (random() < 0.3) return cleanAndUndo(store, id, random);
  admit(store, { ...RALLY, dispatch: { id }, run: RUN });
  return ["run_again", "admit"];
}

function endRun(store: Store, runId: number, id: number, status: Status, random: () => number): string[] {
  const on = pick(["exit", "fail", "interrupt", "lose"] as const, random);
  if (status === "reviewing") return recordRun(store, runId, on);
  record(store, RALLY, [
    { layer: "run", id: runId, on },
    { layer: "dispatch", id, on: "session_ended" },
  ]);
  return [on, "session_ended"];
}

function cleanAndUndo(store: Store, id: number, random: () => number): string[] {
  keepCleaned(store, { ...RALLY, dispatchId: id, archiveRef: null, trash: null, branchHead: null });
  record(store, RALLY, [{ layer: "dispatch", id, on: "clean" }]);
  const kept = cleanedOf(store, id);
  if (!kept || random() < 0.4) return ["clean"];
  restoreDispatch(store, kept, RALLY);
  forgetCleaned(store, id);
  return ["clean", "undo"];
}

test("a journal that does not fit is said to, with its row", () => {
  const store = newStore();
  newProject(store);
  admitFresh(store, 1);
  const rows = since(store, 0, 9);
  const broken = rows.map((row) => (row.event === "admit" ? { ...row, from: "running" } : row));
  expect(problemOf(() => replay(broken)).message).toContain(
    "Row 3 of the journal says that run 1 went from running",
  );
  expect(problemOf(() => replay(rows.slice(2))).message).toContain("run 1");
  expect(problemOf(() => replay([...rows, ...rows.slice(1)])).message).toContain("dispatch 1");
});

const BUSY: readonly RunState[] = ["queued", "starting", "running"];

function admitFresh(store: Store, number: number): string[] {
  admit(store, { ...RALLY, dispatch: { fresh: fresh(1, number) }, run: RUN });
  return ["dispatch", "admit"];
}

function recordRun(
  store: Store,
  id: number,
  on: "started" | "exit" | "fail" | "interrupt" | "lose",
): string[] {
  record(store, RALLY, [{ layer: "run", id, on }]);
  return [on];
}

function stored(store: Store): Stored {
  const dispatches = store.db.query<{ id: number; status: Status }, []>(
    "SELECT id, status FROM dispatches ORDER BY id",
  );
  const runs = store.db.query<{ id: number; dispatchId: number; state: RunState }, []>(
    "SELECT id, dispatch_id AS dispatchId, state FROM runs ORDER BY id",
  );
  return {
    dispatches: new Map(dispatches.all().map((row) => [row.id, row.status])),
    runs: new Map(runs.all().map(({ id, ...run }) => [id, run])),
  };
}

function pick<T>(list: readonly T[], random: () => number): T {
  const found = list[Math.floor(random() * list.length)];
  if (found === undefined) throw new Error("There is nothing to pick.");
  return found;
}

/** The same numbers for the same seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
