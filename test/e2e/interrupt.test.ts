import { afterEach, beforeEach, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Place, place } from "./place.ts";
import { dispatches, isPlain, rally, run } from "./rally.ts";

setDefaultTimeout(120_000);

let at: Place;
beforeEach(async () => {
  at = await place();
  await rally(at, ["onboard", "."]);
});
afterEach(() => at.close());

/** Types it, and presses Ctrl-C when it has passed so many of its boundaries to the outside; its exit code. */
async function interrupted(words: readonly string[], after: number): Promise<number> {
  const file = join(at.dir, `passed-${words.join("-")}-${after}`);
  const child = Bun.spawn([join(at.dir, "bin/rally"), ...words], {
    cwd: at.repo,
    env: { ...at.env, RALLY_FAULTS: file },
    stdio: ["ignore", "ignore", "ignore"],
  });
  const passed = () => (existsSync(file) ? readFileSync(file, "utf8").split("\n").length - 1 : 0);
  while (child.exitCode === null && passed() < after) await Bun.sleep(1);
  child.kill("SIGINT");
  return await child.exited;
}

test("Ctrl-C at any moment of a dispatch: the next command puts it right, with one agent and one worktree", async () => {
  for (const after of [1, 5, 10, 16, 24]) {
    const exit = await interrupted(["dispatch", "42"], after);
    expect([0, 130]).toContain(exit);
    const taken = await dispatches(at);
    if (taken.length === 0) expect((await rally(at, ["dispatch", "42"])).exit).toBe(0);
    const [id = 0] = (await dispatches(at)).map((one) => one.id);
    const mended = await run(at, [
      "await",
      '"outcome":"ok"',
      "sh",
      "-c",
      `rally refresh >/dev/null; rally show ${id} --json`,
    ]);
    expect([after, mended.err, mended.exit]).toEqual([after, "", 0]);
    const starts = await run(at, [
      "sh",
      "-c",
      `rally history ${id} --json | grep -o '"event":"started"' | wc -l`,
    ]);
    expect([after, starts.out.trim()]).toEqual([after, "1"]);
    const log = await run(at, ["git", "-C", ".worktrees/rally-42", "log", "--format=%s", "-2"]);
    expect(log.out).toBe("Take notes on the task\nBegin\n");
    expect((await rally(at, ["clean", String(id), "--yes", "--force"])).exit).toBe(0);
    const left = await run(at, [
      "sh",
      "-c",
      "git worktree list | wc -l; git branch --format='%(refname:short)'; git status --short",
    ]);
    expect([after, left.out]).toEqual([after, "1\nmain\n"]);
  }
});

test("Ctrl-C while it waits leaves the agent at work", async () => {
  const child = Bun.spawn([join(at.dir, "bin/rally"), "dispatch", "42", "--model", "slow", "--wait"], {
    cwd: at.repo,
    env: at.env,
    stdio: ["ignore", "ignore", "ignore"],
  });
  expect((await run(at, ["await", "working", "rally", "status"])).exit).toBe(0);
  child.kill("SIGINT");
  expect(await child.exited).toBe(130);
  expect((await dispatches(at)).map((one) => one.display)).toEqual(["working"]);
  expect((await rally(at, ["stop", "1"])).exit).toBe(0);
});

test("without a terminal nothing asks: it is refused, and the flag is named", async () => {
  await rally(at, ["dispatch", "42", "--model", "nothing", "--wait"]);
  for (const [words, flag] of [
    [["clean", "1"], "--yes"],
    [["dispatch", "45"], "--trust"],
    [["dispatch"], "rally dispatch 42"],
    [["attach", "1"], "rally continue 1"],
    [["offboard", "app"], "--yes"],
  ] as const) {
    const said = await rally(at, words);
    expect([words[0], said.exit === 5 || said.exit === 2, isPlain(said), said.out]).toEqual([
      words[0],
      true,
      true,
      "",
    ]);
    expect(said.err).toContain(flag);
  }
  const status = await rally(at, ["status"], { env: { TERM: "xterm-256color" } });
  expect(status.out).not.toContain("\u001b");
});
