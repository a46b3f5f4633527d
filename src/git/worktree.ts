import { lstat, mkdir, rm, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { passing } from "../boundary.ts";
import { Problem } from "../domain/problem.ts";
import { adminDir, headOf, INITIALIZING, lockReason, mainAt, type RepoAt, worktreeAt } from "./admin.ts";
import { tipOf } from "./base.ts";
import { placeOf } from "./branch.ts";
import { ensureExcluded } from "./exclude.ts";
import { type GitAt, git } from "./git.ts";
import { withRepoLock } from "./lock.ts";
import { checkBranchName } from "./names.ts";
import { type Owner, writeOwner } from "./owner.ts";
import { tame } from "./tame.ts";
import { isHalfMade, undoHalfMade } from "./undo.ts";

type Place = {
  readonly path: string;
  readonly owner: Owner;
  readonly seconds?: number;
  /** What belongs to its making beyond the checkout: until it has come to its end, the worktree counts as half-made. */
  readonly fill?: (at: GitAt) => Promise<void>;
};

/**
 * A worktree on a new branch at `start`. Nothing that exists is reset or written over: a folder or a branch that is
 * there already is a `conflict`. What a failure leaves is undone. The repository's lock is held only until the
 * worktree is entered; files are written after it, so that several can be made at once.
 */
export async function addWorktree(
  repo: RepoAt,
  options: Place & { readonly branch: string; readonly start: string },
): Promise<void> {
  const { path, branch, start } = options;
  checkBranchName(branch);
  await making(repo, options, { branch, start }, async () => {
    if ((await tipOf(repo, `refs/heads/${branch}`)) !== null) throw branchThere(branch);
    return ["-b", branch, "--", path, start];
  });
}

/** A worktree on a branch that is there, as it is. `missing` without the branch, `conflict` where it is checked out. */
export async function adoptWorktree(
  repo: RepoAt,
  options: Place & { readonly branch: string },
): Promise<void> {
  const { path, branch } = options;
  checkBranchName(branch);
  const start = (await tipOf(repo, `refs/heads/${branch}`)) ?? "";
  await making(repo, options, { branch: null, start }, async () => {
    await refuseBusy(repo, branch);
    return ["--", path, branch];
  });
}

/**
 * The worktree of a branch made again where its folder was deleted by hand, or where that was begun and not ended. What was not committed is lost; a commit
 * that only its detached HEAD held is kept under `refs/rally/archive/<dispatch>/detached-<commit>` and named.
 */
export async function restoreWorktree(
  repo: RepoAt,
  options: Place & {
    readonly branch: string;
    /** Told of that ref before it is made. */
    readonly keeps?: (ref: string) => void;
  },
): Promise<{ readonly detached: string | null }> {
  const { path, branch, owner } = options;
  checkBranchName(branch);
  const start = (await tipOf(repo, `refs/heads/${branch}`)) ?? "";
  if (await isHalfMade(repo, path)) await undoHalfMade(repo, { path, branch: null, start, owner });
  let detached: string | null = null;
  await making(repo, options, { branch: null, start }, async () => {
    detached = await forgetMissing(repo, path, owner.dispatch, options.keeps);
    await refuseBusy(repo, branch);
    return ["--", path, branch];
  });
  return { detached };
}

/** Enters the worktree under the lock, fills it after; what a failure leaves is undone, nothing else. */
async function making(
  repo: RepoAt,
  place: Place,
  made: { readonly branch: string | null; readonly start: string },
  check: () => Promise<readonly string[]>,
): Promise<void> {
  let begun = false;
  try {
    await withRepoLock(repo, async () => {
      await prepare(repo, place.path);
      const args = await check();
      begun = true;
      await enter(repo, place, args);
    });
    await checkout(repo, place);
  } catch (error) {
    // Somebody else's branch of that name, made at this very moment, is not ours to undo.
    const isTheirs = error instanceof Problem && /already exists/.test(error.message);
    if (begun && !isTheirs) await undoHalfMade(repo, { path: place.path, owner: place.owner, ...made });
    throw error;
  }
}

async function prepare(repo: RepoAt, path: string): Promise<void> {
  const there = await lstat(path).catch(() => null);
  if (there !== null) {
    throw new Problem("conflict", `${path} exists already; Rally does not touch it.`, {
      hint: "move it away",
    });
  }
  const parent = dirname(path);
  if ((await lstat(parent).catch(() => null))?.isSymbolicLink()) {
    throw new Problem("refused", `${parent} is a symbolic link, so worktrees cannot be kept in it.`, {
      hint: "set worktrees.root to the real folder",
    });
  }
  await mkdir(parent, { recursive: true });
  await ensureExcluded(repo);
}

async function refuseBusy(repo: RepoAt, branch: string): Promise<void> {
  if ((await tipOf(repo, `refs/heads/${branch}`)) === null) {
    throw new Problem("missing", `There is no branch ${branch} any more.`, { hint: "rally clean" });
  }
  const place = await placeOf(repo, branch);
  if (place !== null) {
    throw new Problem("conflict", `${branch} is checked out in ${place}.`, {
      hint: `git -C ${place} switch <other>`,
    });
  }
}

async function enter(repo: RepoAt, place: Place, args: readonly string[]): Promise<void> {
  const flags = ["--no-track", "--no-guess-remote", "--no-checkout", "--lock", "--reason", INITIALIZING];
  const track = args[0] === "-b" ? flags : flags.slice(1);
  await git(mainAt(repo), ["worktree", "add", "--quiet", ...track, ...args], { effect: "worktree-add" });
  const dir = await adminDir(repo, place.path);
  if (dir === null) throw new Problem("git", `git made ${place.path}, but keeps no record of it.`);
  await writeOwner(dir, place.owner);
}

async function checkout(repo: RepoAt, place: Place): Promise<void> {
  const at = await worktreeAt(repo, place.path);
  if (at === null) throw new Problem("git", `${place.path} was removed while it was made.`);
  const { promisor } = await tame(at);
  await git(at, ["reset", "--hard", "--quiet", "--no-recurse-submodules"], {
    effect: "checkout",
    seconds: place.seconds ?? 600,
    reach: promisor ? "remote" : "local",
  });
  await place.fill?.(at);
  await passing("file", "worktree-unlock", () => unlink(join(at.gitDir, "locked")));
}

/** What `git worktree prune` does, for this one path only: others may just not be mounted. */
async function forgetMissing(
  repo: RepoAt,
  path: string,
  dispatch: number,
  keeps: (ref: string) => void = () => undefined,
): Promise<string | null> {
  const dir = await adminDir(repo, path);
  if (dir === null) return null;
  const reason = await lockReason(dir);
  if (reason !== null && reason !== INITIALIZING) {
    throw new Problem("conflict", `The worktree ${path} is locked: ${reason || "no reason given"}.`, {
      hint: `git -C ${repo.root} worktree unlock ${path}`,
    });
  }
  const head = await headOf(dir);
  const sha = head !== null && "sha" in head && (await tipOf(repo, head.sha)) !== null ? head.sha : null;
  if (sha !== null) {
    const ref = `refs/rally/archive/${dispatch}/detached-${sha.slice(0, 12)}`;
    keeps(ref);
    await git(mainAt(repo), ["update-ref", ref, sha], { effect: "archive" });
  }
  await passing("file", "worktree-forget", () => rm(dir, { recursive: true, force: true }));
  return sha;
}

function branchThere(branch: string): Problem {
  return new Problem("conflict", `The branch ${branch} exists already; Rally never resets one.`, {
    hint: "name another with --branch",
  });
}
