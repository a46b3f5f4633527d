import { afterEach, expect, test } from "bun:test";
import { isDone } from "../../src/domain/display.ts";
import type { GitFacts, PrFacts, TargetFacts } from "../../src/domain/view.ts";
import { recordGit, recordPr, recordTarget } from "../../src/store/facts.ts";
import type { Store } from "../../src/store/open.ts";
import { dispatchRow, gitStamp, history, lastJournalId } from "../../src/store/read.ts";
import { dispatchView, snapshot } from "../../src/store/snapshot.ts";
import { dispatched, leaveNothing, newStore } from "./fixture.ts";
import { fresh, T0 } from "./values.ts";

afterEach(leaveNothing);

const GIT: GitFacts & { indexStamp: string } = {
  asOf: T0,
  worktreeExists: true,
  branchExists: true,
  branchNow: null,
  head: "a1",
  commits: 2,
  files: 3,
  insertions: 85,
  deletions: 12,
  dirty: true,
  untracked: 1,
  unpushed: 2,
  pushed: 0,
  inBase: false,
  indexStamp: "1:2",
};
const PR: PrFacts = {
  asOf: T0,
  number: 57,
  url: "https://github.test/acme/app/pull/57",
  state: "open",
  draft: false,
  head: "a1",
  checks: "none",
  conflict: false,
  changesRequested: false,
  since: T0,
};
const TARGET: TargetFacts = { asOf: T0, state: "open", head: "b1", reviewedHead: null, since: T0 };

test("facts come back as they were recorded", () => {
  const store = newStore();
  dispatched(store, 42);
  recordGit(store, 1, GIT, T0);
  recordPr(store, 1, PR, T0);
  recordTarget(store, 1, TARGET, T0);
  const { indexStamp, ...git } = GIT;
  expect(dispatchView(store, 1)).toMatchObject({ git, pr: PR, target: TARGET });
  expect(dispatchView(store, 1)?.git).toEqual(git);
  expect(gitStamp(store, 1)).toEqual({ asOf: T0, head: "a1", indexStamp, inBase: git.inBase ? 1 : 0 });
});

test("invariant 10: each fact is journaled when it is first seen or changes, and the same facts no second time", () => {
  const store = newStore();
  dispatched(store, 42);
  const git = (more: Partial<GitFacts>) => recordGit(store, 1, { ...GIT, ...more }, T0);
  const pr = (more: Partial<PrFacts>) => recordPr(store, 1, { ...PR, ...more }, T0);
  const target = (more: Partial<TargetFacts>) => recordTarget(store, 1, { ...TARGET, ...more }, T0);
  const steps: [() => string[], string[]][] = [
    [() => git({}), []],
    [() => git({ pushed: 2 }), ["pushed"]],
    [() => git({ pushed: 3 }), []],
    [() => git({ pushed: 3, worktreeExists: false }), ["worktree_missing"]],
    [() => git({ pushed: 3 }), []],
    [() => git({ pushed: 3, inBase: true }), ["in_base"]],
    [() => pr({}), ["opened"]],
    [() => pr({ checks: "pending" }), ["ci"]],
    [() => pr({ checks: "failing", conflict: true, head: "a2" }), ["ci", "conflict"]],
    [() => pr({ checks: "failing", changesRequested: true }), ["conflict", "changes_requested"]],
    [() => pr({ state: "closed", checks: "failing", changesRequested: true }), ["closed"]],
    [() => pr({ checks: "failing", changesRequested: true }), ["reopened"]],
    [() => pr({ state: "merged", checks: "failing", changesRequested: true }), ["merged"]],
    [() => pr({ number: 58 }), ["opened"]],
    [() => recordPr(store, 1, null, T0), ["pr_gone"]],
    [() => target({}), []],
    [() => target({ head: "b2" }), ["head_moved"]],
    [() => target({ head: null, reviewedHead: "b2" }), []],
    [() => target({ head: "b2", state: "closed" }), ["closed"]],
    [() => target({ head: "b2" }), ["reopened"]],
    [() => target({ head: "b2", state: "merged" }), ["merged"]],
  ];
  for (const [step, events] of steps) {
    const before = lastJournalId(store);
    expect(step()).toEqual(events);
    expect(step()).toEqual([]);
    const rows = history(store, { limit: 99 }).filter((row) => row.id > before);
    expect(rows.map((row) => [row.layer, row.event, row.actor])).toEqual(
      events.map((event) => ["fact", event, "rally"]),
    );
  }
  expect(dispatchView(store, 1)?.target).toMatchObject({ head: "b2", reviewedHead: "b2" });
});

test("facts older than the known ones, and facts of what is gone, write nothing", () => {
  const store = newStore();
  dispatched(store, 42);
  recordGit(store, 1, GIT, T0);
  recordPr(store, 1, PR, T0);
  recordTarget(store, 1, TARGET, T0);
  const before = lastJournalId(store);
  const asOf = T0 - 1;
  expect(recordGit(store, 1, { ...GIT, asOf, pushed: 1 }, T0)).toEqual([]);
  expect(recordPr(store, 1, { ...PR, asOf, state: "merged" }, T0)).toEqual([]);
  expect(recordPr(store, 1, null, asOf)).toEqual([]);
  expect(recordTarget(store, 1, { ...TARGET, asOf, state: "closed" }, T0)).toEqual([]);
  expect(recordGit(store, 9, GIT, T0)).toEqual([]);
  expect(dispatchView(store, 1)).toMatchObject({ pr: PR, target: TARGET, git: { pushed: 0, asOf: T0 } });
  expect(lastJournalId(store)).toBe(before);
});

test("facts from a clock that was far ahead hold nothing up", () => {
  const store = newStore();
  dispatched(store, 42);
  recordGit(store, 1, { ...GIT, asOf: T0 + 86_400_000 }, T0 + 86_400_000);
  expect(recordGit(store, 1, { ...GIT, pushed: 1 }, T0)).toEqual(["pushed"]);
});

test("a pull request says since when it is as it is", () => {
  const store = newStore();
  dispatched(store, 42);
  const at = (minute: number, more: Partial<PrFacts>) => {
    const time = T0 + minute * 60_000;
    recordPr(store, 1, { ...PR, asOf: time, since: time, ...more }, time);
    return dispatchView(store, 1)?.pr?.since;
  };
  expect([
    at(0, {}),
    at(1, {}),
    at(2, { head: "a2" }),
    at(3, { checks: "failing" }),
    at(4, { checks: "failing" }),
  ]).toEqual([T0, T0, T0, T0 + 180_000, T0 + 180_000]);
});

test("what has been done for long can be left out, and done is what the display says it is", () => {
  const store = newStore();
  dispatched(store, 1);
  dispatched(store, 2, { dispatch: { fresh: fresh(1, 2, { kind: "pr" }) } });
  let at = T0;
  for (let step = 0; step < 200; step++) {
    at += 1_000;
    change(store, 1 + (step % 2), at, Math.floor(Math.random() * 6));
    for (const view of snapshot(store)) {
      const doneAt = dispatchRow(store, view.id)?.doneAt ?? null;
      expect(doneAt !== null).toBe(isDone(view));
      const left = snapshot(store, { doneSince: at + 1 }).some((other) => other.id === view.id);
      expect(left).toBe(!isDone(view));
      if (doneAt !== null)
        expect(snapshot(store, { doneSince: doneAt }).some((other) => other.id === view.id)).toBe(true);
    }
  }
});

function change(store: Store, id: number, at: number, which: number): void {
  if (which < 2) recordGit(store, id, { ...GIT, asOf: at, inBase: which === 1 }, at);
  else if (which < 4) recordPr(store, id, { ...PR, asOf: at, state: which === 2 ? "open" : "merged" }, at);
  else recordTarget(store, id, { ...TARGET, asOf: at, state: which === 4 ? "open" : "merged" }, at);
}
