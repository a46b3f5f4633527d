import { randomUUID } from "node:crypto";
import { lstat, mkdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { passing } from "../boundary.ts";
import { Problem } from "../domain/problem.ts";
import { adminDir, headOf, isFolder, mainAt, type RepoAt } from "./admin.ts";
import { tipOf } from "./base.ts";
import { placeOf } from "./branch.ts";
import { git, gitResult } from "./git.ts";
import { withRepoLock } from "./lock.ts";
import { checkBranchName } from "./names.ts";
import { type Owner, readOwner, writeOwner } from "./owner.ts";
import { readEntry, replaceFile, type TrashEntry } from "./trash-entry.ts";

/**
 * Brings back what `trash` moved away: the branch (`branch`: under another name) at the tip that it had, git's record
 * with index and all, then the folder. Can be repeated after a crash between any two steps. Throws `missing` where the
 * trash was emptied, `conflict` where the folder or the branch is in use again.
 */
export async function untrash(
  repo: RepoAt,
  options: {
    readonly entry: string;
    readonly owner: Owner;
    readonly branch?: string | null;
    /** Another place than where it was. */
    readonly path?: string | null;
  },
): Promise<{ readonly path: string; readonly branch: string | null }> {
  const record = await readEntry(options.entry);
  if (record === null) return alreadyBack(repo, options);
  const path = options.path ?? record.path;
  const branch = options.branch ?? record.branch;
  const kept = join(options.entry, "worktree");
  return withRepoLock(repo, async () => {
    const isKept = await isFolder(kept);
    if (!isKept && (await adminDir(repo, path)) === null) {
      throw new Problem("missing", `${options.entry} holds no worktree any more.`);
    }
    if (isKept && (await lstat(path).catch(() => null)) !== null) {
      throw new Problem("conflict", `${path} is in use again.`, { hint: "rally undo <d> --branch <name>" });
    }
    if ((await lstat(dirname(path)).catch(() => null))?.isSymbolicLink()) {
      throw new Problem("refused", `${dirname(path)} is a symbolic link, so worktrees cannot be kept in it.`);
    }
    if (branch !== null) await bringBranch(repo, branch, { head: record.head, path });
    const dir = await bringRecord(repo, options.entry, { record, path });
    await point(dir, { record, path, branch });
    await writeOwner(dir, options.owner);
    if (isKept) await bringFolder(kept, path, dir);
    await rm(options.entry, { recursive: true, force: true });
    return { path, branch };
  });
}

/** The last step of an earlier attempt was to empty the entry. */
async function alreadyBack(
  repo: RepoAt,
  options: { readonly entry: string; readonly owner: Owner; readonly path?: string | null },
): Promise<{ readonly path: string; readonly branch: string | null }> {
  const path = options.path ?? null;
  const dir = path === null ? null : await adminDir(repo, path);
  const owner = dir === null ? null : await readOwner(dir);
  const isOurs = owner !== null && owner !== "unreadable" && owner.dispatch === options.owner.dispatch;
  if (path === null || dir === null || !isOurs || owner.home !== options.owner.home) {
    throw new Problem("missing", `${options.entry} is not in the trash any more.`, { hint: "rally history" });
  }
  const head = await headOf(dir);
  const isOnBranch = head !== null && "ref" in head && head.ref.startsWith("refs/heads/");
  return { path, branch: isOnBranch ? head.ref.slice("refs/heads/".length) : null };
}

async function bringBranch(
  repo: RepoAt,
  branch: string,
  was: { readonly head: string | null; readonly path: string },
): Promise<void> {
  checkBranchName(branch);
  const ref = `refs/heads/${branch}`;
  const there = await tipOf(repo, ref);
  const place = there === null ? null : await placeOf(repo, branch);
  const isTaken = there !== null && (there !== was.head || (place !== null && place !== was.path));
  if (isTaken) {
    throw new Problem("conflict", `The branch ${branch} is in use again.`, {
      hint: "rally undo <d> --branch <name>",
    });
  }
  if (there !== null || was.head === null) return;
  await git(mainAt(repo), ["update-ref", "--create-reflog", "--", ref, was.head, ""], {
    effect: "branch-restore",
  });
}

async function bringRecord(
  repo: RepoAt,
  entry: string,
  to: { readonly record: TrashEntry; readonly path: string },
): Promise<string> {
  const known = await adminDir(repo, to.path);
  if (known !== null) return known;
  const kept = join(entry, "git");
  const folder = join(repo.commonDir, "worktrees");
  await mkdir(folder, { recursive: true });
  const wanted = join(folder, to.record.admin ?? basename(to.path));
  const isFree = (await lstat(wanted).catch(() => null)) === null;
  const dir = isFree ? wanted : `${wanted}-${randomUUID().slice(0, 8)}`;
  if (await isFolder(kept)) {
    // Named while it is still in the trash: a crash after the rename finds it by its path.
    await replaceFile(join(kept, "gitdir"), `${join(to.path, ".git")}\n`);
    await passing("file", "untrash-record", () => rename(kept, dir));
    return dir;
  }
  // The record had been pruned by hand before: HEAD and place are enough, the index is read anew.
  await mkdir(dir);
  await replaceFile(join(dir, "HEAD"), headLine(to.record.branch, to.record.head));
  await replaceFile(join(dir, "commondir"), "../..\n");
  await replaceFile(join(dir, "gitdir"), `${join(to.path, ".git")}\n`);
  const at = { gitDir: dir, commonDir: repo.commonDir, workTree: null };
  await gitResult(at, ["read-tree", "HEAD"], { effect: "untrash-index" });
  return dir;
}

/** What an agent could have rewritten is written anew. */
async function point(
  dir: string,
  to: { readonly record: TrashEntry; readonly path: string; readonly branch: string | null },
): Promise<void> {
  await replaceFile(join(dir, "commondir"), "../..\n");
  await rm(join(dir, "locked"), { force: true });
  const head = await headOf(dir);
  const isRenamed = to.branch !== null && to.branch !== to.record.branch;
  if (isRenamed && head !== null && "ref" in head && head.ref === `refs/heads/${to.record.branch}`) {
    await replaceFile(join(dir, "HEAD"), headLine(to.branch, null));
  }
}

function headLine(branch: string | null, head: string | null): string {
  return branch === null ? `${head ?? ""}\n` : `ref: refs/heads/${branch}\n`;
}

async function bringFolder(kept: string, path: string, dir: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await replaceFile(join(kept, ".git"), `gitdir: ${dir}\n`);
  await passing("file", "untrash-worktree", () => rename(kept, path));
}
