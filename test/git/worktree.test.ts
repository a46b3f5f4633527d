import { expect, test } from "bun:test";
import { chmod, mkdir, rm, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { adminDir, worktreeAt } from "../../src/git/admin.ts";
import { git } from "../../src/git/git.ts";
import { withRepoLock } from "../../src/git/lock.ts";
import { readOwner } from "../../src/git/owner.ts";
import { openRepo } from "../../src/git/repo.ts";
import { undoHalfMade } from "../../src/git/undo.ts";
import { addWorktree, adoptWorktree, restoreWorktree } from "../../src/git/worktree.ts";
import { ownIdentity } from "../../src/process/identity.ts";
import { commit, localRepo, OWNER, problemOf, put, sandbox, sh } from "./fixture.ts";

const home = await sandbox();

async function made() {
  const repo = await localRepo(home);
  const start = await sh(repo.root, "rev-parse", "HEAD");
  const path = join(repo.root, ".worktrees/rally-42");
  return { repo, start, path, branch: "rally/42-fix" };
}

test("a worktree is on a new branch at its start, marked, unlocked, ignored, and tracks nothing", async () => {
  const { repo, start, path, branch } = await made();
  await addWorktree(repo, { path, branch, start, owner: OWNER });
  expect(await sh(path, "status", "--porcelain=v1", "--branch")).toBe(`## ${branch}`);
  expect(await sh(path, "rev-parse", "HEAD")).toBe(start);
  expect(await Bun.file(join(path, "src/main.ts")).text()).toBe("one\ntwo\nthree\n");
  const dir = await adminDir(repo, path);
  expect(dir).toBe(join(repo.commonDir, "worktrees/rally-42"));
  expect(await readOwner(dir ?? "")).toEqual(OWNER);
  expect(await Bun.file(join(dir ?? "", "locked")).exists()).toBe(false);
  expect(await sh(repo.root, "status", "--porcelain")).toBe("");
  await put(path, { ".rally/run/context.md": "x" });
  await sh(path, "add", "--all");
  expect(await sh(path, "status", "--porcelain")).toBe("");
  expect(await sh(repo.root, "config", "--list", "--local")).not.toContain("branch.");
});

test("a user's existing branch is never reset, an existing folder never touched", async () => {
  const { repo, start, path, branch } = await made();
  await sh(repo.root, "checkout", "--quiet", "-b", branch);
  const theirs = await commit(repo.root, { "mine.txt": "precious" });
  await sh(repo.root, "checkout", "--quiet", "main");
  const taken = await problemOf(addWorktree(repo, { path, branch, start, owner: OWNER }));
  expect(taken).toMatchObject({ code: "conflict" });
  expect(await sh(repo.root, "rev-parse", branch)).toBe(theirs);
  await put(path, { "note.txt": "somebody's" });
  const there = await problemOf(addWorktree(repo, { path, branch: "rally/43", start, owner: OWNER }));
  expect(there).toMatchObject({ code: "conflict" });
  expect(await Bun.file(join(path, "note.txt")).text()).toBe("somebody's");
  expect(await sh(repo.root, "branch", "--list", "rally/43")).toBe("");
});

test("worktrees are not made through a link, whoever put it there", async () => {
  const { repo, start, path, branch } = await made();
  await mkdir(join(home, "elsewhere"), { recursive: true });
  await symlink(join(home, "elsewhere"), join(repo.root, ".worktrees"));
  const problem = await problemOf(addWorktree(repo, { path, branch, start, owner: OWNER }));
  expect(problem).toMatchObject({ code: "refused" });
  expect(await Array.fromAsync(new Bun.Glob("**").scan(join(home, "elsewhere")))).toEqual([]);
  expect(await sh(repo.root, "branch", "--list", branch)).toBe("");
});

test("a branch that is there is adopted as it is, unless it is checked out", async () => {
  const { repo, path, branch } = await made();
  await sh(repo.root, "checkout", "--quiet", "-b", branch);
  const tip = await commit(repo.root, { "a.txt": "a" });
  const busy = await problemOf(adoptWorktree(repo, { path, branch, owner: OWNER }));
  expect(busy).toMatchObject({ code: "conflict", message: `${branch} is checked out in ${repo.root}.` });
  await sh(repo.root, "checkout", "--quiet", "main");
  await adoptWorktree(repo, { path, branch, owner: OWNER });
  expect(await sh(path, "rev-parse", "HEAD")).toBe(tip);
  const again = await problemOf(adoptWorktree(repo, { path: `${path}-2`, branch, owner: OWNER }));
  expect(again).toMatchObject({ code: "conflict", message: `${branch} is checked out in ${path}.` });
  expect(
    await problemOf(adoptWorktree(repo, { path: `${path}-2`, branch: "none", owner: OWNER })),
  ).toMatchObject({
    code: "missing",
  });
});

test("a worktree deleted by hand is made again from its branch; a detached commit is kept", async () => {
  const { repo, start, path, branch } = await made();
  await addWorktree(repo, { path, branch, start, owner: OWNER });
  const tip = await commit(path, { "a.txt": "a" });
  await sh(path, "checkout", "--quiet", "--detach");
  const lonely = await commit(path, { "b.txt": "b" });
  await rm(path, { recursive: true });
  const { detached } = await restoreWorktree(repo, { path, branch, owner: OWNER });
  expect(detached).toBe(lonely);
  expect(await sh(repo.root, "rev-parse", `refs/rally/archive/7/detached-${lonely.slice(0, 12)}`)).toBe(
    lonely,
  );
  expect(await sh(path, "rev-parse", "HEAD", "--abbrev-ref", "HEAD")).toBe(`${tip}\n${branch}`);
  await rm(path, { recursive: true });
  await sh(repo.root, "worktree", "lock", "--reason", "on a stick", path);
  const locked = await problemOf(restoreWorktree(repo, { path, branch, owner: OWNER }));
  expect(locked.message).toContain("on a stick");
});

test("twelve concurrent adds of one repository: all whole, none gutted", async () => {
  const files = Object.fromEntries(
    Array.from({ length: 60 }, (_, i) => [`dir${i % 6}/file ${i}.txt`, `${i}\n`]),
  );
  const repo = await localRepo(home, files);
  const start = await sh(repo.root, "rev-parse", "HEAD");
  const numbers = Array.from({ length: 12 }, (_, i) => i + 1);
  const place = (n: number) => join(repo.root, `.worktrees/rally-${n}`);
  await Promise.all(
    numbers.map((n) =>
      addWorktree(repo, { path: place(n), branch: `rally/${n}`, start, owner: { home: "h", dispatch: n } }),
    ),
  );
  for (const n of numbers) {
    expect(await sh(place(n), "status", "--porcelain=v1", "--branch")).toBe(`## rally/${n}`);
    expect(await readOwner((await adminDir(repo, place(n))) ?? "")).toEqual({ home: "h", dispatch: n });
  }
  const excluded = await Bun.file(join(repo.commonDir, "info/exclude")).text();
  expect(excluded.match(/^\.worktrees\/$/gm)).toHaveLength(1);
});

test("the exclude file keeps its text, mode and missing line end; a link is not written through", async () => {
  const { repo, start, path, branch } = await made();
  const file = join(repo.commonDir, "info/exclude");
  await mkdir(join(repo.commonDir, "info"));
  await writeFile(file, "# mine\n*.swp");
  await chmod(file, 0o600);
  await addWorktree(repo, { path, branch, start, owner: OWNER });
  expect(await Bun.file(file).text()).toBe("# mine\n*.swp\n.worktrees/\n.rally/run/\n");
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const other = await localRepo(home);
  await mkdir(join(other.commonDir, "info"));
  await writeFile(join(home, "shared-exclude"), "x\n");
  await symlink(join(home, "shared-exclude"), join(other.commonDir, "info/exclude"));
  const tip = await sh(other.root, "rev-parse", "HEAD");
  await addWorktree(other, {
    path: join(other.root, ".worktrees/rally-1"),
    branch: "rally/1",
    start: tip,
    owner: OWNER,
  });
  expect(await Bun.file(join(home, "shared-exclude")).text()).toBe("x\n");
});

test("what was half made is undone, once or twice, and no more than that", async () => {
  const { repo, start, path, branch } = await made();
  await addWorktree(repo, { path, branch, start, owner: OWNER });
  await writeFile(join((await adminDir(repo, path)) ?? "", "locked"), "initializing");
  await rm(join(path, "src"), { recursive: true });
  expect(await undoHalfMade(repo, { path, branch, start, owner: OWNER })).toEqual({
    worktree: true,
    branch: true,
  });
  expect(await undoHalfMade(repo, { path, branch, start, owner: OWNER })).toEqual({
    worktree: false,
    branch: false,
  });
  expect(await sh(repo.root, "worktree", "list", "--porcelain")).not.toContain("rally-42");
  expect(await sh(repo.root, "branch", "--list", branch)).toBe("");

  await addWorktree(repo, { path, branch, start, owner: OWNER });
  const tip = await commit(path, { "work.txt": "w" });
  expect(await undoHalfMade(repo, { path, branch, start, owner: OWNER })).toEqual({
    worktree: false,
    branch: false,
  });
  expect(await sh(path, "rev-parse", "HEAD")).toBe(tip);
});

test("undoing leaves another home's worktree of that place and name", async () => {
  const { repo, start, path, branch } = await made();
  await addWorktree(repo, { path, branch, start, owner: { home: "another", dispatch: 7 } });
  const undone = await undoHalfMade(repo, { path, branch, start, owner: OWNER });
  expect(undone).toEqual({ worktree: false, branch: false });
  expect(await sh(path, "status", "--porcelain", "--branch")).toBe(`## ${branch}`);
});

test("a bare repository has worktrees, too", async () => {
  const { repo, start, branch } = await made();
  await sh(home, "clone", "--quiet", "--bare", repo.root, `${repo.root}.git`);
  const bare = await openRepo(`${repo.root}.git`);
  const path = join(home, "of-bare/rally-1");
  await addWorktree(bare, { path, branch, start, owner: OWNER });
  expect(await sh(path, "status", "--porcelain", "--branch")).toBe(`## ${branch}`);
});

test("undoing keeps files that somebody put there, and a branch that was there before", async () => {
  const { repo, start, path, branch } = await made();
  await addWorktree(repo, { path, branch, start, owner: OWNER });
  await put(path, { "note.txt": "mine" });
  expect(await undoHalfMade(repo, { path, branch: null, start, owner: OWNER })).toEqual({
    worktree: true,
    branch: false,
  });
  expect(await sh(repo.root, "rev-parse", branch)).toBe(start);
  const kept = await Array.fromAsync(
    new Bun.Glob("*/note.txt").scan({ cwd: join(repo.root, ".worktrees/.trash"), dot: true }),
  );
  expect(kept).toHaveLength(1);
  await put(path, { "theirs.txt": "t" });
  expect(await undoHalfMade(repo, { path, branch, start, owner: OWNER })).toEqual({
    worktree: false,
    branch: true,
  });
  expect(await Bun.file(join(path, "theirs.txt")).text()).toBe("t");
});

test("a checkout that fails leaves nothing behind", async () => {
  const { repo, path, branch } = await made();
  await commit(repo.root, { "big.bin": "stored" });
  const start = await sh(repo.root, "rev-parse", "HEAD");
  const blob = await sh(repo.root, "rev-parse", "HEAD:big.bin");
  await rm(join(repo.commonDir, "objects", blob.slice(0, 2), blob.slice(2)), { force: true });
  const problem = await problemOf(addWorktree(repo, { path, branch, start, owner: OWNER }));
  expect(problem.code).toBe("git");
  expect(await sh(repo.root, "branch", "--list", branch)).toBe("");
  expect(await adminDir(repo, path)).toBeNull();
  expect(await Bun.file(join(path, ".git")).exists()).toBe(false);
});

test("one writer a repository: in turn within a process, behind a live one, past a dead one", async () => {
  const { repo } = await made();
  const seen: string[] = [];
  const one = (name: string) =>
    withRepoLock(repo, async () => {
      seen.push(`${name} in`);
      await Promise.resolve();
      seen.push(`${name} out`);
    });
  await Promise.all([one("a"), one("b"), one("c")]);
  expect(seen).toEqual(["a in", "a out", "b in", "b out", "c in", "c out"]);
  const lock = join(repo.commonDir, "rally.lock");
  expect(await Bun.file(lock).exists()).toBe(false);
  await writeFile(lock, JSON.stringify(ownIdentity()));
  const held = await problemOf(withRepoLock(repo, async () => "never", { waitSeconds: 0.1 }));
  expect(held).toMatchObject({ code: "conflict" });
  expect(held.hint).toContain(lock);
  await writeFile(lock, JSON.stringify({ ...ownIdentity(), start: "1" }));
  expect(await withRepoLock(repo, async () => "in", { waitSeconds: 0.1 })).toBe("in");
  await writeFile(lock, JSON.stringify({ ...ownIdentity(), boot: "before" }));
  const five = await Promise.all([1, 2, 3, 4, 5].map((n) => withRepoLock(repo, async () => n)));
  expect(five).toEqual([1, 2, 3, 4, 5]);
  expect(
    await problemOf(withRepoLock(repo, () => git({ ...repo, workTree: null }, ["no-such-command"]))),
  ).toMatchObject({
    code: "git",
  });
  expect(await withRepoLock(repo, async () => "free again")).toBe("free again");
});

test("a worktree is found by git's record, below links and after its `.git` file was redirected", async () => {
  const { repo, start, branch } = await made();
  await mkdir(join(home, "real"), { recursive: true });
  await symlink(join(home, "real"), join(home, "linked")).catch(() => undefined);
  const path = join(home, "linked/trees/rally-9");
  await addWorktree(repo, { path, branch, start, owner: OWNER });
  const at = await worktreeAt(repo, path);
  expect(at?.gitDir).toBe(join(repo.commonDir, "worktrees/rally-9"));
  await writeFile(join(path, ".git"), `gitdir: ${home}/evil\n`);
  expect((await worktreeAt(repo, path))?.gitDir).toBe(join(repo.commonDir, "worktrees/rally-9"));
});
