import { afterEach, expect, test } from "bun:test";
import { join } from "node:path";
import {
  claimEffect,
  cursor,
  due,
  enqueue,
  failEffect,
  finishEffect,
  moveCursor,
  stuckSending,
} from "../../src/store/effects.ts";
import type { Store } from "../../src/store/open.ts";
import { history } from "../../src/store/read.ts";
import { dispatchView } from "../../src/store/snapshot.ts";
import { write } from "../../src/store/write.ts";
import { dispatched, leaveNothing, newStore } from "./fixture.ts";
import { T0 } from "./values.ts";

afterEach(leaveNothing);

function tell(store: Store, key: string, room: string | null = null, at = T0): number {
  return enqueue(store, { key, kind: "notify", dispatchId: 1, room, payload: { key }, at });
}

test("an effect is written once for its key, in the transaction that decides it", () => {
  const store = newStore();
  expect([tell(store, "a"), tell(store, "a"), tell(store, "b")]).toEqual([1, 1, 2]);
  const undone = () =>
    write(store, "decide", () => {
      tell(store, "c");
      throw new Error("on purpose");
    });
  expect(undone).toThrow("on purpose");
  expect(due(store, T0).map((effect) => [effect.key, effect.payload, effect.state, effect.attempts])).toEqual(
    [
      ["a", { key: "a" }, "pending", 0],
      ["b", { key: "b" }, "pending", 0],
    ],
  );
  expect(due(store, T0, ["push"])).toEqual([]);
  expect(due(store, T0, ["push", "notify"])).toHaveLength(2);
  expect(due(store, T0 - 1)).toEqual([]);
});

test("one of two claims it; it is done once", () => {
  const store = newStore();
  const other = newStore(join(store.path, ".."));
  const id = tell(store, "a");
  expect([claimEffect(store, id, T0), claimEffect(other, id, T0)]).toEqual([true, false]);
  expect(stuckSending(other).map((effect) => [effect.id, effect.attempts])).toEqual([[id, 1]]);
  expect(finishEffect(store, id, { at: T0 + 5, result: "m1" })).toBe(true);
  expect(finishEffect(other, id, { at: T0 + 6 })).toBe(false);
  expect([due(store, T0 + 9), stuckSending(store)]).toEqual([[], []]);
  expect(tell(store, "a")).toBe(id);
  expect(due(store, T0 + 9)).toEqual([]);
});

test("one that fails is tried again at its time, is undelivered when it keeps failing, and given up with a journal row", () => {
  const store = newStore();
  dispatched(store, 42);
  const id = tell(store, "a");
  for (let attempt = 1; attempt <= 3; attempt++) {
    const at = T0 + attempt * 10;
    expect(claimEffect(store, id, at - 1)).toBe(attempt === 1);
    if (attempt > 1) expect(claimEffect(store, id, at)).toBe(true);
    expect(dispatchView(store, 1)?.undelivered).toHaveLength(attempt < 3 ? 0 : 1);
    failEffect(store, id, { at, error: "offline", nextAt: at + 10 });
    expect([due(store, at + 9).length, due(store, at + 10).length]).toEqual([0, 1]);
  }
  claimEffect(store, id, T0 + 100);
  expect(failEffect(store, id, { at: T0 + 100, error: "gone", nextAt: null })).toBe(true);
  expect(failEffect(store, id, { at: T0 + 101, error: "gone", nextAt: null })).toBe(false);
  expect(due(store, T0 + 999)).toEqual([]);
  expect(dispatchView(store, 1)?.undelivered).toEqual([{ kind: "notify", since: T0, error: "gone" }]);
  expect(history(store, { limit: 1 })).toMatchObject([
    {
      layer: "effect",
      event: "failed",
      why: "gone",
      dispatchId: 1,
      projectId: 1,
      data: { effect: id, key: "a" },
    },
  ]);
});

test("in a room nothing overtakes what is before it", () => {
  const store = newStore();
  const [first, second, elsewhere] = [
    tell(store, "1", "r"),
    tell(store, "2", "r"),
    tell(store, "3", "s"),
  ] as const;
  const ids = (at: number) => due(store, at).map((effect) => effect.id);
  expect(ids(T0)).toEqual([first, second, elsewhere]);
  expect(claimEffect(store, second, T0)).toBe(false);
  expect(claimEffect(store, first, T0)).toBe(true);
  expect(ids(T0)).toEqual([elsewhere]);
  failEffect(store, first, { at: T0, error: "slow down", nextAt: T0 + 10 });
  expect(ids(T0 + 9)).toEqual([elsewhere]);
  expect(ids(T0 + 10)).toEqual([first, second, elsewhere]);
  claimEffect(store, first, T0 + 10);
  finishEffect(store, first, { at: T0 + 10 });
  expect(claimEffect(store, second, T0 + 10)).toBe(true);
});

test("a room's cursor only goes forward", () => {
  const store = newStore();
  expect(cursor(store, "desktop")).toBeNull();
  for (const id of [0, 7, 3]) moveCursor(store, "desktop", id, T0);
  expect(cursor(store, "desktop")).toBe(7);
});
