import { afterAll, beforeAll, expect, setDefaultTimeout } from "bun:test";
import { lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeRoom, type Room, walled } from "./room.ts";

/** A run that may only look: the walls hold what an agent's own rules only ask for. */

setDefaultTimeout(30_000);
let room: Room;
beforeAll(async () => {
  room = await makeRoom();
  mkdirSync(join(room.worktree, ".rally/run"), { recursive: true });
  writeFileSync(join(room.worktree, ".rally/run/context.md"), "# The task\n");
});
afterAll(() => room.remove());

const looking = (script: string) => room.inside(script, { mode: "read-only" });

/** All of the worktree but the one folder that is open, and the run's git dir. */
function fingerprint(dir: string): string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.startsWith(join(room.worktree, ".rally/run/")))
    .map((path) => {
      const stat = lstatSync(path);
      return `${path} ${stat.mode} ${stat.isFile() ? readFileSync(path, "latin1") : ""}`;
    })
    .sort();
}

walled("nothing of its worktree is changed, whatever is tried", async () => {
  const before = fingerprint(room.worktree);
  const tries = [
    "echo x >>a.txt",
    "echo x >new",
    "rm -f a.txt",
    "mv a.txt b.txt",
    "chmod 777 a.txt",
    "ln -sf /etc/passwd a.txt",
    "mkdir -p made/by",
    "mkdir .rally/more",
    "mv .rally/run .rally/gone",
    "rm -rf .rally",
    "git checkout -q -- . && git rm -q a.txt",
    "git stash -u",
    "printf 'x' | dd of=a.txt",
    "mount -o remount,rw . && echo x >new",
    "cp .rally/run/context.md copied",
    `sh -c 'cd / && echo x >"${room.worktree}/new"'`,
    `/usr/bin/python3 -c 'import os; os.truncate("a.txt", 0)'`,
    "ln a.txt .rally/run/hard && echo x >>.rally/run/hard",
    "ln -s ../../a.txt .rally/run/soft && echo x >>.rally/run/soft",
  ];
  await looking(tries.map((each) => `( ${each} ) </dev/null`).join("\n"));
  expect(fingerprint(room.worktree)).toEqual(before);
});

walled("nothing is committed, and no ref, setting or object is made, also for later", async () => {
  const refs = await room.git(room.repo, "for-each-ref");
  const { runDir, name, cell } = await looking(`
    before=$(git rev-parse HEAD)
    git commit -q --allow-empty -m sneaked; git commit-tree -m sneaked HEAD^{tree}
    git update-ref refs/heads/sneaked HEAD; git branch sneaked; git tag sneaked; git switch -qc sneaked
    git config core.fsmonitor evil; echo evil | git hash-object -w --stdin
    [ "$before" = "$(git rev-parse HEAD)" ] && echo same >.rally/run/told`);
  expect(readFileSync(join(room.worktree, ".rally/run/told"), "utf8")).toBe("same\n");
  expect(readFileSync(join(cell.dir, "config"), "utf8")).not.toContain("evil");
  expect(await room.bringHome(runDir, name)).toMatchObject({ moved: false, kept: [] });
  expect([await room.git(room.repo, "for-each-ref"), await room.status()]).toEqual([refs, "?? .rally/\n"]);
});

walled("it looks: git answers, its review arrives, and its own state and files work", async () => {
  const { log, runDir, code } = await looking(
    `set -e
    git status --porcelain --untracked-files=no; git log --format=%s -1; git diff --stat; git show --stat --format= HEAD
    printf '# Review\\n' >.rally/run/REVIEW.md; echo state >~/.agent/s; echo t >/tmp/t; cat /tmp/t
    echo "stage coding" >>"${room.rallyHome}/runs/$RUN/inbox"`.replace("$RUN", room.next()),
  );
  expect([log.split("\n")[0], log.split("\n").at(-2), code]).toEqual(["first", "t", 0]);
  expect(readFileSync(join(room.worktree, ".rally/run/REVIEW.md"), "utf8")).toBe("# Review\n");
  expect(readFileSync(join(room.home, ".agent/s"), "utf8")).toBe("state\n");
  expect(readFileSync(join(runDir, "inbox"), "utf8")).toBe("stage coding\n");
});
