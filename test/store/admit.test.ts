import { afterEach, expect, test } from "bun:test";
import { admit } from "../../src/store/admit.ts";
import { line } from "../../src/store/line.ts";
import { runRow } from "../../src/store/read.ts";
import { record } from "../../src/store/record.ts";
import { takeOverStart, takeSlot } from "../../src/store/slot.ts";
import { dispatchView, snapshot } from "../../src/store/snapshot.ts";
import { BY, dispatched, leaveNothing, newProject, newStore, problemOf, RALLY } from "./fixture.ts";
import { fresh, RUN, T0 } from "./values.ts";

afterEach(leaveNothing);

test("admit makes a dispatch and a run that waits, and says its place", () => {
  const store = newStore();
  expect(dispatched(store, 1)).toEqual({ dispatchId: 1, runId: 1, place: 1 });
  expect(dispatched(store, 2)).toEqual({ dispatchId: 2, runId: 2, place: 2 });
  const view = dispatchView(store, 2);
  expect(view).toMatchObject({ status: "implementing", statusBy: "cli:ana", run: null, createdAt: T0 });
  expect(view?.queued).toEqual({ runId: 2, place: 2, since: T0 });
  expect(snapshot(store).map((d) => d.id)).toEqual([1, 2]);
});

test("a target that is dispatched already is a conflict that names the first and what can be done", () => {
  const store = newStore();
  dispatched(store, 42);
  const problem = problemOf(() => dispatched(store, 42));
  expect(problem.code).toBe("conflict");
  expect(problem.message).toBe("#42 is dispatch 1 already (queued (1)).");
  expect(problem.hint).toContain("rally show 1");
  expect(problem.hint).toContain("rally continue 1");
});

test("tasks have no number and are never the same", () => {
  const store = newStore();
  dispatched(store, null);
  expect(dispatched(store, null).dispatchId).toBe(2);
});

test("a dispatch with a run that waits or lives takes no second one", () => {
  const store = newStore();
  const { dispatchId, runId } = dispatched(store, 7);
  const more = () =>
    admit(store, { ...BY, dispatch: { id: dispatchId }, run: { ...RUN, role: "follow_up" } });
  expect(problemOf(more).message).toBe("Dispatch 1 waits in line already.");
  takeSlot(store, { ...RALLY, runId, capacity: 1, starter: "me" });
  expect(problemOf(more).message).toBe("copilot is at work on dispatch 1.");
  record(store, RALLY, [
    { layer: "run", id: runId, on: "exit", set: { exitCode: 0, outcome: "empty" } },
    { layer: "dispatch", id: dispatchId, on: "session_ended", set: { outcome: "empty", outcomeAt: T0 } },
  ]);
  expect(dispatchView(store, dispatchId)).toMatchObject({ status: "reviewing", outcome: "empty" });
  expect(more()).toEqual({ dispatchId, runId: 2, place: 1 });
  expect(dispatchView(store, dispatchId)).toMatchObject({ status: "implementing", outcome: null });
  expect(runRow(store, 2)).toMatchObject({ state: "queued", attempt: 2, role: "follow_up" });
});

test("a dispatch or project that is not there is missing", () => {
  const store = newStore();
  expect(problemOf(() => admit(store, { ...BY, dispatch: { id: 9 }, run: RUN })).code).toBe("missing");
  const request = { ...BY, dispatch: { fresh: fresh(3, 1) }, run: RUN };
  expect(problemOf(() => admit(store, request)).code).toBe("missing");
});

test("change requests go before fresh work, then first come, first served, whatever the clock said", () => {
  const store = newStore();
  newProject(store);
  dispatched(store, 1, { at: T0 + 2 });
  dispatched(store, 2, { at: T0 + 1 });
  dispatched(store, 3, { at: T0 + 3, run: { ...RUN, priority: 0 } });
  expect(line(store).map((waiting) => waiting.dispatchId)).toEqual([3, 1, 2]);
  const take = (runId: number) => takeSlot(store, { ...RALLY, runId, capacity: 2, starter: "me" });
  expect([take(1), take(2), take(3), take(2), take(1), take(2)]).toEqual([
    false,
    false,
    true,
    false,
    true,
    false,
  ]);
});

test("exactly one of those who see a dead starter goes on in its place", () => {
  const store = newStore();
  const { runId } = dispatched(store, 1);
  expect(takeOverStart(store, { runId, from: null, to: "b" })).toBe(false);
  takeSlot(store, { ...RALLY, runId, capacity: 1, starter: "a" });
  expect(takeOverStart(store, { runId, from: "a", to: "b" })).toBe(true);
  expect(takeOverStart(store, { runId, from: "a", to: "c" })).toBe(false);
  expect(runRow(store, runId)?.starter).toBe("b");
});
