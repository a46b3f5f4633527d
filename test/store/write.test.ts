import { afterEach, expect, test } from "bun:test";
import { armBoundaries } from "../../src/boundary.ts";
import { getSetting, setSetting } from "../../src/store/settings.ts";
import { write } from "../../src/store/write.ts";
import { leaveNothing, newStore } from "./fixture.ts";

afterEach(leaveNothing);

const FAILURE = new Error("on purpose");

function fail(): never {
  throw FAILURE;
}

test("a write is done whole or not at all", () => {
  const store = newStore();
  expect(() =>
    write(store, "half", () => {
      setSetting(store, "a", "1");
      fail();
    }),
  ).toThrow(FAILURE);
  expect(getSetting(store, "a")).toBeNull();
  expect(store.db.inTransaction).toBe(false);
  expect(write(store, "whole", () => 7)).toBe(7);
});

test("a write within a write joins it, and is undone alone when it throws", () => {
  const store = newStore();
  write(store, "outer", () => {
    setSetting(store, "a", "1");
    expect(() =>
      write(store, "inner", () => {
        setSetting(store, "b", "2");
        fail();
      }),
    ).toThrow(FAILURE);
    write(store, "inner", () => setSetting(store, "c", "3"));
  });
  expect(["a", "b", "c"].map((key) => getSetting(store, key))).toEqual(["1", null, "3"]);
});

test("a write that would wait is refused and changes nothing", () => {
  const store = newStore();
  const callback: (tx: unknown) => unknown = async () => setSetting(store, "a", "1");
  expect(() => write(store, "late", callback)).toThrow("cannot wait");
  expect(getSetting(store, "a")).toBeNull();
});

test("a write passes its boundaries once, also when others join it, and the last one only when it is done", () => {
  const store = newStore();
  const passed: string[] = [];
  armBoundaries((name) => passed.push(name));
  try {
    write(store, "outer", () => setSetting(store, "a", "1"));
    expect(() => write(store, "broken", fail)).toThrow(FAILURE);
  } finally {
    armBoundaries(null);
  }
  expect(passed).toEqual(["store:outer:before", "store:outer:after", "store:broken:before"]);
});
