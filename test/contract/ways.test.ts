import { expect, test } from "bun:test";
import { KEYS } from "../../tui/keys.ts";
import { suggestions } from "../../tui/palette.ts";

test("invariant 36: every way in has its way out and the way to see it, by a key or by the palette", () => {
  const lines = new Set([
    ...KEYS.flatMap((one) => one.line ?? []),
    ...suggestions("", {}).map((one) => one.line.trim()),
  ]);
  const reached = (name: string) => [...lines].some((line) => line.split(/[ ,]+/).includes(name));
  const ways = [
    { into: "dispatch", out: "clean", see: "status" },
    { into: "clean", out: "undo", see: "history" },
    { into: "upstream", out: "resume", see: "show" },
    { into: "continue", out: "stop", see: "log" },
    { into: "onboard", out: "offboard", see: "projects" },
    { into: "up", out: "down", see: "status" },
  ];
  expect(ways.flatMap(({ into, out, see }) => [into, out, see]).filter((name) => !reached(name))).toEqual([]);
});
