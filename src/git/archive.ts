import { Problem } from "../domain/problem.ts";
import type { Time } from "../domain/words.ts";
import { adminDir, isFolder, mainAt, type RepoAt } from "./admin.ts";
import { tipOf } from "./base.ts";
import { isOurs } from "./branch.ts";
import { type GitAt, git, gitResult } from "./git.ts";
import { isAncestor } from "./history.ts";
import type { Owner } from "./owner.ts";
import { readSnapshot, snapshotWork } from "./snapshot.ts";
import { isHalfMade, undoHalfMade } from "./undo.ts";
import { addWorktree } from "./worktree.ts";

export type Archived = {
  /** `refs/rally/archive/<dispatch>/<time>` */
  readonly ref: string;
  readonly commit: string;
  /** The worktree held changes; they are in the commit. */
  readonly dirty: boolean;
  /** Beside it, where the branch holds commits that the worktree's HEAD does not. */
  readonly branchRef: string | null;
};

/**
 * Keeps a dispatch's work under an archive ref: the branch's tip `head`, the worktree's HEAD where that is another,
 * and a commit of the whole tree where it is dirty. Null: there is nothing to keep. Repeated at the same time with
 * the same work it answers the same; a ref that is there is never changed.
 */
export async function archive(
  repo: RepoAt,
  options: {
    readonly dispatch: number;
    readonly at: Time;
    readonly head: string | null;
    readonly worktree: string | null;
  },
): Promise<Archived | null> {
  const { dispatch, at, head, worktree } = options;
  const name = archiveName(dispatch, at);
  const isThere =
    worktree !== null && (await isFolder(worktree)) && (await adminDir(repo, worktree)) !== null;
  const before = isThere ? null : await keptBefore(repo, name, head);
  if (before !== null) return before;
  const snapshot = isThere ? await snapshotWork(repo, { worktree, dispatch, at }) : null;
  const commit = snapshot?.commit ?? head;
  if (commit === null) return null;
  const ref = await keep(repo, name, commit);
  const isApart = head !== null && head !== commit && !(await isAncestor(repo, head, commit));
  const branchRef = isApart ? await keep(repo, `${name}-branch`, head) : null;
  return { ref, commit, dirty: snapshot?.dirty ?? false, branchRef };
}

/** What every ref begins with that is made of a dispatch's work at that time; more of it has `-` behind it. */
export function archiveName(dispatch: number, at: Time): string {
  return `refs/rally/archive/${dispatch}/${at}`;
}

/** An earlier attempt kept it and then moved the worktree away: what it kept is all there was. */
async function keptBefore(repo: RepoAt, ref: string, head: string | null): Promise<Archived | null> {
  const commit = await tipOf(repo, ref);
  if (commit === null) return null;
  const branchTip = await tipOf(repo, `${ref}-branch`);
  const isIn = head === null || branchTip === head || (await isAncestor(repo, head, commit));
  if (!isIn) return null;
  const dirty = (await readSnapshot(mainAt(repo), commit)) !== null;
  return { ref, commit, dirty, branchRef: branchTip === null ? null : `${ref}-branch` };
}

/** Creates a ref, never moves one: a name that holds another commit gets a suffix. */
async function keep(repo: RepoAt, name: string, commit: string): Promise<string> {
  for (let n = 1; n < 1000; n++) {
    const ref = n === 1 ? name : `${name}-${n}`;
    const result = await gitResult(mainAt(repo), ["update-ref", "--", ref, commit, ""], {
      effect: "archive",
    });
    if (result.code === 0) return ref;
    const there = await tipOf(repo, ref);
    if (there === commit) return ref;
    if (there === null)
      throw new Problem("git", `The work could not be kept as ${ref}: ${result.stderr.trim()}`);
  }
  throw new Problem("git", `The work could not be kept as ${name}: all names like it are taken.`);
}

export type ArchiveEntry = {
  readonly ref: string;
  readonly dispatch: number;
  readonly commit: string;
  /** Null: not made by cleaning. */
  readonly at: Time | null;
};

/** What is kept, of one dispatch or of all; oldest first. */
export async function listArchive(repo: RepoAt, dispatch?: number): Promise<ArchiveEntry[]> {
  const root = dispatch === undefined ? "refs/rally/archive" : `refs/rally/archive/${dispatch}`;
  const text = await git(mainAt(repo), ["for-each-ref", "--format=%(objectname) %(refname)", root]);
  const entries = text.split("\n").flatMap((line): ArchiveEntry[] => {
    const found = /^([0-9a-f]+) (refs\/rally\/archive\/(\d+)\/(\S+))$/.exec(line);
    if (found === null) return [];
    const [, commit = "", ref = "", number, name = ""] = found;
    const at = /^\d{10,}/.exec(name)?.[0];
    return [{ ref, dispatch: Number(number), commit, at: at === undefined ? null : Number(at) }];
  });
  return entries.sort((a, b) => (a.at ?? 0) - (b.at ?? 0) || a.ref.localeCompare(b.ref));
}

/** Deletes one archive ref while it holds that commit. False: it was gone. */
export async function deleteArchive(
  repo: RepoAt,
  entry: Pick<ArchiveEntry, "ref" | "commit">,
): Promise<boolean> {
  if (!/^refs\/rally\/archive\/\d+\/[^/]+(\/[^/]+)?$/.test(entry.ref)) {
    throw new Problem("refused", `${entry.ref} is no archive of Rally's.`);
  }
  if ((await tipOf(repo, entry.ref)) === null) return false;
  await git(mainAt(repo), ["update-ref", "-d", entry.ref, entry.commit], { effect: "archive-delete" });
  return true;
}

/**
 * A worktree made again from an archive ref: a new branch at `branchHead` (else at the commit that the work stood
 * on), the files and what was staged as they were. Ignored files are not in it. Repeated after a crash it begins again.
 * Throws as `addWorktree`, and `missing` without the ref.
 */
export async function restoreFromArchive(
  repo: RepoAt,
  options: {
    readonly ref: string;
    readonly path: string;
    readonly branch: string;
    readonly branchHead?: string | null;
    readonly owner: Owner;
  },
): Promise<void> {
  const { ref, path, branch, owner } = options;
  const commit = await tipOf(repo, ref);
  if (commit === null)
    throw new Problem("missing", `${ref} is not there any more.`, { hint: "rally history" });
  const snapshot = await readSnapshot(mainAt(repo), commit);
  const start = snapshot === null ? commit : snapshot.head;
  if (start === null) throw new Problem("missing", `${ref} holds no commit to stand on.`);
  const tip = options.branchHead ?? start;
  const isBegun = await isHalfMade(repo, path);
  const isGone = (await adminDir(repo, path)) === null && isOurs(branch);
  if (isBegun || isGone) await undoHalfMade(repo, { path, branch, start: tip, owner });
  const fill = async (at: GitAt) => {
    if (snapshot === null) return;
    await git(at, ["read-tree", "--reset", "-u", commit], { effect: "restore" });
    await git(at, ["read-tree", snapshot.staged ?? start], { effect: "restore" });
  };
  await addWorktree(repo, { path, branch, start: tip, owner, fill });
}
