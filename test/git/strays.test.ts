import { expect, test } from "bun:test";
import { mkdir, readdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { adminDir } from "../../src/git/admin.ts";
import { findStrays } from "../../src/git/strays.ts";
import { trash } from "../../src/git/trash.ts";
import { addWorktree } from "../../src/git/worktree.ts";
import { clonedRepo, commit, localRepo, OWNER, put, sandbox, sh } from "./fixture.ts";

const home = await sandbox();

async function rooted() {
  const { repo } = await clonedRepo(home);
  const start = await sh(repo.root, "rev-parse", "HEAD");
  const root = join(repo.root, ".worktrees");
  const add = async (name: string, owner = OWNER) => {
    await addWorktree(repo, { path: join(root, name), branch: `rally/${name}`, start, owner });
    return join(root, name);
  };
  const find = async (known: string[] = []) => {
    const strays = await findStrays(repo, { worktreeRoot: root, home: OWNER.home, known });
    return Object.fromEntries(strays.map(({ worktree, ...rest }) => [worktree.slice(root.length + 1), rest]));
  };
  return { repo, root, start, add, find };
}

test("invariant 31: an orphan is ours, without a record, marked by this home or not at all", async () => {
  const { repo, add, find } = await rooted();
  const known = await add("rally-1");
  const first = await add("rally-2");
  const second = await add("rally-pr-3");
  const third = await add("rally-task-4");
  await commit(first, { "a.txt": "a" });
  await put(second, { "new.txt": "n" });
  await rm(join((await adminDir(repo, third)) ?? "", "rally-owner"));
  expect(await find([known])).toEqual({
    "rally-2": { orphan: true, branch: "rally/rally-2", dirty: false, unpushed: 1, why: null },
    "rally-pr-3": { orphan: true, branch: "rally/rally-pr-3", dirty: true, unpushed: 0, why: null },
    "rally-task-4": { orphan: true, branch: "rally/rally-task-4", dirty: false, unpushed: 0, why: null },
  });
});

test("invariant 31: what is not provably ours is foreign, with its reason", async () => {
  const { repo, root, start, add, find } = await rooted();
  await add("rally-1", { home: "another", dispatch: 3 });
  await writeFile(join((await adminDir(repo, await add("rally-2"))) ?? "", "rally-owner"), "{");
  await sh(repo.root, "worktree", "lock", "--reason", "mine", await add("rally-3"));
  await sh(repo.root, "worktree", "add", "--quiet", "-b", "mine", join(root, "my-own"), start);
  const other = await localRepo(home);
  await sh(other.root, "worktree", "add", "--quiet", "-b", "x", join(root, "rally-4"));
  await sh(home, "clone", "--quiet", other.root, join(root, "rally-5"));
  await mkdir(join(root, "rally-6"));
  await symlink(other.root, join(root, "rally-7"));
  await writeFile(join(root, "rally-8"), "a file");
  await mkdir(join(root, ".trash"));
  const found = await find();
  const why = Object.fromEntries(Object.entries(found).map(([name, one]) => [name, one.why]));
  expect(Object.values(found).some((one) => one.orphan)).toBe(false);
  expect(why).toEqual({
    "my-own": "it is not named as Rally names worktrees",
    "rally-1": "it belongs to another Rally (dispatch 3)",
    "rally-2": "its owner's mark cannot be read",
    "rally-3": "it is locked: mine",
    "rally-4": `git has no record of it (${other.commonDir}/worktrees/rally-4)`,
    "rally-5": "it is a repository of its own",
    "rally-6": "it is no worktree",
    "rally-7": "it is a symbolic link",
    "rally-8": "it is not a folder",
  });
});

test("invariant 31: a worktree that a process works in is foreign while it does", async () => {
  const { add, find } = await rooted();
  const path = await add("rally-1");
  const before = process.cwd();
  process.chdir(join(path, "src"));
  const during = await find();
  process.chdir(before);
  expect(during["rally-1"]).toMatchObject({ orphan: false, why: `process ${process.pid} works in it` });
  expect((await find())["rally-1"]).toMatchObject({ orphan: true });
});

test("invariant 32: an orphan whose cleaning died half-way is found again, and brought to its end", async () => {
  const { repo, root, add, find } = await rooted();
  const path = await add("rally-1");
  const theirs = await add("rally-2", { home: "another", dispatch: 1 });
  const head = await commit(path, { "a.txt": "a" });
  const entry = join(root, ".trash/rally-1.0.1700000000000");
  await mkdir(entry, { recursive: true });
  await rename(path, join(entry, "worktree"));
  await rm(theirs, { recursive: true });
  expect(await find([theirs])).toEqual({
    "rally-1": { orphan: true, branch: "rally/rally-1", dirty: false, unpushed: 1, why: null },
  });
  expect(await find([path])).toEqual({});
  const more = { home: OWNER.home, dispatch: 0, branch: "rally/rally-1", head, at: 1_700_000_009_999 };
  expect(await trash(repo, { worktree: path, root, ...more })).toBe(entry);
  expect((await readdir(entry)).sort()).toEqual(["entry.json", "git", "worktree"]);
  expect(await find()).toEqual({});
});

test("invariant 31: nothing is an orphan through a link, and the main checkout is never listed", async () => {
  const { repo, root, add } = await rooted();
  await add("rally-1");
  await symlink(root, join(home, "root-link"));
  const linked = await findStrays(repo, {
    worktreeRoot: join(home, "root-link"),
    home: OWNER.home,
    known: [],
  });
  expect(linked.map((one) => [one.orphan, one.why])).toEqual([[false, "its folder is a symbolic link"]]);
  const above = await findStrays(repo, { worktreeRoot: join(repo.root, ".."), home: OWNER.home, known: [] });
  expect(above.some((one) => one.worktree === repo.root)).toBe(false);
  expect(above.some((one) => one.orphan)).toBe(false);
  expect(await findStrays(repo, { worktreeRoot: join(home, "none"), home: OWNER.home, known: [] })).toEqual(
    [],
  );
});
