import { afterEach, beforeEach, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { plain } from "../../src/app/reply.ts";
import { snapshot } from "../../src/store/snapshot.ts";
import { type Bench, bench, textOf } from "./bench.ts";

setDefaultTimeout(60_000);

let it: Bench;
let worktree: string;
beforeEach(async () => {
  it = await bench();
  await it.type(["onboard", "."]);
  await it.type(["dispatch", "42", "--wait"]);
  worktree = join(it.at.repo, ".worktrees/rally-42");
});
afterEach(() => it.close());

test("a worktree that is gone is told apart from its branch: the diff is still there", async () => {
  rmSync(worktree, { recursive: true });
  expect(textOf(await it.type(["diff", "1"]))).toContain("+- done by the scripted agent");
});

for (const line of [
  ["continue", "1", "go on"],
  ["retry", "1"],
])
  test(`${line[0]} makes it again, and says that uncommitted files are lost`, async () => {
    rmSync(worktree, { recursive: true });
    const reply = await it.type(line);
    expect((reply.aside ?? []).map(plain).join("\n")).toMatch(/worktree .* was gone.*not committed are lost/);
    await it.until(() => snapshot(it.world.store)[0]?.outcome === "ok");
    expect(existsSync(join(worktree, "NOTES.md"))).toBe(true);
  });

test("worktree and branch gone: every command says so, and clean is the way out", async () => {
  rmSync(worktree, { recursive: true });
  it.sh("git worktree prune; git branch -qD rally/42-fix-login-timeout");
  for (const line of [
    ["diff", "1"],
    ["push", "1"],
    ["pr", "1"],
    ["path", "1"],
    ["review", "1"],
    ["continue", "1", "x"],
    ["retry", "1"],
  ]) {
    const problem = await it.refused(line);
    expect([line[0], problem.code, problem.message]).toEqual([
      line[0],
      "missing",
      "Worktree and branch of 1 are both gone.",
    ]);
    expect(problem.hint).toBe("rally clean 1");
  }
  await it.type(["clean", "1", "--yes"]);
  expect(snapshot(it.world.store)).toEqual([]);
});

test("a branch that is checked out elsewhere is not cleaned by half", async () => {
  it.sh("git -C .worktrees/rally-42 switch -q --detach; git switch -q rally/42-fix-login-timeout");
  const problem = await it.refused(["clean", "1", "--yes", "--force"]);
  expect(problem.code).toBe("conflict");
  expect(problem.message).toContain("rally/42-fix-login-timeout is checked out in");
  expect(existsSync(worktree)).toBe(true);
  it.sh("git switch -q main");
  await it.type(["clean", "1", "--yes", "--force"]);
  expect(snapshot(it.world.store)).toEqual([]);
});
