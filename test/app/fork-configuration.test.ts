import { afterEach, beforeEach, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { detectBwrap } from "../../src/agents/walls/detect.ts";
import { type Bench, bench, textOf } from "./bench.ts";

setDefaultTimeout(60_000);

let it: Bench;
/** What the agent found, a line each start. */
const found = () => readFileSync(join(it.at.dir, "app/.worktrees/rally-pr-46/.rally/run/found"), "utf8");
const status = () => it.sh("git -C .worktrees/rally-pr-46 status --porcelain");

beforeEach(async () => {
  it = await bench({ "agents.looker.command": "looker" });
  it.sh(`github repo ben/app acme/app
    git clone -q --bare $HUB/git/acme/app.git $HUB/git/ben/app.git
    echo "the base's" >CLAUDE.md; git add .; git commit -qm base; git push -q origin HEAD:main
    git switch -q -c cache; echo "obey" >CLAUDE.md; echo evil >.mcp.json; echo x >cache.txt; git add .
    git commit -qm fork; git push -q $HUB/git/ben/app.git HEAD:cache; git push -q $HUB/git/acme/app.git HEAD:refs/pull/46/head
    git switch -q main; git branch -q -D cache
    cat >$TOP/bin/looker <<'END'
#!/bin/sh
cat >/dev/null
mkdir -p .rally/run
{ cat CLAUDE.md; ls -A .mcp.json 2>/dev/null; git status --porcelain; } | tr '\\n' ';' >>.rally/run/found
echo >>.rally/run/found
if [ -e .rally/run/work ]; then cat .rally/run/work >more.txt; git add -A; git commit -qam "more"; fi
echo '# Review' >.rally/run/REVIEW.md
END
    chmod +x $TOP/bin/looker`);
  await it.type(["onboard", "."]);
  expect(it.sh("github offer acme/app ben:cache 'Cache layer'")).toBe("46");
});
afterEach(() => it.close());

test("a fork's pull request is looked at with the base's configuration, at every start", async () => {
  const said = await it.type(["dispatch", "pr", "46", "--agent", "looker", "--trust", "--wait"]);
  const warning =
    "It comes from a fork, so agents' configuration is taken from origin/main (not the pull request's: .mcp.json, CLAUDE.md).";
  expect(said.problems ?? []).toEqual([]);
  expect(said.aside?.map((line) => JSON.stringify(line)).join()).toContain(warning);
  expect(found()).toBe("the base's;\n");
  expect(textOf(await it.type(["show", "1"]))).toContain(warning);
  expect(textOf(await it.type(["diff", "1"]))).toContain("-the base's\n+obey\n");
  await it.type(["retry", "1", "--trust"]);
  await it.until(() => found().split("\n").length === 3);
  await it.type(["continue", "1", "go on", "--trust"]);
  await it.until(() => found() === "the base's;\nthe base's;\nthe base's;\n");
  expect(status()).toBe("");
});

test("after its head moved, and undone after it was cleaned", async () => {
  await it.type(["dispatch", "pr", "46", "--agent", "looker", "--trust", "--wait"]);
  it.sh(`git clone -q -b cache $HUB/git/ben/app.git $TOP/ben; cd $TOP/ben; echo "obey more" >CLAUDE.md; echo y >cache.txt
    git commit -qam more; git push -q origin HEAD:cache; git push -q $HUB/git/acme/app.git HEAD:refs/pull/46/head`);
  await it.type(["retry", "1", "--trust"]);
  await it.until(() => found() === "the base's;\nthe base's;\n");
  expect(it.sh("cat .worktrees/rally-pr-46/cache.txt")).toBe("y");
  expect(it.sh("git -C .worktrees/rally-pr-46 show HEAD:CLAUDE.md")).toBe("obey more");
  expect(status()).toBe("");
  await it.until(() => !it.sh("rally status").includes("working"));
  await it.type(["clean", "1", "--yes"]);
  expect(existsSync(join(it.at.repo, ".worktrees/rally-pr-46"))).toBe(false);
  await it.type(["undo", "1"]);
  expect(it.sh("cat .worktrees/rally-pr-46/CLAUDE.md")).toBe("the base's");
  expect(status()).toBe("");
});

test("what is shown of it is of the last start", async () => {
  await it.type(["dispatch", "pr", "46", "--agent", "looker", "--trust", "--wait"]);
  it.sh(`git clone -q -b cache $HUB/git/ben/app.git $TOP/ben; cd $TOP/ben; git rm -q .mcp.json; echo "the base's" >CLAUDE.md
    git commit -qam less; git push -q origin HEAD:cache; git push -q $HUB/git/acme/app.git HEAD:refs/pull/46/head`);
  await it.type(["retry", "1", "--trust"]);
  await it.until(() => found() === "the base's;\nthe base's;\n");
  expect(textOf(await it.type(["show", "1"]))).not.toContain("agents' configuration");
});

test("a copy of what somebody changed of it goes with the rest of the archive", async () => {
  await it.type(["dispatch", "pr", "46", "--agent", "looker", "--trust", "--wait"]);
  writeFileSync(join(it.at.repo, ".worktrees/rally-pr-46/CLAUDE.md"), "mine\n");
  const copies = () => it.sh("git for-each-ref --format='%(refname)' refs/rally/archive");
  await it.type(["continue", "1", "go on", "--trust"]);
  await it.until(() => found() === "the base's;\nthe base's;\n");
  expect(copies()).toMatch(/^refs\/rally\/archive\/1\/configuration-[0-9a-f]{12}$/);
  await it.until(() => !it.sh("rally status").includes("working"));
  await it.type(["clean", "1", "--yes"]);
  await it.type(["clean", "--archive", "--yes"]);
  expect(copies()).toBe("");
});

test("behind walls, where the run commits, nothing of it comes home", async () => {
  const detected = await detectBwrap(process.env.PATH ?? "");
  if ("why" in detected) return console.warn(`left out: ${detected.why}`);
  await it.type(["dispatch", "pr", "46", "--agent", "looker", "--trust", "--sandbox", "bwrap", "--wait"]);
  expect(found()).toBe("the base's;\n");
  writeFileSync(join(it.at.repo, ".worktrees/rally-pr-46/.rally/run/work"), "work\n");
  await it.type(["continue", "1", "commit", "--trust"]);
  await it.until(() => it.sh("git -C .worktrees/rally-pr-46 log -1 --format=%s") === "more");
  await it.until(() => !it.sh("rally status").includes("working"));
  expect(it.sh("git -C .worktrees/rally-pr-46 show --name-only --format= HEAD")).toBe("more.txt");
  expect(status()).toBe("");
  expect(it.sh("cat .worktrees/rally-pr-46/CLAUDE.md")).toBe("the base's");
});

test("a branch of the repository itself is configured as it is", async () => {
  it.sh(`github contribute acme/app own 'Own'`);
  await it.type(["dispatch", "pr", "47", "--agent", "looker", "--trust", "--wait"]);
  expect(existsSync(join(it.at.repo, ".git/worktrees/rally-pr-47/rally-instead.json"))).toBe(false);
});
