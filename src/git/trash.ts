import { cp, lstat, readdir, readFile, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { passing } from "../boundary.ts";
import { Problem } from "../domain/problem.ts";
import type { Time } from "../domain/words.ts";
import { run } from "../process.ts";
import { adminDir, gitFileTarget, INITIALIZING, isFolder, lockReason, type RepoAt } from "./admin.ts";
import { withRepoLock } from "./lock.ts";
import { readOwner } from "./owner.ts";
import { isInside } from "./repo.ts";
import { codeOf } from "./temporary.ts";
import { readEntry, sweepUnwritten, TRASH, type TrashEntry, writeEntry } from "./trash-entry.ts";

export type TrashOptions = {
  readonly worktree: string;
  /** The folder that worktrees are kept in: only what is directly below it is moved. */
  readonly root: string;
  /** Of this home: another home's worktree is refused. */
  readonly home: string;
  readonly dispatch: number;
  readonly branch: string | null;
  /** The branch's tip, so that `untrash` can make it again. */
  readonly head: string | null;
  readonly at: Time;
};

/**
 * Moves a worktree, ignored files included, and git's record of it into `<root>/.trash/<name>.<dispatch>.<time>/` by
 * renames; answers that folder, or null where there was nothing left to move. Can be repeated after a crash between
 * any two steps. Throws `refused` for what is not provably ours: the main checkout, a link, another folder, another
 * home's, another repository's, one that a person locked.
 */
export async function trash(repo: RepoAt, options: TrashOptions): Promise<string | null> {
  const { worktree } = options;
  return withRepoLock(repo, async () => {
    await checkRoot(repo, options);
    const dir = await adminDir(repo, worktree);
    const there = await lstat(worktree).catch(() => null);
    const begun = there === null ? await lastEntry(options) : null;
    if (there === null && dir === null) return begun;
    if (there !== null) await checkOurs(repo, worktree, { dir, home: options.home });
    const entry = begun ?? (await freeEntry(options));
    await note(entry, options, dir);
    if (there !== null) await move(worktree, join(entry, "worktree"), "trash-worktree");
    if (dir !== null) await move(dir, join(entry, "git"), "trash-record");
    return entry;
  });
}

/** That of an earlier attempt is full where the worktree was made again since: then the next moment is its name. */
async function freeEntry(options: TrashOptions): Promise<string> {
  for (let at = options.at; ; at += 1) {
    const entry = trashPath({ ...options, at });
    if (!(await isFolder(join(entry, "worktree")))) return entry;
  }
}

/** The folder that `trash` moves it to, unless an earlier attempt has moved it already. */
export function trashPath({
  worktree,
  root,
  dispatch,
  at,
}: Pick<TrashOptions, "worktree" | "root" | "dispatch" | "at">): string {
  return join(root, TRASH, `${entryPrefix({ worktree, dispatch })}${at}`);
}

function entryPrefix({ worktree, dispatch }: Pick<TrashOptions, "worktree" | "dispatch">): string {
  return `${basename(worktree)}.${dispatch}.`;
}

/**
 * Notes what is about to be moved away, before anything of it is: `begunTrash` then finds it, whatever dies on the way.
 * Throws `refused` as `trash` does.
 */
export async function beginTrash(repo: RepoAt, options: TrashOptions): Promise<void> {
  await withRepoLock(repo, async () => {
    await checkRoot(repo, options);
    await sweepUnwritten(join(options.root, TRASH), entryPrefix(options));
    await note(trashPath(options), options, await adminDir(repo, options.worktree));
  });
}

async function note(entry: string, options: TrashOptions, dir: string | null): Promise<void> {
  const { worktree: path, branch, head, dispatch, at } = options;
  await writeEntry(entry, { path, branch, head, dispatch, at, admin: dir === null ? null : basename(dir) });
}

export type Begun = TrashEntry & {
  readonly entry: string;
  /** The folder has been moved; git's record of it, and the branch, may be where they were. */
  readonly moved: boolean;
};

/** What is noted in the trash of a dispatch number, newest first. */
export async function begunTrash(root: string, dispatch: number): Promise<Begun[]> {
  const folder = join(root, TRASH);
  const found: Begun[] = [];
  for (const name of await readdir(folder).catch(() => [])) {
    const record = await readEntry(join(folder, name));
    if (record?.dispatch !== dispatch) continue;
    const entry = join(folder, name);
    found.push({ ...record, entry, moved: await isFolder(join(entry, "worktree")) });
  }
  return found.sort((a, b) => b.at - a.at);
}

/** Where an earlier attempt, that did not come to its end, moved it. */
async function lastEntry(options: TrashOptions): Promise<string | null> {
  const folder = join(options.root, TRASH);
  const prefix = entryPrefix(options);
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.startsWith(prefix)).sort();
  for (const name of names.reverse()) {
    if (await isFolder(join(folder, name, "worktree"))) return join(folder, name);
  }
  return null;
}

async function checkRoot(repo: RepoAt, options: TrashOptions): Promise<void> {
  const { worktree, root } = options;
  const refuse = (why: string) => new Problem("refused", `${worktree} is left alone: ${why}.`);
  if (dirname(worktree) !== root || basename(worktree).startsWith("."))
    throw refuse(`it is not directly in ${root}`);
  if (worktree === repo.root || isInside(repo.root, worktree))
    throw refuse("it is, or holds, the main checkout");
  if ((await lstat(root).catch(() => null))?.isSymbolicLink()) throw refuse(`${root} is a symbolic link`);
  const bin = await lstat(join(root, TRASH)).catch(() => null);
  if (bin !== null && !bin.isDirectory()) throw refuse(`${join(root, TRASH)} is not a folder`);
}

async function checkOurs(
  repo: RepoAt,
  worktree: string,
  by: { readonly dir: string | null; readonly home: string },
): Promise<void> {
  const refuse = (why: string, hint?: string) =>
    new Problem("refused", `${worktree} is left alone: ${why}.`, { hint });
  if (!(await isFolder(worktree))) throw refuse("it is not a folder");
  if (by.dir === null) {
    const text = await readFile(join(worktree, ".git"), "utf8").catch(() => "");
    const target = gitFileTarget(text, worktree);
    if (target === null || dirname(target) !== join(repo.commonDir, "worktrees")) {
      throw refuse("it is no worktree of this repository");
    }
    return;
  }
  const owner = await readOwner(by.dir);
  if (owner === "unreadable" || (owner !== null && owner.home !== by.home))
    throw refuse("it belongs to another Rally");
  const reason = await lockReason(by.dir);
  if (reason !== null && reason !== INITIALIZING) {
    throw refuse(
      `it is locked (${reason || "no reason given"})`,
      `git -C ${repo.root} worktree unlock ${worktree}`,
    );
  }
}

/** A rename; a copy only where the git dir is on another file system. */
async function move(from: string, to: string, name: string): Promise<void> {
  await passing("file", name, async () => {
    try {
      await rename(from, to);
    } catch (error) {
      if (codeOf(error) === "ENOENT") return;
      if (codeOf(error) !== "EXDEV" || name !== "trash-record") {
        throw new Problem("git", `${from} could not be moved away.`, {
          hint: "is a program still using it?",
          cause: error,
        });
      }
      await rm(to, { recursive: true, force: true });
      await cp(from, `${to}.part`, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
      await rename(`${to}.part`, to);
      await rm(from, { recursive: true, force: true });
    }
  });
}

/**
 * Deletes what has been in the trash for longer than `olderThanMs` and answers the names. Only what Rally put
 * there; links are removed, not followed; what cannot be deleted is left for the next time.
 */
export async function emptyTrash(root: string, olderThanMs: number, now: Time): Promise<string[]> {
  const folder = join(root, TRASH);
  if (!(await isFolder(folder))) return [];
  const gone: string[] = [];
  for (const name of await readdir(folder)) {
    const at = await trashedAt(join(folder, name));
    if (at === null || now - at < olderThanMs) continue;
    const isGone = await passing("file", "trash-empty", () => remove(join(folder, name)));
    if (isGone) gone.push(name);
  }
  return gone;
}

/** By the name; by the move itself for what an undo put aside. */
async function trashedAt(path: string): Promise<Time | null> {
  const named = /\.(\d{10,})$/.exec(path)?.[1];
  if (named !== undefined) return Number(named);
  return /\.undone\.[0-9a-f-]+$/.test(path) ? Math.floor((await lstat(path)).ctimeMs) : null;
}

async function remove(path: string): Promise<boolean> {
  try {
    await rm(path, { recursive: true, force: true });
    return true;
  } catch (error) {
    if (codeOf(error) !== "EACCES" && codeOf(error) !== "EPERM") return false;
    // Package caches are written without permission to delete from them.
    await run(["chmod", "-R", "u+rwX", "--", path], {
      cwd: "/",
      env: { PATH: "/usr/bin:/bin" },
      timeoutMs: 60_000,
      maxBytes: 4096,
    });
    return rm(path, { recursive: true, force: true }).then(
      () => true,
      () => false,
    );
  }
}
