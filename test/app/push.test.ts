import { afterEach, beforeEach, expect, setDefaultTimeout, test } from "bun:test";
import { snapshot } from "../../src/store/snapshot.ts";
import { type Bench, bench, textOf } from "./bench.ts";

setDefaultTimeout(60_000);

let it: Bench;
beforeEach(async () => {
  it = await bench();
});
afterEach(() => it.close());

const BRANCH = "rally/42-fix-login-timeout";
const remote = () => it.sh(`git --git-dir=$HUB/git/acme/app.git rev-parse ${BRANCH}`);
const ended = () => it.until(() => snapshot(it.world.store)[0]?.status === "reviewing");

async function pushed(): Promise<void> {
  await it.type(["onboard", "."]);
  await it.type(["dispatch", "42", "--wait"]);
  await it.type(["push", "1"]);
}

/** Somebody else puts a commit onto the branch that Rally pushed. */
function benPushes(): string {
  it.sh(`git clone -q https://github.com/acme/app.git $TOP/ben && cd $TOP/ben && git switch -q ${BRANCH}
    git commit -q --allow-empty -m "Ben's" && git push -q`);
  return it.sh("git -C $TOP/ben rev-parse HEAD");
}

test("a commit that somebody else pushed onto the branch is never overwritten", async () => {
  await pushed();
  const bens = benPushes();
  await it.type(["continue", "1", "more"]);
  await ended();
  for (const line of [
    ["push", "1"],
    ["pr", "1"],
  ]) {
    const problem = await it.refused(line);
    expect(problem.code).toBe("conflict");
    expect(problem.message).toContain("has commits");
  }
  it.sh("git fetch -q origin");
  expect((await it.refused(["push", "1"])).code).toBe("conflict");
  expect(remote()).toBe(bens);
});

test("with that commit merged into the work, it is pushed", async () => {
  await pushed();
  const bens = benPushes();
  await it.type(["continue", "1", "more"]);
  await ended();
  it.sh(`git fetch -q origin ${BRANCH} && git -C .worktrees/rally-42 merge -q -m "Merge Ben's" ${bens}`);
  await it.type(["push", "1"]);
  expect(
    it.sh(`git --git-dir=$HUB/git/acme/app.git branch --contains ${bens} --format='%(refname:short)'`),
  ).toBe(BRANCH);
});

test("what Rally pushed itself may be rewritten by the agent", async () => {
  await pushed();
  it.sh("git -C .worktrees/rally-42 commit -q --amend -m Better");
  await it.type(["push", "1"]);
  expect(remote()).toBe(it.sh(`git rev-parse ${BRANCH}`));
});

test("where no pull request can be opened, nothing is pushed for it", async () => {
  it.sh(
    "git init -q --bare $TOP/elsewhere.git; git remote set-url origin $TOP/elsewhere.git; git push -q origin main",
  );
  await it.type(["onboard", "."]);
  await it.type(["dispatch", "task", "note it", "--wait"]);
  expect((await it.refused(["pr", "1"])).code).toBe("config");
  expect(it.sh("git --git-dir=$TOP/elsewhere.git branch")).toBe("* main");
  expect(textOf(await it.type(["push", "1"]))).toContain("Pushed rally/task-note-it to origin.");
});
