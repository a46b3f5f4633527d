import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { archive } from "../../src/git/archive.ts";
import { resolveBase } from "../../src/git/base.ts";
import { diff, numstat } from "../../src/git/diff.ts";
import { freeBranch } from "../../src/git/names.ts";
import { observeWorktree } from "../../src/git/observe.ts";
import { openRepo, type Repo } from "../../src/git/repo.ts";
import { snapshotWork } from "../../src/git/snapshot.ts";
import { uniqueWork } from "../../src/git/unique.ts";
import { addWorktree } from "../../src/git/worktree.ts";
import { clonedRepo, commit, NOW, OWNER, put, sandbox, sh } from "./fixture.ts";

export const branch = "rally/1-x";

/** A folder of one test file's own; `marks` in it is where a program that was run leaves its name. */
export async function setTraps() {
  const home = await sandbox();
  const marks = join(home, "marks");
  await mkdir(marks);
  const trap = (name: string) => trapIn(home, name);
  return {
    ...{ home, marks, trap },
    worked: () => workedIn(home),
    evilRepository: (folder: string, name: string) => evilRepository(folder, (key) => trap(`${name}-${key}`)),
  };
}

/** A program that leaves a file when it is run, whatever it is called with. */
async function trapIn(home: string, name: string): Promise<string> {
  const path = join(home, `trap-${name}`);
  await writeFile(path, `#!/bin/sh\ntouch "${home}/marks/${name}"\ncat 2>/dev/null </dev/null\nexit 0\n`);
  await chmod(path, 0o755);
  return path;
}

async function workedIn(home: string) {
  const { repo, origin } = await clonedRepo(home);
  const baseSha = await sh(repo.root, "rev-parse", "HEAD");
  const worktree = join(repo.root, ".worktrees/rally-1");
  await addWorktree(repo, { path: worktree, branch, start: baseSha, owner: OWNER });
  await commit(worktree, { "a.txt": "a\n", "b.dat": "b\n" });
  return { repo, origin, worktree, baseSha };
}

/** Everything that looks at, or changes, a repository. */
export async function everything(repo: Repo, worktree: string, baseSha: string): Promise<void> {
  await put(worktree, { "a.txt": "changed\n", "b.dat": "changed\n", "new.dat": "new\n" });
  const again = await openRepo(repo.root);
  await openRepo(worktree).catch(() => undefined);
  await observeWorktree(again, {
    worktree,
    branch,
    base: "origin/main",
    baseSha,
    pushRemote: "origin",
    now: NOW,
  });
  await diff(again, { worktree, baseSha });
  await diff(again, { worktree, baseSha, scope: "committed", stat: true });
  await numstat(again, { worktree, baseSha });
  await uniqueWork(again, { worktree, branch, base: "origin/main", baseSha });
  await snapshotWork(again, { worktree, dispatch: 1, at: NOW });
  await archive(again, { dispatch: 1, at: NOW, head: baseSha, worktree });
  await resolveBase(again, { remote: "origin", base: "main", fetchSeconds: 5 });
  await freeBranch(again, "rally/2", { remote: "origin" });
  await addWorktree(again, { path: `${worktree}-b`, branch: "rally/2-b", start: baseSha, owner: OWNER });
}

/** A repository of the agent's own whose configuration springs on any look at it. */
async function evilRepository(folder: string, trap: (key: string) => Promise<string>): Promise<void> {
  await mkdir(folder, { recursive: true });
  await sh(folder, "init", "--quiet");
  await commit(folder, { "inner.txt": "x\n", ".gitattributes": "* filter=evil diff=evil\n" });
  for (const key of [
    "core.fsmonitor",
    "filter.evil.clean",
    "filter.evil.smudge",
    "diff.evil.textconv",
    "diff.external",
    "core.sshCommand",
  ]) {
    await sh(folder, "config", key, await trap(key));
  }
  await writeFile(join(folder, "inner.txt"), "y\n");
}
