import { randomUUID } from "node:crypto";
import { lstat, mkdir, rename, rm, rmdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { passing } from "../boundary.ts";
import { adminDir, headOf, INITIALIZING, isFolder, lockReason, type RepoAt, worktreeAt } from "./admin.ts";
import { tipOf } from "./base.ts";
import { placeOf, removeRef } from "./branch.ts";
import { withRepoLock } from "./lock.ts";
import { type Owner, readOwner } from "./owner.ts";
import { worktreeStatus } from "./status.ts";
import { ownName, sweepAbandoned } from "./temporary.ts";
import { TRASH } from "./trash-entry.ts";

export type HalfMade = {
  readonly path: string;
  /** Null: it was there before. */
  readonly branch: string | null;
  readonly start: string;
  readonly owner: Owner;
};

/**
 * Undoes a worktree whose making, or whose start, failed: its folder and record, and the branch while its tip is
 * still `start`. Only what is provably that worktree is touched, never another home's; files that somebody put there
 * are moved to `.trash` beside it, not deleted. Can be repeated; answers what it removed.
 */
export async function undoHalfMade(
  repo: RepoAt,
  made: HalfMade,
): Promise<{ readonly worktree: boolean; readonly branch: boolean }> {
  return withRepoLock(repo, async () => {
    await sweepAbandoned(join(dirname(made.path), TRASH), goingOf(made.path));
    const worktree = await undoWorktree(repo, made);
    if (worktree === "foreign") return { worktree: false, branch: false };
    const tip = made.branch === null ? null : await tipOf(repo, `refs/heads/${made.branch}`);
    const isUntouched = made.branch !== null && tip === made.start;
    const branch = isUntouched && made.branch !== null && (await dropBranch(repo, made.branch, made.start));
    return { worktree, branch };
  });
}

/** Whether somebody died while making the worktree at this path: files may be missing in it. */
export async function isHalfMade(repo: RepoAt, path: string): Promise<boolean> {
  const dir = await adminDir(repo, path);
  return dir !== null && (await lockReason(dir)) === INITIALIZING;
}

async function dropBranch(repo: RepoAt, branch: string, start: string): Promise<boolean> {
  // Checked out elsewhere: somebody uses it.
  return (await placeOf(repo, branch)) === null && removeRef(repo, branch, start);
}

async function undoWorktree(repo: RepoAt, made: HalfMade): Promise<boolean | "foreign"> {
  const dir = await adminDir(repo, made.path);
  if (dir === null) {
    // Git enters the record first: without one, at most an empty folder is ours.
    const there = await lstat(made.path).catch(() => null);
    if (there?.isDirectory()) await rmdir(made.path).catch(() => undefined);
    return false;
  }
  const reason = await lockReason(dir);
  if (reason !== null && reason !== INITIALIZING) return false;
  const owner = await readOwner(dir);
  const isOurs =
    owner === null ||
    (owner !== "unreadable" && owner.home === made.owner.home && owner.dispatch === made.owner.dispatch);
  if (!isOurs) return "foreign";
  const head = await headOf(dir);
  const isOnBranch =
    head !== null && "ref" in head && (made.branch === null || head.ref === `refs/heads/${made.branch}`);
  const tip = head !== null && "ref" in head ? await tipOf(repo, head.ref) : null;
  if (!isOnBranch || (tip !== null && tip !== made.start)) return false;
  if (await isFolder(made.path)) await removeFolder(repo, made.path, reason !== null);
  await passing("file", "worktree-forget", () => rm(dir, { recursive: true, force: true }));
  return true;
}

/** First aside, so that a crash leaves either the whole worktree or none under its name. */
async function removeFolder(repo: RepoAt, path: string, isHalf: boolean): Promise<void> {
  const at = isHalf ? null : await worktreeAt(repo, path);
  const isDirty = at !== null && (await worktreeStatus(at)).dirty;
  const trash = join(dirname(path), TRASH);
  await mkdir(trash, { recursive: true });
  const name = isDirty ? `${basename(path)}.undone.${randomUUID()}` : ownName(goingOf(path));
  const aside = join(trash, name);
  await passing("file", "worktree-aside", () => rename(path, aside));
  if (!isDirty) await passing("file", "worktree-remove", () => rm(aside, { recursive: true, force: true }));
}

/** What nobody has touched goes; where its remover died, it is known by this name. */
function goingOf(path: string): string {
  return `${basename(path)}.going.`;
}
