import { describe, expect, test } from "bun:test";
import { keysOf } from "../../src/cli/keys.ts";
import { chosen, type Key, type Picker, picker, press, score } from "../../src/cli/picker.ts";

const choices = [
  { value: 42, label: "#42 Fix login timeout", detail: "bug" },
  { value: 43, label: "#43 Dark mode", detail: "design" },
  { value: 51, label: "#51 Retry uploads", detail: "bug" },
];
const keys = (...list: (Key["name"] | { text: string })[]): Key[] =>
  list.map((key) => (typeof key === "string" ? ({ name: key } as Key) : { name: "text", text: key.text }));
const after = (many: boolean, ...list: Parameters<typeof keys>): Picker<number> =>
  keys(...list).reduce(press<number>, picker(choices, many));

describe("the picker", () => {
  test("enter takes the one under the cursor, which goes round", () => {
    expect(chosen(after(true, "enter"))).toEqual([42]);
    expect(chosen(after(true, "down", "enter"))).toEqual([43]);
    expect(chosen(after(true, "up", "enter"))).toEqual([51]);
    expect(chosen(after(true, "end", "enter"))).toEqual([51]);
    expect(chosen(after(true, "page_down", "home", "enter"))).toEqual([42]);
  });

  test("space marks, and marks stay while the filter changes; the list's order holds", () => {
    expect(chosen(after(true, "end", "space", "home", "space", "enter"))).toEqual([42, 51]);
    expect(
      chosen(after(true, { text: "dark" }, "space", "clear", { text: "retry" }, "space", "enter")),
    ).toEqual([43, 51]);
    expect(chosen(after(true, "space", "up", "space", "down", "enter"))).toEqual([51]);
  });

  test("typing searches labels and details", () => {
    expect(after(true, { text: "bug" }).matches).toEqual([0, 2]);
    expect(after(true, { text: "dm" }).matches).toEqual([1]);
    expect(after(true, { text: "xyz" }).matches).toEqual([]);
    expect(chosen(after(true, { text: "up" }, "enter"))).toEqual([51]);
    expect(after(true, { text: "du" }, "backspace").filter).toBe("d");
    expect(after(false, { text: "fix" }, "space", { text: "time" }).matches).toEqual([0]);
  });

  test("enter with nothing to take does nothing; escape empties the filter, then leaves", () => {
    expect(after(true, { text: "xyz" }, "enter").end).toBeNull();
    expect(after(true, { text: "xyz" }, "escape")).toMatchObject({ filter: "", end: null });
    const left = after(true, "space", "escape");
    expect([left.end, chosen(left)]).toEqual(["left", []]);
    expect(chosen(after(true, "space", { text: "xyz" }, "enter"))).toEqual([42]);
    expect(press(picker([], true), { name: "down" }).at).toBe(0);
  });

  test("better matches come first", () => {
    expect(score("retry uploads", "up") ?? 0).toBeGreaterThan(score("a cup of", "up") ?? 0);
    expect(score("dark mode", "mode") ?? 0).toBeGreaterThan(score("modern days", "mode") ?? 0);
    expect(score("abc", "acb")).toBeNull();
    expect(score("anything", "")).toBe(0);
  });
});

test("keys, as terminals send them", () => {
  expect(keysOf("\u001b[A\u001bOB\u001b[5~")).toEqual(keys("up", "down", "page_up"));
  expect(keysOf("ab c\r")).toEqual(keys({ text: "ab" }, "space", { text: "c" }, "enter"));
  expect(keysOf("\u0003\u007f\u0015\u001b")).toEqual(keys("interrupt", "backspace", "clear", "escape"));
  expect(keysOf("é🌙")).toEqual(keys({ text: "é🌙" }));
  expect(keysOf("\u001b[200~x\u001b[1;5C")).toEqual(keys({ text: "x" }));
});
