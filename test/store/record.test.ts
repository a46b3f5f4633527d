import { afterEach, expect, test } from "bun:test";
import { keepMessage } from "../../src/store/messages.ts";
import { ask } from "../../src/store/questions.ts";
import { dispatchRow, history, lastJournalId, liveRuns, runRow, since } from "../../src/store/read.ts";
import { record, setDispatch, setRun } from "../../src/store/record.ts";
import { takeSlot } from "../../src/store/slot.ts";
import { dispatchView } from "../../src/store/snapshot.ts";
import { dispatched, leaveNothing, newStore, problemOf, RALLY } from "./fixture.ts";
import { T0 } from "./values.ts";

afterEach(leaveNothing);

const later = { actor: "slack:U1", at: T0 + 60_000 };

test("a change moves the state, keeps who and when, and has one journal row", () => {
  const store = newStore();
  const { dispatchId: id } = dispatched(store, 42);
  const before = lastJournalId(store);
  const why = "waits for the release";
  const [row] = record(store, later, [{ layer: "dispatch", id, on: "upstream", why, data: { by: "hand" } }]);
  expect(dispatchRow(store, id)).toMatchObject({
    status: "upstream",
    statusSince: later.at,
    statusBy: "slack:U1",
    updatedAt: later.at,
    version: 2,
  });
  expect(since(store, before, 9)).toEqual([
    {
      id: row ?? 0,
      at: later.at,
      actor: "slack:U1",
      layer: "dispatch",
      projectId: 1,
      dispatchId: id,
      runId: null,
      event: "upstream",
      from: "implementing",
      to: "upstream",
      why,
      data: { by: "hand" },
    },
  ]);
});

test("a change that leads to the same state keeps since when and by whom it is so", () => {
  const store = newStore();
  const { dispatchId: id } = dispatched(store, 42);
  record(store, RALLY, [{ layer: "dispatch", id, on: "upstream" }]);
  record(store, later, [{ layer: "dispatch", id, on: "session_ended", set: { outcome: "ok" } }]);
  expect(dispatchRow(store, id)).toMatchObject({
    status: "upstream",
    statusSince: T0,
    statusBy: "rally",
    updatedAt: later.at,
    outcome: "ok",
  });
});

test("runs keep when they started and ended", () => {
  const store = newStore();
  const { runId } = dispatched(store, 42);
  takeSlot(store, { ...RALLY, runId, capacity: 1, starter: "me" });
  expect(runRow(store, runId)).toMatchObject({ state: "starting", starter: "me", startedAt: RALLY.at });
  record(store, later, [{ layer: "run", id: runId, on: "started", set: { pid: 4242, resume: true } }]);
  expect(liveRuns(store)).toMatchObject([{ id: runId, pid: 4242, resume: true, startedAt: later.at }]);
  record(store, later, [{ layer: "run", id: runId, on: "exit", set: { exitCode: 0, endedAt: T0 + 5 } }]);
  expect(runRow(store, runId)).toMatchObject({ state: "exited", exitCode: 0, endedAt: T0 + 5, version: 4 });
  expect(liveRuns(store)).toEqual([]);
});

test("several changes are done whole or not at all", () => {
  const store = newStore();
  const { dispatchId, runId } = dispatched(store, 42);
  const before = lastJournalId(store);
  const problem = problemOf(() =>
    record(store, RALLY, [
      { layer: "dispatch", id: dispatchId, on: "upstream" },
      { layer: "run", id: runId, on: "started" },
    ]),
  );
  expect(problem.code).toBe("conflict");
  expect(problem.message).toContain('The run is queued: "started" is not possible');
  expect(dispatchRow(store, dispatchId)).toMatchObject({ status: "implementing", version: 1 });
  expect(lastJournalId(store)).toBe(before);
  expect(record(store, RALLY, [])).toEqual([]);
});

test("a change that somebody has overtaken is a conflict", () => {
  const store = newStore();
  const { dispatchId: id, runId } = dispatched(store, 42);
  record(store, later, [{ layer: "dispatch", id, on: "upstream", version: 1 }]);
  const problem = problemOf(() =>
    record(store, later, [{ layer: "dispatch", id, on: "resume", version: 1 }]),
  );
  expect(problem).toMatchObject({ code: "conflict", hint: "rally show 1" });
  expect(problem.message).toContain("is upstream now");
  const run = () => record(store, later, [{ layer: "run", id: runId, on: "interrupt", version: 3 }]);
  expect(problemOf(run).code).toBe("conflict");
});

test("what is not there is missing", () => {
  const store = newStore();
  const codes = [
    () => record(store, RALLY, [{ layer: "dispatch", id: 9, on: "upstream" }]),
    () => record(store, RALLY, [{ layer: "run", id: 9, on: "exit" }]),
    () => setDispatch(store, 9, { branch: "b" }),
    () => setRun(store, 9, { pid: 1 }),
  ].map((action) => problemOf(action).code);
  expect(codes).toEqual(["missing", "missing", "missing", "missing"]);
});

test("columns that are no state are set without a journal row", () => {
  const store = newStore();
  const { dispatchId, runId } = dispatched(store, 42);
  const before = lastJournalId(store);
  setDispatch(store, dispatchId, { branch: "rally/42-x", worktree: "/w/rally-42", session: "s" });
  setRun(store, runId, {
    tool: "bash",
    words: "Looking",
    inputTokens: 5,
    costUsd: 0.25,
    lastOutputAt: T0 + 1,
  });
  setRun(store, runId, { tool: "edit", words: null });
  setRun(store, runId, {});
  expect(dispatchRow(store, dispatchId)).toMatchObject({ branch: "rally/42-x", session: "s", version: 1 });
  expect(runRow(store, runId)).toMatchObject({ tool: "edit", words: null, costUsd: 0.25, version: 1 });
  expect(lastJournalId(store)).toBe(before);
});

test("a row that only tells is about whom its run or dispatch says", () => {
  const store = newStore();
  const { runId } = dispatched(store, 42);
  record(store, RALLY, [
    { layer: "refusal", event: "late_report", runId, why: "the run is not the live one" },
    { layer: "tick", event: "failed", projectId: 1 },
    { layer: "gate", event: "approved", dispatchId: 77 },
  ]);
  expect(history(store, { limit: 3 })).toMatchObject([
    { layer: "refusal", runId, dispatchId: 1, projectId: 1 },
    { layer: "tick", runId: null, dispatchId: null, projectId: 1 },
    { layer: "gate", dispatchId: 77, projectId: null },
  ]);
  expect(history(store, { dispatchId: 1, limit: 2 }).map((row) => row.event)).toEqual([
    "admit",
    "late_report",
  ]);
});

test("clean removes a dispatch and all that is its own, never under a run that lives or waits", () => {
  const store = newStore();
  const { dispatchId: id, runId } = dispatched(store, 42);
  const clean = () => record(store, later, [{ layer: "dispatch", id, on: "clean" }]);
  expect(problemOf(clean)).toMatchObject({ code: "conflict", hint: "rally stop 1" });
  takeSlot(store, { ...RALLY, runId, capacity: 1, starter: "me" });
  expect(problemOf(clean).message).toContain("starting");
  ask(store, { dispatchId: id, runId, text: "Which?", context: null, actor: "copilot", at: T0 });
  keepMessage(store, { dispatchId: id, text: "And this", actor: "cli:ana", at: T0 });
  record(store, RALLY, [{ layer: "run", id: runId, on: "lose" }]);
  clean();
  expect(dispatchView(store, id)).toBeNull();
  for (const table of ["dispatches", "runs", "questions", "messages"])
    expect(store.db.query(`SELECT * FROM ${table}`).all()).toEqual([]);
  expect(history(store, { limit: 1 })).toMatchObject([
    { event: "clean", dispatchId: id, projectId: 1, from: "implementing", to: null },
  ]);
  expect(dispatched(store, 42).dispatchId).toBe(2);
});
