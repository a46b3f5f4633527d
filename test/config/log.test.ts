import { afterEach, beforeEach, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Problem } from "../../src/domain/problem.ts";
import { makeLog } from "../../src/log.ts";
import { redact } from "../../src/redact.ts";

let home: string;
let path: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "rally-log-"));
  path = join(home, "inner", "rally.log");
});
afterEach(() => {
  rmSync(home, { recursive: true, force: true });
});

const options = {
  debug: false,
  redact: (text: string) => redact(text, ["hunter2x"]),
  now: () => 1_700_000_000_000,
};
const lines = () =>
  readFileSync(path, "utf8")
    .trimEnd()
    .split("\n")
    .map((line): Record<string, unknown> => JSON.parse(line));

test("one JSON line an event, for its owner alone", () => {
  const log = makeLog({ ...options, path });
  log.warn("fetch_failed", { project: "acme/app", text: "two\nlines" });
  log.error("tick", { count: 3n });
  expect(lines()).toEqual([
    {
      at: "2023-11-14T22:13:20.000Z",
      level: "warn",
      event: "fetch_failed",
      project: "acme/app",
      text: "two\nlines",
    },
    { at: "2023-11-14T22:13:20.000Z", level: "error", event: "tick", count: "3" },
  ]);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(statSync(join(home, "inner")).mode & 0o777).toBe(0o700);
});

test("debug events only where they are wanted", () => {
  makeLog({ ...options, path }).debug("tick");
  expect(existsSync(path)).toBe(false);
  makeLog({ ...options, path, debug: true }).debug("tick");
  expect(lines()).toHaveLength(1);
});

test("errors with their causes, circles told as such", () => {
  const cause = new Error("no route");
  const error = new Problem("github", "GitHub is out of reach.", { cause });
  const circle = new Error("round");
  circle.cause = circle;
  const data: Record<string, unknown> = { error, circle, twice: [error, error] };
  data.self = data;
  makeLog({ ...options, path }).error("failed", data);
  const [line] = lines();
  expect(line?.error).toMatchObject({
    message: "GitHub is out of reach.",
    code: "github",
    cause: { message: "no route" },
  });
  expect(line?.circle).toMatchObject({ message: "round", cause: "[circular]" });
  expect(line?.twice).toMatchObject([{ code: "github" }, { code: "github" }]);
});

test("secrets are taken out, in messages and stacks, too", () => {
  makeLog({ ...options, path }).error("failed", {
    error: new Error("with hunter2x"),
    url: "https://a:b@c.d/",
  });
  expect(readFileSync(path, "utf8")).not.toMatch(/hunter2x|a:b@/);
});

test("a long event is cut, and stays one JSON line", () => {
  makeLog({ ...options, path }).warn("long", { text: "x".repeat(100_000) });
  expect(lines()[0]?.event).toBe("long");
  expect(statSync(path).size).toBeLessThan(40_000);
});

test("at its size it becomes the one before, which it replaces", () => {
  const log = makeLog({ ...options, path, maxBytes: 1000 });
  for (let count = 0; count < 50; count++) log.warn("event", { count });
  expect(statSync(path).size).toBeLessThanOrEqual(1000);
  expect(statSync(`${path}.1`).size).toBeLessThanOrEqual(1000);
  expect(lines().at(-1)?.count).toBe(49);
});

test("where it cannot be written, nothing is thrown", () => {
  makeLog({ ...options, path: "/proc/none/rally.log" }).error("failed");
});
