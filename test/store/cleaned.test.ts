import { afterEach, expect, test } from "bun:test";
import { admit, importDispatch } from "../../src/store/admit.ts";
import {
  cleanedOf,
  cleanedRuns,
  forgetCleaned,
  keepCleaned,
  listCleaned,
  restoreDispatch,
} from "../../src/store/cleaned.ts";
import { contextOf, keepContext } from "../../src/store/contexts.ts";
import { recordPr } from "../../src/store/facts.ts";
import { keepMessage } from "../../src/store/messages.ts";
import type { Store } from "../../src/store/open.ts";
import { removeProject } from "../../src/store/projects.ts";
import { answer, ask, questionById } from "../../src/store/questions.ts";
import { dispatchRow, history, runsOf } from "../../src/store/read.ts";
import { record, setRun } from "../../src/store/record.ts";
import { takeSlot } from "../../src/store/slot.ts";
import { dispatchView } from "../../src/store/snapshot.ts";
import { BY, dispatched, leaveNothing, newProject, newStore, problemOf, RALLY } from "./fixture.ts";
import { fresh, RUN, T0 } from "./values.ts";

afterEach(leaveNothing);

const undo = { actor: "cli:ana", at: T0 + 9_000 };

/** A dispatch with a bit of everything, and then cleaned. */
function cleanOne(store: Store): void {
  const { dispatchId, runId } = dispatched(store, 42);
  keepContext(store, dispatchId, "frozen");
  takeSlot(store, { ...RALLY, runId, capacity: 1, starter: "me" });
  setRun(store, runId, { resume: true, costUsd: 0.5, words: "done" });
  ask(store, { dispatchId, runId, text: "Which?", context: null, actor: "copilot", at: T0 });
  answer(store, { dispatchId, text: "This", actor: "cli:ana", at: T0 });
  keepMessage(store, { dispatchId, text: "And that", actor: "cli:ana", at: T0 });
  const pr = { number: 57, url: "u", state: "merged", draft: false, head: "a", checks: "passing" } as const;
  recordPr(store, dispatchId, { asOf: T0, since: T0, conflict: false, changesRequested: false, ...pr }, T0);
  record(store, RALLY, [
    { layer: "run", id: runId, on: "exit", set: { outcome: "ok" } },
    { layer: "dispatch", id: dispatchId, on: "session_ended", set: { outcome: "ok", outcomeAt: T0 } },
  ]);
}

function clean(store: Store, id: number): void {
  const kept = { dispatchId: id, archiveRef: `refs/rally/archive/${id}/1`, trash: null, branchHead: "a" };
  keepCleaned(store, { ...BY, ...kept });
  keepCleaned(store, { ...BY, ...kept, trash: "/w/.trash/1" });
  record(store, BY, [{ layer: "dispatch", id, on: "clean" }]);
}

test("what was cleaned comes back as it was, under its number", () => {
  const store = newStore();
  cleanOne(store);
  const rows = () => [
    runsOf(store, 1),
    questionById(store, 1),
    dispatchRow(store, 1)?.doneAt,
    contextOf(store, 1),
  ];
  const view = dispatchView(store, 1);
  const before = rows();
  clean(store, 1);
  expect(dispatchView(store, 1)).toBeNull();
  const kept = cleanedOf(store, 1);
  if (!kept) throw new Error("Nothing was kept.");
  expect(kept).toMatchObject({ trash: "/w/.trash/1", branchHead: "a", actor: "cli:ana", at: T0 });
  expect(listCleaned(store)).toEqual([kept]);
  const { projectId } = kept.record.dispatch;
  const runs = kept.record.runs.map((run) => run.id);
  expect(runs.length).toBeGreaterThan(0);
  expect(cleanedRuns(store, { before: T0, projectId: null })).toEqual(runs);
  expect(cleanedRuns(store, { before: T0, projectId })).toEqual(runs);
  expect(cleanedRuns(store, { before: T0, projectId: projectId + 1 })).toEqual([]);
  expect(cleanedRuns(store, { before: T0 - 1, projectId: null })).toEqual([]);
  restoreDispatch(store, kept, undo, { worktree: "/w/rally-42" });
  const now = { statusSince: undo.at, statusBy: "cli:ana", updatedAt: undo.at };
  expect<unknown>(dispatchView(store, 1)).toEqual({ ...view, ...now, worktree: "/w/rally-42", version: 3 });
  expect(rows()).toEqual(before);
  expect(store.db.query("SELECT text FROM messages").values()).toEqual([["And that"]]);
  expect(history(store, { limit: 1 })).toMatchObject([
    { event: "undo", from: null, to: "reviewing", dispatchId: 1 },
  ]);
  expect(problemOf(() => restoreDispatch(store, kept, undo)).message).toBe("Dispatch 1 is there already.");
  forgetCleaned(store, 1);
  expect(cleanedOf(store, 1)).toBeNull();
});

test("an undo whose target has been dispatched again names that one and offers a branch", () => {
  const store = newStore();
  cleanOne(store);
  clean(store, 1);
  const kept = cleanedOf(store, 1);
  if (!kept) throw new Error("Nothing was kept.");
  admit(store, { ...BY, dispatch: { fresh: fresh(1, 42) }, run: RUN });
  const problem = problemOf(() => restoreDispatch(store, kept, undo));
  expect(problem).toMatchObject({ code: "conflict" });
  expect(problem.message).toContain("#42 is dispatch 2 already");
  expect(problem.hint).toContain("rally undo 1 --branch");
});

test("an undo in a project that is gone is missing, and so is keeping a dispatch that is not there", () => {
  const store = newStore();
  cleanOne(store);
  clean(store, 1);
  const kept = cleanedOf(store, 1);
  if (!kept) throw new Error("Nothing was kept.");
  removeProject(store, BY, 1);
  expect(problemOf(() => restoreDispatch(store, kept, undo)).code).toBe("missing");
  expect(problemOf(() => clean(store, 1)).code).toBe("missing");
});

test("a dispatch of an earlier tool is taken over in reviewing, once", () => {
  const store = newStore();
  const projectId = newProject(store);
  const row = { ...fresh(projectId, 7), branch: "fix-7", outcome: "ok" as const, outcomeAt: T0 };
  expect(importDispatch(store, BY, row)).toBe(1);
  expect(dispatchView(store, 1)).toMatchObject({
    status: "reviewing",
    outcome: "ok",
    branch: "fix-7",
    run: null,
  });
  expect(history(store, { limit: 1 })).toMatchObject([{ event: "import", from: null, to: "reviewing" }]);
  expect(problemOf(() => importDispatch(store, BY, row)).code).toBe("conflict");
});

test("what an earlier program cleaned, with its context among the columns, comes back with it", () => {
  const store = newStore();
  cleanOne(store);
  clean(store, 1);
  store.db.run(
    `UPDATE cleaned SET record = json_set(json_remove(record, '$.context'), '$.dispatch.context', 'as it was')`,
  );
  const kept = cleanedOf(store, 1);
  if (!kept) throw new Error("Nothing was kept.");
  restoreDispatch(store, kept, undo);
  expect(contextOf(store, 1)).toBe("as it was");
});
