import { describe, expect, test } from "bun:test";
import { ATTENTION_CODES, type AttentionCode, attention } from "../../src/domain/attention.ts";
import type { DispatchView } from "../../src/domain/view.ts";
import { aQuestion, aRun, aView, gitFacts, MINUTE, prFacts, T0, targetFacts } from "../fixtures/builders.ts";
import { everyView } from "../fixtures/views.ts";

const limits = { silenceMs: 15 * MINUTE };
const codes = (over: Partial<DispatchView>, now = T0): AttentionCode[] =>
  attention(aView(over), now, limits).map((a) => a.code);

type Case = {
  code: AttentionCode;
  when: Partial<DispatchView>;
  goes: Record<string, Partial<DispatchView>>;
  now?: number;
};
const ended = (outcome: "failed" | "lost" | "empty"): Partial<DispatchView> => ({
  status: "reviewing",
  outcome,
  outcomeAt: T0,
  run: aRun({ state: "exited" }),
});
const queued = { runId: 13, place: 1, since: T0 };
const ofRun: Record<string, Partial<DispatchView>> = {
  "a new run is live": { run: aRun() },
  "a new run waits": { queued },
  "it is merged": { pr: prFacts({ state: "merged" }) },
};
const prReview = targetFacts({ head: "new", reviewedHead: "old" });

const CASES: Case[] = [
  { code: "needs_input", when: { question: aQuestion() }, goes: { "it is answered": { question: null } } },
  { code: "failed", when: ended("failed"), goes: ofRun },
  { code: "lost", when: ended("lost"), goes: ofRun },
  { code: "empty", when: ended("empty"), goes: ofRun },
  {
    code: "still_running",
    when: { run: aRun(), pr: prFacts({ state: "merged" }) },
    goes: { "it ends": { run: aRun({ state: "exited" }) } },
  },
  {
    code: "stalled",
    when: { run: aRun() },
    now: T0 + 15 * MINUTE,
    goes: {
      "it speaks": { run: aRun({ lastOutputAt: T0 + 1 }) },
      "it ends": { run: aRun({ state: "lost" }) },
    },
  },
  {
    code: "ci_failing",
    when: { pr: prFacts({ checks: "failing" }) },
    goes: {
      "they pass": { pr: prFacts({ checks: "passing" }) },
      "it is closed": { pr: prFacts({ state: "merged" }) },
    },
  },
  {
    code: "conflict",
    when: { pr: prFacts({ conflict: true }) },
    goes: { "it is resolved": { pr: prFacts() } },
  },
  {
    code: "changes_requested",
    when: { pr: prFacts({ changesRequested: true }) },
    goes: { "they are dismissed": { pr: prFacts() } },
  },
  {
    code: "head_moved",
    when: { kind: "pr", target: prReview },
    goes: {
      "a new run is live": { run: aRun() },
      "it was reviewed": { target: targetFacts({ head: "a", reviewedHead: "a" }) },
    },
  },
  {
    code: "pr_closed",
    when: { pr: prFacts({ state: "closed" }) },
    goes: { "it is reopened": { pr: prFacts() } },
  },
  {
    code: "target_closed",
    when: { target: targetFacts({ state: "closed" }) },
    goes: { "it is reopened": { target: targetFacts() } },
  },
  {
    code: "worktree_missing",
    when: { git: gitFacts({ worktreeExists: false }) },
    goes: { "it is put back": { git: gitFacts() } },
  },
  {
    code: "branch_moved",
    when: { git: gitFacts({ branchNow: "mine" }) },
    goes: { "it is switched back": { git: gitFacts({ branchNow: null }) } },
  },
  {
    code: "undelivered",
    when: { undelivered: [{ kind: "desktop", since: T0, error: "no display" }] },
    goes: { "it is delivered": { undelivered: [] } },
  },
  {
    code: "undelivered",
    when: { waits: { room: "slack:C1", since: T0, error: "" } },
    now: T0 + MINUTE,
    goes: {
      "the queue is empty": { waits: null },
      "the queue moves": { waits: { room: "slack:C1", since: T0 + 1, error: "" } },
    },
  },
];

describe("each attention comes and goes", () => {
  test("all of them are here", () =>
    expect([...new Set(CASES.map((c) => c.code))]).toEqual([...ATTENTION_CODES]));

  for (const { code, when, goes, now } of CASES) {
    test(`${code} comes, alone`, () => expect(codes(when, now)).toEqual([code]));
    for (const [why, change] of Object.entries(goes))
      test(`${code} goes when ${why}`, () => expect(codes({ ...when, ...change }, now)).not.toContain(code));
  }

  test("silence is counted to the millisecond, and not while a person sits at it", () => {
    expect(codes({ run: aRun() }, T0 + 15 * MINUTE - 1)).toEqual([]);
    expect(codes({ run: aRun({ role: "attached" }) }, T0 + 60 * MINUTE)).toEqual([]);
    expect(codes({ run: aRun({ state: "starting" }) }, T0 + 60 * MINUTE)).toEqual([]);
  });
});

describe("upstream", () => {
  const heard = ["needs_input", "failed", "lost", "empty", "still_running"];
  for (const { code, when, now } of CASES)
    test(`${heard.includes(code) ? "lets" : "silences"} ${code}`, () => {
      const here = codes(
        { ...when, pr: code === "still_running" ? null : (when.pr ?? null), status: "upstream" },
        now,
      );
      expect(here.includes(code)).toBe(heard.includes(code));
      expect(here.filter((other) => !heard.includes(other))).toEqual([]);
    });
});

describe("what is said", () => {
  test("is one line, with a hint that can be typed and the time since", () => {
    const wrong: unknown[] = [];
    let said = 0;
    for (const view of everyView())
      for (const a of attention(view, T0 + 20 * MINUTE, limits)) {
        said++;
        const fine = a.message.length > 0 && !a.message.includes("\n") && /^(rally|git) /.test(a.hint);
        if (!fine || a.since < T0 - 1 || !Number.isInteger(a.since)) wrong.push(a);
      }
    expect(wrong.slice(0, 3)).toEqual([]);
    expect(said).toBeGreaterThan(100_000);
  });

  test("has the reason in it", () => {
    const [failed] = attention(
      aView({ ...ended("failed"), failure: "quota", outcomeDetail: "out of credit\nmore" }),
      T0,
      limits,
    );
    expect(failed?.message).toBe("copilot failed (quota): out of credit");
    expect(failed?.hint).toBe("rally log 7");
    const [empty] = attention(aView({ ...ended("empty"), kind: "pr" }), T0, limits);
    expect(empty?.message).toBe("copilot ended without writing a review");
    const [long] = attention(aView({ question: aQuestion("x".repeat(500)) }), T0, limits);
    expect(long?.message.length).toBeLessThanOrEqual(180);
  });

  test("a worktree that is gone is made again from its branch, or cleaned", () => {
    const hint = (branchExists: boolean): string | undefined =>
      attention(aView({ git: gitFacts({ worktreeExists: false, branchExists }) }), T0, limits)[0]?.hint;
    expect(hint(true)).toBe("rally continue 7");
    expect(hint(false)).toBe("rally clean 7");
  });

  test("a branch's name runs nothing when the hint is pasted", () => {
    const branch = "a$(touch x)'b";
    const [moved] = attention(aView({ branch, git: gitFacts({ branchNow: "mine" }) }), T0, limits);
    expect(moved?.hint).toBe(`git -C "$(rally path 7)" switch 'a$(touch x)'\\''b'`);
  });
});
