import { describe, expect, test } from "bun:test";
import { attention } from "../../src/domain/attention.ts";
import { DISPLAY_RULES, display, ICONS, label } from "../../src/domain/display.ts";
import type { DispatchView } from "../../src/domain/view.ts";
import { DISPLAYS, type Display, STAGES } from "../../src/domain/words.ts";
import { aQuestion, aRun, aView, gitFacts, prFacts, T0, targetFacts } from "../fixtures/builders.ts";
import { everyView } from "../fixtures/views.ts";

/** The model's table, each row with its number, written without its order. */
function rowsThatHold(d: DispatchView): number[] {
  const live = d.run?.state === "starting" || d.run?.state === "running";
  const merged = d.kind === "pr" ? d.target?.state === "merged" : d.pr?.state === "merged" || d.git?.inBase;
  const reviewing = d.status === "reviewing";
  const holds: Record<number, boolean> = {
    1: merged === true,
    2: d.status === "upstream",
    3: d.question !== null,
    4: live,
    5: d.queued !== null,
    6: reviewing && !["ok", "interrupted"].includes(d.outcome ?? ""),
    7: d.pr?.state === "open" && !d.pr.draft,
    8: d.git !== null && d.git.pushed > 0,
    9: reviewing && d.outcome === "ok",
    10: reviewing && d.outcome === "interrupted",
    11: true,
  };
  return Object.keys(holds)
    .map(Number)
    .filter((row) => holds[row]);
}

const ROWS: Record<number, Display> = {
  1: "done",
  2: "upstream",
  3: "asking",
  4: "working",
  5: "queued",
  6: "needs_you",
  7: "ready",
  8: "pushed",
  9: "ready",
  10: "stopped",
  11: "implementing",
};

describe("what people see", () => {
  test("invariant 12: total and single, over every combination of facts", () => {
    const seen = new Map<Display, number>();
    const wrong: string[] = [];
    for (const view of everyView()) {
      const shown = display(view);
      seen.set(shown, (seen.get(shown) ?? 0) + 1);
      if (shown !== ROWS[Math.min(...rowsThatHold(view))]) wrong.push(`${shown}: ${JSON.stringify(view)}`);
      if (label(view).length === 0 || !DISPLAYS.includes(shown)) wrong.push(`no label: ${shown}`);
    }
    expect(wrong.slice(0, 3)).toEqual([]);
    expect([...seen.keys()].sort()).toEqual([...DISPLAYS].sort());
    expect([...seen.values()].reduce((sum, n) => sum + n, 0)).toBe(3 * 7 * 3 * 7 * 2 * 2 * 5 * 4 * 4);
  });

  test("invariant 14: no label that a worker declares changes display, words or attention", () => {
    let compared = 0;
    for (const view of everyView()) {
      if (!view.run || compared++ % 7 !== 0) continue;
      const name = STAGES[compared % STAGES.length] ?? "setup";
      const labelled = { ...view, run: { ...view.run, stage: { name, since: T0 } } };
      if (display(labelled) !== display(view) || label(labelled) !== label(view))
        expect<DispatchView>(labelled).toEqual(view);
      const limits = { silenceMs: 1 };
      const [a, b] = [attention(labelled, T0 + 5, limits), attention(view, T0 + 5, limits)];
      if (a.length !== b.length) expect(a).toEqual(b);
    }
    expect(compared).toBeGreaterThan(100_000);
  });

  test("every rule can be met first, and the last one always", () => {
    const first = new Set<number>();
    for (const view of everyView()) first.add(DISPLAY_RULES.findIndex((rule) => rule.when(view)));
    expect(first.size).toBe(DISPLAY_RULES.length);
    expect(DISPLAY_RULES.map((rule) => rule.display)).toEqual(Object.values(ROWS));
  });

  test("each has an icon of its own", () => {
    const icons = [...DISPLAYS, "orphaned" as const].map((name) => ICONS[name]);
    expect(new Set(icons).size).toBe(DISPLAYS.length + 1);
  });
});

describe("the words beside it", () => {
  const cases: [string, Partial<DispatchView>][] = [
    ["done", { pr: prFacts({ state: "merged" }) }],
    ["waiting on upstream", { status: "upstream", run: aRun() }],
    ["needs your answer", { question: aQuestion(), run: aRun() }],
    ["claude working", { run: aRun({ agent: "claude" }) }],
    ["queued (3)", { queued: { runId: 1, place: 3, since: T0 } }],
    ["failed: needs you", { status: "reviewing", outcome: "failed", run: aRun({ state: "failed" }) }],
    ["lost: needs you", { status: "reviewing", outcome: "lost", pr: prFacts() }],
    ["ended: needs you", { status: "reviewing", outcome: null }],
    ["ready for review", { status: "reviewing", outcome: "ok" }],
    ["ready for review", { status: "implementing", pr: prFacts() }],
    [
      "stopped by cli:ana",
      { status: "reviewing", outcome: "interrupted", run: aRun({ state: "interrupted", stopBy: "cli:ana" }) },
    ],
    ["implementing", {}],
  ];
  for (const [words, over] of cases) test(words, () => expect(label(aView(over))).toBe(words));
});

describe("done", () => {
  test("a squash that is in the base counts; a target that was closed or merged by others does not", () => {
    expect(display(aView({ git: gitFacts({ commits: 1, inBase: true }) }))).toBe("done");
    expect(display(aView({ target: targetFacts({ state: "merged" }) }))).toBe("implementing");
    expect(display(aView({ target: targetFacts({ state: "closed" }) }))).toBe("implementing");
  });

  test("a pull request's dispatch is done when the target is merged, whatever happened to a branch of ours", () => {
    expect(display(aView({ kind: "pr", target: targetFacts({ state: "merged" }) }))).toBe("done");
    expect(display(aView({ kind: "pr", git: gitFacts({ inBase: true }) }))).toBe("implementing");
  });

  test("a merge wins over everything else, a person's word included", () => {
    const view = aView({
      pr: prFacts({ state: "merged" }),
      status: "upstream",
      question: aQuestion(),
      run: aRun(),
    });
    expect(display(view)).toBe("done");
  });
});
