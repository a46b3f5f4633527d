import { describe, expect, test } from "bun:test";
import { type StageView, stage } from "../../src/domain/stage.ts";
import type { DispatchView } from "../../src/domain/view.ts";
import { STAGES, type Stage } from "../../src/domain/words.ts";
import { aRun, aView, gitFacts, prFacts, T0 } from "../fixtures/builders.ts";

const of = (over: Partial<DispatchView>): StageView | null => stage(aView(over));
const name = (over: Partial<DispatchView>): Stage | null => of(over)?.name ?? null;
const ended = aRun({ state: "exited", endedAt: T0 + 5 });

describe("where the worker says nothing", () => {
  const inferred: [Stage | null, string, Partial<DispatchView>][] = [
    [null, "before a run", {}],
    ["setup", "a live run", { run: aRun() }],
    ["setup", "a live run that changed nothing", { run: aRun(), git: gitFacts() }],
    ["coding", "a live run with commits", { run: aRun(), git: gitFacts({ commits: 1 }) }],
    ["coding", "a live run with changes", { run: aRun(), git: gitFacts({ dirty: true }) }],
    ["reviewing", "a live review", { run: aRun({ role: "reviewer" }), git: gitFacts({ commits: 1 }) }],
    ["closeout", "a clean exit", { run: ended, outcome: "ok", status: "reviewing" }],
    [null, "an end that was not clean", { run: aRun({ state: "failed" }), outcome: "failed" }],
    [null, "a stop", { run: aRun({ state: "interrupted" }), outcome: "interrupted" }],
    ["pr_testing", "a pull request that is open", { run: ended, outcome: "ok", pr: prFacts() }],
    ["pr_testing", "a pull request while it works", { run: aRun(), pr: prFacts({ draft: true }) }],
    [
      "closeout",
      "a pull request that is closed",
      { run: ended, outcome: "ok", pr: prFacts({ state: "closed" }) },
    ],
  ];
  for (const [expected, what, over] of inferred)
    test(`${what}: ${expected}`, () => {
      expect(name(over)).toBe(expected);
      expect(of(over)?.declared ?? false).toBeFalse();
    });
});

describe("declared and inferred", () => {
  const facts: Record<string, Partial<DispatchView>> = {
    setup: { run: aRun() },
    coding: { run: aRun(), git: gitFacts({ commits: 1 }) },
    reviewing: { run: aRun({ role: "reviewer" }) },
    closeout: { run: ended, outcome: "ok" },
    pr_testing: { run: aRun(), pr: prFacts() },
  };
  for (const declared of STAGES)
    for (const inferred of STAGES)
      test(`${declared} declared, ${inferred} inferred: the later one, declared on a tie`, () => {
        const given = facts[inferred] ?? {};
        const run = { ...(given.run ?? aRun()), stage: { name: declared, since: T0 + 9 } };
        const later = STAGES.indexOf(inferred) > STAGES.indexOf(declared) ? inferred : declared;
        const found = of({ ...given, run });
        expect(found?.name).toBe(later);
        expect(found?.declared).toBe(later === declared);
        if (later === declared) expect(found?.since).toBe(T0 + 9);
      });

  test("a label of an earlier run is not shown: the view holds the latest run's only", () => {
    expect(name({ run: aRun({ id: 13, stage: null }) })).toBe("setup");
  });

  test("the time since it began: of the run, its end, the pull request", () => {
    expect(of({ run: aRun({ startedAt: T0 + 1 }) })?.since).toBe(T0 + 1);
    expect(of({ run: ended, outcome: "ok" })?.since).toBe(T0 + 5);
    expect(of({ pr: prFacts({ since: T0 + 7 }) })?.since).toBe(T0 + 7);
  });
});
