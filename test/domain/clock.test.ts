import { describe, expect, test } from "bun:test";
import { elapsed, elapsedOf, JUMP_MS, nextClock, startClock, witness } from "../../src/domain/clock.ts";
import { T0 } from "../fixtures/builders.ts";

describe("the clock", () => {
  test("believes the wall clock while both go at the same pace", () => {
    let clock = startClock(T0, 50);
    for (let tick = 1; tick <= 100; tick++) clock = nextClock(clock, T0 + tick * 5000, 50 + tick * 5000);
    expect(clock.evenSince).toBeNull();
    expect(elapsed(clock, T0)).toBe(500_000);
  });

  test("counts nothing from before a leap forward", () => {
    const clock = nextClock(startClock(T0, 0), T0 + 3_600_000, 5000);
    expect(elapsed(clock, T0 - 10_000)).toBe(0);
    expect(elapsed(nextClock(clock, T0 + 3_604_000, 9000), T0 - 10_000)).toBe(4000);
  });

  test("counts nothing from before it was set back", () => {
    const clock = nextClock(startClock(T0, 0), T0 - 3_600_000, 5000);
    expect(elapsed(clock, T0 - 3_700_000)).toBe(0);
    expect(elapsed(clock, T0)).toBe(0);
  });

  test("a stamp of ours in the future counts from when the comparison began", () => {
    const clock = nextClock(startClock(T0, 0), T0 + 7000, 7000);
    expect(elapsed(clock, T0 + 90_000)).toBe(7000);
  });

  test("a stamp of others in the future says nothing", () => {
    const clock = nextClock(startClock(T0, 0), T0 + 7000, 7000);
    expect(elapsedOf(clock, T0 + 7001)).toBe(0);
    expect(elapsedOf(clock, T0 + 6000)).toBe(1000);
  });

  test("slow drift adds up to a jump", () => {
    let clock = startClock(T0, 0);
    for (let tick = 1; tick <= 30; tick++) clock = nextClock(clock, T0 + tick * 5050, tick * 5000);
    expect(clock.evenSince).toBe(T0 + 21 * 5050);
  });

  test("at its limit a difference is no jump, past it it is", () => {
    expect(nextClock(startClock(T0, 0), T0 + 5000 + JUMP_MS, 5000).evenSince).toBeNull();
    expect(nextClock(startClock(T0, 0), T0 + 5000 + JUMP_MS + 1, 5000).evenSince).toBe(T0 + 6001);
    expect(nextClock(startClock(T0, 0), T0 + 5000 - JUMP_MS - 1, 5000).evenSince).toBe(T0 + 3999);
  });

  test("a process that starts later than the last tick's time believes the clock; earlier, it does not", () => {
    expect(startClock(T0, 0, T0 - 60_000).evenSince).toBeNull();
    expect(startClock(T0, 0, T0 + 60_000).evenSince).toBe(T0);
  });
});

describe("the witness", () => {
  test("remembers since when a run is dead with the same log, and starts again when it is written to", () => {
    const first = witness(null, { dead: true, logMtime: 5 }, 1000);
    expect(first).toEqual({ logMtime: 5, since: 1000 });
    expect(witness(first, { dead: true, logMtime: 5 }, 9000)).toEqual({ logMtime: 5, since: 1000 });
    expect(witness(first, { dead: true, logMtime: 6 }, 9000)).toEqual({ logMtime: 6, since: 9000 });
    expect(witness(first, { dead: false, logMtime: 5 }, 9000)).toBeNull();
    expect(witness(null, { dead: true, logMtime: null }, 1)).toEqual({ logMtime: null, since: 1 });
  });
});
