import { expect, test } from "bun:test";
import { duration } from "../../src/domain/duration.ts";

test("a duration is said in its two largest units", () => {
  const cases: [number, string][] = [
    [-5, "0s"],
    [499, "0s"],
    [500, "1s"],
    [59_499, "59s"],
    [59_500, "1m"],
    [372_000, "6m 12s"],
    [3_600_000, "1h"],
    [3_605_000, "1h"],
    [7_500_000, "2h 5m"],
    [90_000_000, "1d 1h"],
    [172_800_000, "2d"],
  ];
  for (const [ms, words] of cases) expect(duration(ms)).toBe(words);
});
