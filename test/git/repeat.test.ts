import { expect, test } from "bun:test";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Repo } from "../../src/git/repo.ts";
import { addWorktree } from "../../src/git/worktree.ts";
import { run } from "../../src/process.ts";
import { localRepo, NOW, OWNER, put, sandbox, sh } from "./fixture.ts";
import { messy, status } from "./messy.ts";
import { steps } from "./steps.ts";

const home = await sandbox();
const branch = "rally/7-x";

/** Runs the script that is killed (−9) after its nth effect; answers whether it came to its end before. */
async function killedAt(step: number, verb: string, repo: Repo): Promise<boolean> {
  const script = join(import.meta.dir, "steps.ts");
  const argv = [process.execPath, "--no-env-file", script, verb, repo.root, String(step)];
  const env = { PATH: "/usr/local/bin:/usr/bin:/bin", HOME: join(home, "home") };
  const result = await run(argv, { cwd: home, env, timeoutMs: 20_000, maxBytes: 100_000 });
  if (result.code !== 0 && result.code !== 137) throw new Error(result.stderr);
  return result.code === 0;
}

/** With `cp`, because a name here is no UTF-8. */
async function copy(from: string, to: string): Promise<void> {
  const env = { PATH: "/usr/bin:/bin" };
  const result = await run(["cp", "-a", from, to], { cwd: home, env, timeoutMs: 20_000, maxBytes: 1000 });
  if (result.code !== 0) throw new Error(result.stderr);
}

type Verb = "clean" | "undo" | "restore" | "unarchive";

/** From the same start each time: killed after effect n, repeated to its end, looked at; until n is beyond the last. */
async function everyKill(verb: Verb, repo: Repo, look: () => Promise<void>): Promise<number> {
  const start = join(home, `start-${verb}`);
  await copy(repo.root, start);
  for (let step = 1; ; step++) {
    const isWhole = await killedAt(step, verb, repo);
    if (!isWhole) await steps(verb, repo.root);
    await look();
    if (isWhole) return step - 1;
    await rm(repo.root, { recursive: true });
    await copy(start, repo.root);
  }
}

test("invariant 32: cleaning and undo end the same, killed after any effect and repeated", async () => {
  const repo = await localRepo(home);
  const start = await sh(repo.root, "rev-parse", "HEAD");
  const worktree = join(repo.root, ".worktrees/rally-7");
  await addWorktree(repo, { path: worktree, branch, start, owner: OWNER });
  const head = await messy(worktree);
  const before = await status(worktree);
  const cleaned = await everyKill("clean", repo, async () => {
    expect(await sh(repo.root, "for-each-ref", "--format=%(refname)")).toBe(
      `refs/heads/main\nrefs/rally/archive/7/${NOW}`,
    );
    expect(await readdir(join(repo.root, ".worktrees"))).toEqual([".trash"]);
    expect(await readdir(join(repo.commonDir, "worktrees")).catch(() => [])).toEqual([]);
    expect(await readdir(join(repo.root, ".worktrees/.trash"))).toEqual([`rally-7.7.${NOW}`]);
  });
  expect(cleaned).toBeGreaterThan(8);
  const undone = await everyKill("undo", repo, async () => {
    expect(await status(worktree)).toBe(before);
    expect(await sh(worktree, "rev-parse", "HEAD")).toBe(head);
    expect(await readdir(join(repo.root, ".worktrees/.trash"))).toEqual([]);
  });
  expect(undone).toBeGreaterThan(3);
}, 30_000);

test("invariant 32: a worktree that is made again is whole, killed after any effect and repeated", async () => {
  const repo = await localRepo(home);
  const start = await sh(repo.root, "rev-parse", "HEAD");
  const worktree = join(repo.root, ".worktrees/rally-7");
  await addWorktree(repo, { path: worktree, branch, start, owner: OWNER });
  await put(worktree, { "README.md": "changed", "new.txt": "new" });
  const before = await status(worktree);
  await steps("clean", repo.root);
  await rm(join(repo.root, ".worktrees"), { recursive: true });
  const look = (wanted: string) => async () => {
    expect(await status(worktree)).toBe(wanted);
    expect(await readdir(join(repo.commonDir, "worktrees/rally-7"))).not.toContain("locked");
    expect(await readdir(repo.commonDir)).not.toContain("rally.lock");
  };
  expect(await everyKill("unarchive", repo, look(before))).toBeGreaterThan(5);
  await rm(worktree, { recursive: true });
  expect(await everyKill("restore", repo, look("## rally/7-x\0"))).toBeGreaterThan(4);
}, 30_000);
