import { expect, test } from "bun:test";
import { DAY_MS, dayOf } from "../../src/app/day.ts";
import type { DayRows } from "../../src/store/day.ts";
import { aView, prFacts } from "../fixtures/builders.ts";
import { random } from "../fixtures/random.ts";

const NOW = 1_800_000_000_000;
const FROM = NOW - DAY_MS;
const SLOT = 900_000;
const NONE: DayRows = { runs: [], questions: [], changes: [] };
const at = (hours: number) => NOW - hours * 3_600_000;

test("a day has 96 quarters of an hour, the last ends now", () => {
  const day = dayOf(NONE, [], NOW);
  expect(day.slots).toHaveLength(96);
  expect([day.slots[0]?.from, day.slots[95]?.from]).toEqual([FROM, NOW - SLOT]);
  expect(day.waits).toEqual({ count: 0, medianMs: 0, longestMs: 0 });
});

test("runs are counted in every slot that they touch, one for each dispatch", () => {
  const runs = [
    { dispatchId: 7, startedAt: at(30), endedAt: FROM + 1 },
    { dispatchId: 7, startedAt: FROM + 2, endedAt: FROM + SLOT },
    { dispatchId: 8, startedAt: NOW - 1, endedAt: null },
    { dispatchId: 9, startedAt: at(2), endedAt: null },
  ];
  const day = dayOf({ ...NONE, runs }, [aView({ id: 7 }), aView({ id: 8 })], NOW);
  expect(day.slots.map((slot) => slot.runs)).toEqual([1, 1, ...Array(93).fill(0), 1]);
});

test("a person is waited for while it is reviewing, until somebody went on with it, or it was merged", () => {
  const change = { dispatchId: 7, projectId: 1 };
  const changes = [
    { ...change, at: at(20), from: "implementing" as const, to: "reviewing" as const },
    { ...change, at: at(19), from: "reviewing" as const, to: "implementing" as const },
    { ...change, at: at(2), from: "implementing" as const, to: "reviewing" as const },
  ];
  const view = aView({ id: 7, status: "reviewing", statusSince: at(2) });
  expect(dayOf({ ...NONE, changes }, [view], NOW).waits).toEqual({
    count: 2,
    medianMs: 7_200_000,
    longestMs: 7_200_000,
  });
  const merged = { ...view, pr: prFacts({ state: "merged", since: at(1) }) };
  expect(dayOf({ ...NONE, changes }, [merged], NOW).waits.longestMs).toBe(3_600_000);
});

test("what waited since before the day counts from its beginning, what was cleaned counts until then", () => {
  const old = aView({ id: 7, status: "reviewing", statusSince: at(90) });
  const changes = [{ dispatchId: 8, projectId: 1, at: at(23), from: "reviewing" as const, to: null }];
  const day = dayOf({ ...NONE, changes }, [old], NOW);
  expect(day.waits).toEqual({ count: 2, medianMs: DAY_MS, longestMs: DAY_MS });
  expect(day.slots.map((slot) => slot.waiting).slice(0, 6)).toEqual([2, 2, 2, 2, 2, 1]);
  expect(dayOf({ ...NONE, changes }, [old], NOW, () => false).waits.count).toBe(1);
});

test("a question and the end of its run are one wait", () => {
  const questions = [{ dispatchId: 7, askedAt: at(5), closedAt: null }];
  const view = aView({ id: 7, status: "reviewing", statusSince: at(4) });
  const day = dayOf({ ...NONE, questions }, [view], NOW);
  expect(day.waits).toEqual({ count: 1, medianMs: 18_000_000, longestMs: 18_000_000 });
});

test("counts are those of a slow and simple count", () => {
  const r = random(3);
  const runs = Array.from({ length: 300 }, () => {
    const startedAt = FROM - 7_200_000 + r.int(DAY_MS);
    return { dispatchId: r.int(40), startedAt, endedAt: r.chance(0.1) ? null : startedAt + r.int(9_000_000) };
  }).filter((run) => run.endedAt === null || run.endedAt >= FROM);
  const views = Array.from({ length: 40 }, (_, id) => aView({ id }));
  const simple = (start: number) =>
    new Set(
      runs
        .filter((run) => run.startedAt < start + SLOT && (run.endedAt ?? NOW) >= start)
        .map((run) => run.dispatchId),
    ).size;
  const { slots } = dayOf({ ...NONE, runs }, views, NOW);
  expect(slots.map((slot) => slot.runs)).toEqual(slots.map((slot) => simple(slot.from)));
});
