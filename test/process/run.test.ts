import { afterAll, expect, test } from "bun:test";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { armBoundaries } from "../../src/boundary.ts";
import { Problem } from "../../src/domain/problem.ts";
import { identity } from "../../src/process/identity.ts";
import { onPath } from "../../src/process/path.ts";
import { run, runBytes } from "../../src/process.ts";
import { ENV, needs, scratch, until } from "./scratch.ts";

const folder = scratch();
afterAll(() => folder.remove());
const LIMITS = { cwd: folder.path, env: ENV, timeoutMs: 10_000, maxBytes: 1_000_000 };

test("run gives code, stdout and stderr, and throws for none of them", async () => {
  const result = await run(["sh", "-c", "echo out; echo err >&2; exit 7"], LIMITS);
  expect(result).toEqual({ code: 7, stdout: "out\n", stderr: "err\n", timedOut: false, truncated: false });
});

test("run counts a signal as a shell does", async () => {
  expect((await run(["sh", "-c", "kill -KILL $$"], LIMITS)).code).toBe(137);
});

test("run passes stdin, and nothing where there is none", async () => {
  const text = "ä\n".repeat(150_000);
  expect((await run(["cat"], { ...LIMITS, stdin: text })).stdout).toBe(text);
  expect((await run(["cat"], LIMITS)).stdout).toBe("");
});

test("run gives the child the given environment and nothing else", async () => {
  const { stdout } = await run(["env"], { ...LIMITS, env: { PATH: ENV.PATH, A: "b\nc" } });
  expect(stdout.replace(`PATH=${ENV.PATH}\n`, "")).toBe(`A=b\nc\nPWD=${folder.path}\n`);
});

test("run hands arguments over as they are", async () => {
  const odd = ["-n", "--", "a\nb", "$(id)", "日本 'x' \"y\"", ""];
  const { stdout } = await run(["sh", "-c", `printf '%s\\0' "$@"`, "sh", ...odd], LIMITS);
  expect(stdout.split("\0").slice(0, -1)).toEqual(odd);
});

test("runBytes keeps bytes that are not text", async () => {
  const { stdout } = await runBytes(["printf", "a\\0\\377"], LIMITS);
  expect([...stdout]).toEqual([97, 0, 255]);
});

test("output beyond the limit is dropped, and the program still ends by itself", async () => {
  const script = "head -c 3000000 /dev/zero; head -c 2000000 /dev/zero >&2; exit 4";
  const result = await run(["sh", "-c", script], { ...LIMITS, maxBytes: 1_000 });
  expect([result.code, result.stdout.length, result.stderr.length]).toEqual([4, 1_000, 1_000]);
  expect(result.truncated).toBe(true);
});

test("a timeout ends the whole group, also what ignores TERM", async () => {
  const script = `trap '' TERM; sh -c 'trap "" TERM; echo $$; while :; do sleep 1; done' & wait`;
  const result = await run(["sh", "-c", script], { ...LIMITS, timeoutMs: 150 });
  expect(result.timedOut).toBe(true);
  await until("the grandchild is gone", () => identity(Number(result.stdout)) === null);
});

test("a process that left the group and holds the pipe is not waited for", async () => {
  needs("setsid");
  const result = await run(["sh", "-c", "setsid sleep 30 & echo $!; exit 3"], LIMITS);
  expect([result.code, result.timedOut]).toEqual([3, false]);
  process.kill(Number(result.stdout), "SIGKILL");
});

test("no such program, and no such folder, is a problem", async () => {
  const missing = await run(["rally-no-such-program"], LIMITS).catch((error) => error);
  expect(missing).toBeInstanceOf(Problem);
  expect([missing.code, missing.message]).toEqual([
    "missing",
    "There is no program rally-no-such-program on the PATH.",
  ]);
  const nowhere = await run(["true"], { ...LIMITS, cwd: join(folder.path, "gone") }).catch((error) => error);
  expect(nowhere).toBeInstanceOf(Problem);
});

test("a run passes its door before and after", async () => {
  const passed: string[] = [];
  armBoundaries((name) => passed.push(name));
  await run(["true"], { ...LIMITS, door: { door: "git", name: "fetch" } });
  armBoundaries(null);
  expect(passed).toEqual(["git:fetch:before", "git:fetch:after"]);
});

test("onPath takes the first executable file, and nothing from a relative folder", () => {
  const [first, second] = ["first", "second"].map((name) => join(folder.path, name));
  for (const each of [first, second]) mkdirSync(join(String(each), "folder"), { recursive: true });
  writeFileSync(`${first}/tool`, "");
  writeFileSync(`${second}/tool`, "#!/bin/sh\n");
  chmodSync(`${second}/tool`, 0o755);
  expect(onPath("tool", `${first}:${second}`)).toBe(`${second}/tool`);
  expect(onPath("folder", `${first}:${second}`)).toBeNull();
  expect(onPath("./tool", `${second}`)).toBeNull();
  expect(onPath(`${second}/tool`, "")).toBe(`${second}/tool`);
  expect(onPath("tool", `${relative(process.cwd(), String(second))}:`)).toBeNull();
});
