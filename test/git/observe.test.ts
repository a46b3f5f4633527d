import { expect, test } from "bun:test";
import { rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { repoAt } from "../../src/git/admin.ts";
import { resolveBase } from "../../src/git/base.ts";
import { heads } from "../../src/git/branch.ts";
import { hasWork, observeWorktree } from "../../src/git/observe.ts";
import type { Repo } from "../../src/git/repo.ts";
import { indexStamp } from "../../src/git/status.ts";
import { addWorktree } from "../../src/git/worktree.ts";
import { clonedRepo, commit, commitElsewhere, localRepo, NOW, OWNER, put, sandbox, sh } from "./fixture.ts";

const home = await sandbox();
const branch = "rally/42-fix";

async function dispatched(files?: Record<string, string>) {
  const { repo, origin } = await clonedRepo(home, files);
  const base = await resolveBase(repo, { remote: "origin", base: null, fetchSeconds: 10 });
  const path = join(repo.root, ".worktrees/rally-42");
  await addWorktree(repo, { path, branch, start: base.sha, owner: OWNER });
  const look = () =>
    observeWorktree(repo, {
      worktree: path,
      branch,
      base: base.name,
      baseSha: base.sha,
      pushRemote: "origin",
      now: NOW,
    });
  const fetched = () => resolveBase(repo, { remote: "origin", base: null, fetchSeconds: 10 });
  return { repo, origin, path, start: base.sha, look, fetched };
}

const UNTOUCHED = {
  commits: 0,
  files: 0,
  insertions: 0,
  deletions: 0,
  dirty: false,
  untracked: 0,
  unpushed: 0,
  pushed: 0,
  inBase: false,
};

test("looking takes no lock of the index, which would make the agent's own git fail", async () => {
  const { look, path, repo } = await dispatched({ "a.txt": "one\n", "b.txt": "one\n" });
  await put(path, { "a.txt": "two\n" });
  // Its times are not those that the index knows: git would write the index anew if it could.
  await utimes(join(path, "b.txt"), new Date(0), new Date(0));
  const index = join(repo.root, ".git/worktrees/rally-42/index");
  const before = await stat(index, { bigint: true });
  expect(await look()).toMatchObject({ dirty: true, files: 1, insertions: 1, deletions: 1 });
  const after = await stat(index, { bigint: true });
  expect([after.ino, after.mtimeNs]).toEqual([before.ino, before.mtimeNs]);
});

test("nothing done: nothing told, and no work", async () => {
  const { look, start, repo } = await dispatched();
  const seen = await look();
  expect(seen).toMatchObject({
    ...UNTOUCHED,
    asOf: NOW,
    worktreeExists: true,
    branchExists: true,
    branchNow: null,
    head: start,
  });
  expect(hasWork(seen)).toBe(false);
  expect((await heads(repo)).get(`refs/heads/${branch}`)).toBe(start);
});

test("commits, changes and new files are counted, whatever their names", async () => {
  const { look, path } = await dispatched();
  await commit(path, { "src/main.ts": "one\n2\nthree\n", "gone.txt": "x\n" });
  await commit(path, { "-dash\nand line.txt": "a\nb\n" });
  await rm(join(path, "gone.txt"));
  await put(path, { "new file.txt": "1\n2\n3", "ünï/ö.bin": new Uint8Array([0, 1, 2]), "3\t4\tx": "n\n" });
  const seen = await look();
  expect(seen).toMatchObject({
    commits: 2,
    unpushed: 2,
    pushed: 0,
    dirty: true,
    untracked: 3,
    inBase: false,
  });
  expect(seen).toMatchObject({ files: 5, insertions: 1 + 2 + 3 + 0 + 1, deletions: 1 });
  expect(hasWork(seen)).toBe(true);
});

test("pushed commits are counted apart from those that are only here", async () => {
  const { look, path, repo } = await dispatched();
  await commit(path, { "a.txt": "a" });
  await sh(path, "push", "--quiet", "origin", branch);
  await commit(path, { "b.txt": "b" });
  expect(await look()).toMatchObject({ commits: 2, pushed: 1, unpushed: 1 });
  await sh(repo.root, "update-ref", `refs/remotes/origin/${branch}`, branch);
  expect(await look()).toMatchObject({ commits: 2, pushed: 2, unpushed: 0 });
});

test("what the base took since is not told as the work's, merged in, rebased or neither", async () => {
  const { look, path, origin, fetched } = await dispatched();
  await commit(path, { "a.txt": "a\n" });
  await commitElsewhere(origin, { "theirs.txt": "1\n2\n3\n" });
  await fetched();
  expect(await look()).toMatchObject({ commits: 1, files: 1, insertions: 1, inBase: false });
  await sh(path, "merge", "--quiet", "--no-edit", "origin/main");
  expect(await look()).toMatchObject({ commits: 2, unpushed: 2, files: 1, insertions: 1, inBase: false });
  await sh(path, "reset", "--quiet", "--hard", "HEAD^");
  await sh(path, "rebase", "--quiet", "origin/main");
  expect(await look()).toMatchObject({ commits: 1, files: 1, insertions: 1, inBase: false });
});

test("detached, on another branch, worktree gone, branch gone: told, not failed", async () => {
  const { look, path, repo, start } = await dispatched();
  const tip = await commit(path, { "a.txt": "a" });
  await sh(path, "checkout", "--quiet", "--detach");
  const further = await commit(path, { "b.txt": "b" });
  expect(await look()).toMatchObject({ branchNow: null, head: further, commits: 2, branchExists: true });
  await sh(path, "checkout", "--quiet", "-b", "fix/mine", start);
  expect(await look()).toMatchObject({ branchNow: "fix/mine", head: tip, commits: 1 });
  await rm(path, { recursive: true });
  expect(await look()).toMatchObject({
    worktreeExists: false,
    head: tip,
    commits: 1,
    dirty: false,
    indexStamp: null,
  });
  await sh(repo.root, "worktree", "prune");
  await sh(repo.root, "branch", "--quiet", "-D", branch);
  expect(await look()).toMatchObject({
    ...UNTOUCHED,
    worktreeExists: false,
    branchExists: false,
    head: null,
  });
});

test("a local project without remotes", async () => {
  const repo = await localRepo(home);
  const start = await sh(repo.root, "rev-parse", "HEAD");
  const path = join(repo.root, ".worktrees/rally-task-1");
  await addWorktree(repo, { path, branch, start, owner: OWNER });
  const at = await repoAt(repo.root);
  const look = () =>
    observeWorktree(at, { worktree: path, branch, base: "main", baseSha: start, pushRemote: null, now: NOW });
  await commit(path, { "a.txt": "a" });
  expect(await look()).toMatchObject({ commits: 1, unpushed: 1, inBase: false });
  await sh(repo.root, "merge", "--quiet", "--ff-only", branch);
  expect(await look()).toMatchObject({ commits: 1, unpushed: 0, inBase: true });
});

test("the index stamp changes when something is staged, without asking git", async () => {
  const { look, path, repo } = await dispatched();
  const before = (await look()).indexStamp;
  expect((await look()).indexStamp).toBe(before);
  await put(path, { "a.txt": "a" });
  await sh(path, "add", "a.txt");
  expect(indexStamp(join(repo.commonDir, "worktrees/rally-42"))).not.toBe(before);
});

/** Each way in which a host brings work into the base. */
const MERGES: Record<string, (root: string) => Promise<unknown>> = {
  "a merge": (root) => sh(root, "merge", "--quiet", "--no-ff", "--no-edit", `origin/${branch}`),
  "a squash": async (root) => {
    await sh(root, "merge", "--quiet", "--squash", `origin/${branch}`);
    await sh(root, "commit", "--quiet", "--message", "squashed (#57)");
  },
  "a squash that was changed after": async (root) => {
    await sh(root, "merge", "--quiet", "--squash", `origin/${branch}`);
    await sh(root, "commit", "--quiet", "--message", "squashed (#57)");
    await commit(root, { "src/main.ts": "zero\none\n2\nthree\n4\n", "a.txt": "a\nmore\n" });
  },
  "a rebase": (root) => sh(root, "cherry-pick", `main..origin/${branch}`),
  "a rebase that was changed after": async (root) => {
    await sh(root, "cherry-pick", `main..origin/${branch}`);
    await commit(root, { "a.txt": "a\nmore\n", "src/main.ts": "zero\none\n2\nthree\n4\n" });
  },
};

async function merged(repo: Repo, origin: string, how: (root: string) => Promise<unknown>): Promise<void> {
  await sh(repo.root, "push", "--quiet", "origin", branch);
  const other = `${origin}.host`;
  await sh(home, "clone", "--quiet", origin, other);
  await commit(other, { "unrelated.txt": "somebody else was first\n" });
  await how(other);
  await commit(other, { "unrelated.txt": "and after\n" });
  await sh(other, "push", "--quiet", "origin", "main");
  await sh(origin, "branch", "--quiet", "-D", branch);
}

for (const [name, how] of Object.entries(MERGES)) {
  test(`invariant 33: ${name} counts as merged`, async () => {
    const { look, path, repo, origin, fetched } = await dispatched();
    await commit(path, { "src/main.ts": "one\n2\nthree\n" });
    await commit(path, { "src/main.ts": "one\n2\nthree\n4\n", "a.txt": "a\n" });
    expect((await look()).inBase).toBe(false);
    await merged(repo, origin, how);
    await fetched();
    const seen = await look();
    expect(seen).toMatchObject({ inBase: true, unpushed: 0 });
    expect(seen.commits).toBeGreaterThan(0);
  });
}

test("invariant 33: half of it in the base is not merged, and one commit more is not", async () => {
  const { look, path, origin, repo, fetched } = await dispatched();
  await commit(path, { "a.txt": "a\n" });
  await merged(repo, origin, MERGES["a squash"] ?? (async () => undefined));
  await fetched();
  expect((await look()).inBase).toBe(true);
  await commit(path, { "b.txt": "b\n" });
  expect(await look()).toMatchObject({ inBase: false, commits: 2 });
});

test("a head that only followed the base has nothing of its own: never done by that", async () => {
  const { look, path, origin, fetched } = await dispatched();
  await commitElsewhere(origin, { "theirs.txt": "x" });
  await fetched();
  await sh(path, "merge", "--quiet", "--ff-only", "origin/main");
  expect(await look()).toMatchObject({ commits: 0, inBase: false, unpushed: 0 });
  await commit(path, { "a.txt": "a" });
  await sh(path, "revert", "--no-edit", "HEAD");
  await commitElsewhere(origin, { "more.txt": "x" });
  await fetched();
  expect(await look()).toMatchObject({ commits: 2, inBase: false });
});

test("two binary files of one name are not taken for one patch; nor is white space", async () => {
  const { look, path, origin, fetched } = await dispatched({ "a.py": "if x:\n    y()\nz()\n" });
  await put(path, { "logo.png": new Uint8Array([0, 1, 2, 3]) });
  await commit(path, {});
  await commitElsewhere(origin, { "logo.png": "\0other" });
  await fetched();
  expect((await look()).inBase).toBe(false);
  const second = await dispatched({ "a.py": "if x:\n    y()\nz()\n" });
  await commit(second.path, { "a.py": "if x:\n    y()\n    z()\n" });
  await commitElsewhere(second.origin, { "a.py": "if x:\n    y()\n  z()\n" });
  await second.fetched();
  expect((await second.look()).inBase).toBe(false);
});
