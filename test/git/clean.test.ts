import { expect, test } from "bun:test";
import { chmod, mkdir, readdir, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { archive, deleteArchive, listArchive, restoreFromArchive } from "../../src/git/archive.ts";
import { deleteBranch } from "../../src/git/branch.ts";
import { snapshotWork } from "../../src/git/snapshot.ts";
import { beginTrash, emptyTrash, trash } from "../../src/git/trash.ts";
import { uniqueWork } from "../../src/git/unique.ts";
import { untrash } from "../../src/git/untrash.ts";
import { addWorktree } from "../../src/git/worktree.ts";
import { clonedRepo, commit, NOW, OWNER, problemOf, put, sandbox, sh } from "./fixture.ts";
import { messy, status } from "./messy.ts";

const home = await sandbox();
const branch = "rally/7-x";

async function dispatched() {
  const { repo, origin } = await clonedRepo(home);
  const baseSha = await sh(repo.root, "rev-parse", "HEAD");
  const root = join(repo.root, ".worktrees");
  const worktree = join(root, "rally-7");
  await addWorktree(repo, { path: worktree, branch, start: baseSha, owner: OWNER });
  const unique = (more: { mergedHead?: string } = {}) =>
    uniqueWork(repo, { worktree, branch, base: "origin/main", baseSha, ...more });
  const drop = (head: string | null) =>
    trash(repo, { worktree, root, home: OWNER.home, dispatch: 7, branch, head, at: NOW });
  return { repo, origin, baseSha, root, worktree, unique, drop };
}

test("invariant 30: what exists nowhere else is told, each kind; what does is not", async () => {
  const { repo, origin, worktree, unique } = await dispatched();
  expect(await unique()).toEqual({ commits: 0, dirty: false, untracked: 0, nested: [], why: [] });
  await commit(worktree, { "a.txt": "a" });
  expect(await unique()).toMatchObject({
    commits: 1,
    why: ["1 commit that no remote and no origin/main has"],
  });
  await sh(worktree, "push", "--quiet", "origin", branch);
  expect((await unique()).why).toEqual([]);
  await commit(worktree, { "b.txt": "b" });
  await sh(repo.root, "branch", "rally/8-copy", branch);
  expect((await unique()).commits).toBe(1);
  await sh(repo.root, "branch", "mine", branch);
  expect((await unique()).commits).toBe(0);
  await sh(worktree, "checkout", "--quiet", "--detach");
  const detached = await commit(worktree, { "c.txt": "c" });
  expect((await unique()).commits).toBe(1);
  expect((await unique({ mergedHead: detached })).commits).toBe(0);
  await put(worktree, { "a.txt": "changed", "new.txt": "n", "x.tmp": "t" });
  expect(await unique()).toMatchObject({ dirty: true, untracked: 2 });
  expect((await unique()).why).toContain("1 file with uncommitted changes");
  await rm(join(origin, "refs"), { recursive: true });
});

test("invariant 30: repositories inside count, untracked, around tracked files, and as submodules", async () => {
  const { worktree, unique } = await dispatched();
  await sh(worktree, "init", "--quiet", "vendor/inner");
  await sh(worktree, "init", "--quiet", "src");
  await put(worktree, { ".gitignore": "node_modules/\n" });
  await mkdir(join(worktree, "node_modules/dep"), { recursive: true });
  await sh(join(worktree, "node_modules/dep"), "init", "--quiet");
  expect((await unique()).nested).toEqual(["src", "vendor/inner"]);
  await commit(join(worktree, "vendor/inner"), { "v.txt": "v" });
  await sh(worktree, "add", "vendor/inner");
  expect((await unique()).nested).toEqual(["src", "vendor/inner"]);
});

test("invariant 30: squash-merged work is elsewhere; a worktree without a record cannot be told, so it counts", async () => {
  const { repo, worktree, unique } = await dispatched();
  await commit(worktree, { "a.txt": "a" });
  await commit(worktree, { "b.txt": "b" });
  await sh(repo.root, "merge", "--quiet", "--squash", branch);
  await sh(repo.root, "commit", "--quiet", "-m", "squashed");
  expect((await unique()).commits).toBe(2);
  await sh(repo.root, "push", "--quiet", "origin", "main");
  expect((await unique()).why).toEqual([]);
  await put(worktree, { "c.txt": "c" });
  await rm(join(repo.commonDir, "worktrees/rally-7"), { recursive: true });
  const told = await unique();
  expect(told.dirty).toBe(true);
  expect(told.why).toHaveLength(1);
});

test("a snapshot holds the whole tree and what was staged; neither index nor files are touched", async () => {
  const { repo, worktree } = await dispatched();
  const head = await messy(worktree);
  const before = await status(worktree);
  const index = await Bun.file(join(repo.commonDir, "worktrees/rally-7/index")).bytes();
  const snapshot = await snapshotWork(repo, { worktree, dispatch: 7, at: NOW });
  expect(snapshot).toMatchObject({ head, dirty: true });
  expect(await snapshotWork(repo, { worktree, dispatch: 7, at: NOW })).toEqual(snapshot);
  expect(await status(worktree)).toBe(before);
  expect(await Bun.file(join(repo.commonDir, "worktrees/rally-7/index")).bytes()).toEqual(index);
  const show = (what: string) => sh(repo.root, "show", `${snapshot.commit}${what}`);
  expect(await show(":a.txt")).toBe("changed a");
  expect(await show("^2:a.txt")).toBe("staged a");
  expect(await show("^1:a.txt")).toBe("a");
  const names = await sh(repo.root, "ls-tree", "-r", "-z", "--name-only", snapshot.commit);
  expect(names.split("\0").filter((name) => name !== "")).toHaveLength(8);
  expect(names).not.toMatch(/log|gone|build/);
  expect(await sh(repo.root, "ls-tree", snapshot.commit, "dir")).toStartWith("120000");
});

test("invariant 30: forced cleaning keeps commits, changes and untracked files under an archive ref", async () => {
  const { repo, worktree, root, drop } = await dispatched();
  const head = await messy(worktree);
  const before = await status(worktree);
  const kept = await archive(repo, { dispatch: 7, at: NOW, head, worktree });
  expect(kept).toMatchObject({ ref: `refs/rally/archive/7/${NOW}`, dirty: true, branchRef: null });
  expect(await archive(repo, { dispatch: 7, at: NOW, head, worktree })).toEqual(kept);
  await drop(head);
  await deleteBranch(repo, branch, head);
  await rm(join(root, ".trash"), { recursive: true });
  await sh(repo.root, "gc", "--quiet", "--prune=now");
  await restoreFromArchive(repo, {
    ref: kept?.ref ?? "",
    path: worktree,
    branch,
    branchHead: head,
    owner: OWNER,
  });
  expect(await status(worktree)).toBe(before);
  expect(await Bun.file(join(worktree, "a.txt")).text()).toBe("changed a\n");
  const [entry] = await listArchive(repo);
  expect(entry).toMatchObject({ dispatch: 7, at: NOW });
  if (entry !== undefined) expect(await deleteArchive(repo, entry)).toBe(true);
  expect(await listArchive(repo, 7)).toEqual([]);
  expect(await problemOf(deleteArchive(repo, { ref: "refs/heads/main", commit: head }))).toMatchObject({
    code: "refused",
  });
});

test("both heads are kept where worktree and branch are apart", async () => {
  const { repo, worktree, baseSha } = await dispatched();
  const tip = await commit(worktree, { "a.txt": "a" });
  await sh(worktree, "checkout", "--quiet", "--detach", baseSha);
  const lonely = await commit(worktree, { "b.txt": "b" });
  const kept = await archive(repo, { dispatch: 7, at: NOW, head: tip, worktree });
  expect(kept).toEqual({
    ref: `refs/rally/archive/7/${NOW}`,
    commit: lonely,
    dirty: false,
    branchRef: `refs/rally/archive/7/${NOW}-branch`,
  });
  expect(await sh(repo.root, "rev-parse", kept?.branchRef ?? "")).toBe(tip);
  await commit(worktree, { "c.txt": "c" });
  expect((await archive(repo, { dispatch: 7, at: NOW, head: tip, worktree }))?.ref).toBe(
    `refs/rally/archive/7/${NOW}-2`,
  );
  expect(await archive(repo, { dispatch: 9, at: NOW, head: null, worktree: null })).toBeNull();
});

test("from the trash everything comes back: ignored files, index, branch", async () => {
  const { repo, worktree, drop } = await dispatched();
  const head = await messy(worktree);
  const before = await status(worktree);
  const entry = (await drop(head)) ?? "";
  await deleteBranch(repo, branch, head);
  expect(await readdir(join(repo.root, ".worktrees"))).toEqual([".trash"]);
  expect(await sh(repo.root, "worktree", "list", "--porcelain")).not.toContain("rally-7");
  expect(await untrash(repo, { entry, owner: OWNER })).toEqual({ path: worktree, branch });
  expect(await status(worktree)).toBe(before);
  expect(await Bun.file(join(worktree, "build/out.o")).text()).toBe("ignored\n");
  expect(await untrash(repo, { entry, owner: OWNER, path: worktree })).toEqual({ path: worktree, branch });
  expect(await problemOf(untrash(repo, { entry, owner: OWNER }))).toMatchObject({ code: "missing" });
});

test("an undo whose place or branch is in use again is refused, and takes another name", async () => {
  const { repo, worktree, drop, baseSha } = await dispatched();
  const head = await commit(worktree, { "a.txt": "a" });
  const entry = (await drop(head)) ?? "";
  await deleteBranch(repo, branch, head);
  await addWorktree(repo, {
    path: worktree,
    branch,
    start: baseSha,
    owner: { home: OWNER.home, dispatch: 8 },
  });
  expect(await problemOf(untrash(repo, { entry, owner: OWNER }))).toMatchObject({ code: "conflict" });
  const other = `${worktree}-2`;
  expect(await problemOf(untrash(repo, { entry, owner: OWNER, path: other }))).toMatchObject({
    code: "conflict",
  });
  await untrash(repo, { entry, owner: OWNER, path: other, branch: "rally/7-again" });
  expect(await sh(other, "rev-parse", "HEAD", "--abbrev-ref", "HEAD")).toBe(`${head}\nrally/7-again`);
  expect(await sh(other, "status", "--porcelain")).toBe("");
  expect(await sh(worktree, "rev-parse", "HEAD")).toBe(baseSha);
});

test("only what is provably ours is moved", async () => {
  const { repo, root, worktree } = await dispatched();
  const ask = (path: string, more: { root?: string; home?: string } = {}) =>
    problemOf(
      trash(repo, {
        worktree: path,
        root,
        home: OWNER.home,
        dispatch: 7,
        branch,
        head: null,
        at: NOW,
        ...more,
      }),
    );
  expect(await ask(repo.root, { root: join(repo.root, "..") })).toMatchObject({ code: "refused" });
  expect(await ask(join(root, "../src"))).toMatchObject({ code: "refused" });
  expect(await ask(root, { root: repo.root })).toMatchObject({ code: "refused" });
  expect(await ask(worktree, { home: "another" })).toMatchObject({ code: "refused" });
  await sh(repo.root, "worktree", "lock", "--reason", "mine", worktree);
  expect((await ask(worktree)).message).toContain("mine");
  await mkdir(join(root, "rally-1"));
  expect((await ask(join(root, "rally-1"))).message).toContain("no worktree of this repository");
  await symlink(worktree, join(root, "rally-2"));
  expect((await ask(join(root, "rally-2"))).message).toContain("not a folder");
  await symlink(root, join(home, `root-link`));
  expect(await ask(join(home, "root-link/rally-7"), { root: join(home, "root-link") })).toMatchObject({
    code: "refused",
  });
  expect((await readdir(root)).sort()).toEqual(["rally-1", "rally-2", "rally-7"]);
});

test("a branch is deleted only while it is Rally's, where it was, and free", async () => {
  const { repo, worktree, baseSha } = await dispatched();
  expect(await problemOf(deleteBranch(repo, "main", baseSha))).toMatchObject({ code: "refused" });
  expect(await problemOf(deleteBranch(repo, branch, baseSha))).toMatchObject({ code: "conflict" });
  const head = await commit(worktree, { "a.txt": "a" });
  await sh(repo.root, "worktree", "remove", worktree);
  expect((await problemOf(deleteBranch(repo, branch, baseSha))).message).toContain("moved");
  expect(await deleteBranch(repo, branch, head)).toBe(true);
  expect(await deleteBranch(repo, branch, head)).toBe(false);
});

test("a folder that a killed cleaning made for its entry, and never wrote, goes with the next one", async () => {
  const { repo, root, worktree } = await dispatched();
  const bin = join(root, ".trash");
  await put(bin, { "rally-7.7.1/entry.json.rally-new": "{", "rally-7.7.2/somebody's": "kept" });
  for (const empty of ["rally-7.7.3", "rally-7.70.4"]) await mkdir(join(bin, empty));
  const what = { worktree, root, home: OWNER.home, dispatch: 7, branch, head: null, at: NOW };
  await beginTrash(repo, what);
  expect((await readdir(bin)).sort()).toEqual(["rally-7.7.2", "rally-7.70.4", `rally-7.7.${NOW}`].sort());
});

test("the trash is emptied by age; links in it are not followed, read-only folders go", async () => {
  const { root, worktree, drop } = await dispatched();
  await put(join(home, "outside"), { "keep.txt": "k" });
  await symlink(join(home, "outside"), join(worktree, "link"));
  await put(worktree, { "cache/mod/x.go": "x" });
  await chmod(join(worktree, "cache/mod"), 0o555);
  await drop(null);
  await mkdir(join(root, ".trash/something else"));
  await symlink(join(home, "outside"), join(root, ".trash/rally-9.9.1000000000000"));
  expect(await emptyTrash(root, 1000, NOW + 999)).toEqual(["rally-9.9.1000000000000"]);
  expect(await emptyTrash(root, 1000, NOW + 1000)).toEqual([`rally-7.7.${NOW}`]);
  expect(await readdir(join(root, ".trash"))).toEqual(["something else"]);
  expect(await Bun.file(join(home, "outside/keep.txt")).text()).toBe("k");
});
