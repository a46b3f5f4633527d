import { describe, expect, test } from "bun:test";
import { fleet } from "../../src/domain/group.ts";
import { DISPLAYS } from "../../src/domain/words.ts";
import { aQuestion, aRun, aView, prFacts, T0 } from "../fixtures/builders.ts";
import { random } from "../fixtures/random.ts";
import { someView } from "../fixtures/views.ts";

const limits = { silenceMs: 900_000 };

describe("the fleet", () => {
  test("invariant 34: every count equals the length of its list, and every dispatch is in one group once", () => {
    for (let seed = 0; seed < 300; seed++) {
      const r = random(seed);
      const views = Array.from({ length: r.int(60) }, (_, i) => someView(r, i + 1));
      const { rows, groups, counts } = fleet(views, 3, T0, limits);
      for (const name of DISPLAYS)
        expect(counts[name]).toBe(rows.filter((row) => row.display === name).length);
      expect(counts.attention).toBe(rows.filter((row) => row.attention.length > 0).length);
      expect(counts.orphaned).toBe(3);
      expect(groups.flatMap((group) => group.rows)).toEqual([...rows]);
      expect(rows.map((row) => row.view.id).sort((a, b) => a - b)).toEqual(views.map((view) => view.id));
      expect(new Set(groups.map((group) => group.projectId)).size).toBe(groups.length);
    }
  });

  test("within a project, what needs a person comes first, oldest first; done comes last", () => {
    const views = [
      aView({ id: 1, pr: prFacts({ state: "merged" }) }),
      aView({ id: 2, run: aRun() }),
      aView({ id: 3, question: { ...aQuestion(), since: T0 + 50 } }),
      aView({ id: 4, status: "reviewing", outcome: "failed", outcomeAt: T0 + 10 }),
      aView({ id: 5, status: "reviewing", outcome: "ok" }),
      aView({ id: 6, queued: { runId: 1, place: 1, since: T0 } }),
      aView({ id: 7, status: "upstream" }),
    ];
    const ids = fleet(views, 0, T0, limits).rows.map((row) => row.view.id);
    expect(ids).toEqual([4, 3, 2, 6, 5, 7, 1]);
  });

  test("two projects with the same bare name stay apart", () => {
    const views = [aView({ id: 1, repo: "other/app" }), aView({ id: 2, projectId: 2, repo: "acme/app" })];
    expect(fleet(views, 0, T0, limits).groups.map((group) => group.project)).toEqual([
      "acme/app",
      "other/app",
    ]);
  });

  test("two local projects with one name stay apart, too", () => {
    const views = [aView({ id: 1, projectId: 1, repo: null }), aView({ id: 2, projectId: 2, repo: null })];
    expect(fleet(views, 0, T0, limits).groups).toHaveLength(2);
  });

  test("the order does not depend on the order of the input", () => {
    const r = random(7);
    const views = Array.from({ length: 40 }, (_, i) => someView(r, i + 1));
    const ids = fleet(views, 0, T0, limits).rows.map((row) => row.view.id);
    expect(fleet(views.toReversed(), 0, T0, limits).rows.map((row) => row.view.id)).toEqual(ids);
  });
});
