import { lstat, readdir, readFile, realpath, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { passing } from "../boundary.ts";
import { Problem } from "../domain/problem.ts";
import type { GitAt } from "./git.ts";

/** Where a repository is: its main checkout and the folder that all of its worktrees share. */
export type RepoAt = { readonly root: string; readonly commonDir: string; readonly bare?: boolean };

/** The repository of a main checkout, without a process. Throws Problem `git` where there is none. */
export async function repoAt(root: string): Promise<RepoAt> {
  const dot = join(root, ".git");
  const found = await stat(dot).catch(() => null);
  if (found?.isDirectory()) return { root, commonDir: dot };
  if (found?.isFile()) {
    const target = gitFileTarget(await readFile(dot, "utf8"), root);
    if (target !== null) return { root, commonDir: await realpath(target).catch(() => target) };
  }
  const bare = await stat(join(root, "objects")).catch(() => null);
  if (bare?.isDirectory()) return { root, commonDir: root, bare: true };
  throw new Problem("git", `${root} is not a git repository any more.`, {
    hint: "Bring it back; rally projects lists where Rally looks for each.",
  });
}

/** How git is told of the main checkout. */
export function mainAt(repo: RepoAt): GitAt {
  return {
    gitDir: repo.commonDir,
    commonDir: repo.commonDir,
    workTree: repo.bare === true ? null : repo.root,
  };
}

/** How git is told of one of its worktrees: by the repository's own record, never by the worktree's `.git` file. */
export async function worktreeAt(repo: RepoAt, worktree: string): Promise<GitAt | null> {
  const gitDir = await adminDir(repo, worktree);
  if (gitDir === null) return null;
  await mendCommonDir(repo, gitDir);
  return { gitDir, commonDir: repo.commonDir, workTree: worktree };
}

/** Git reads a worktree's refs by this file, whatever GIT_COMMON_DIR says: a rewritten one is put right. */
async function mendCommonDir(repo: RepoAt, dir: string): Promise<void> {
  const path = join(dir, "commondir");
  const text = await readFile(path, "utf8").catch(() => "");
  const target = resolve(dir, text.replace(/\n+$/, ""));
  if (
    text !== "" &&
    (target === repo.commonDir || (await realpath(target).catch(() => "")) === repo.commonDir)
  )
    return;
  await passing("file", "commondir", async () => {
    await rm(path, { force: true });
    await writeFile(path, "../..\n");
  });
}

/** The folder below `worktrees/` that belongs to a worktree (which may be missing); null where there is none. */
export async function adminDir(repo: RepoAt, worktree: string): Promise<string | null> {
  // Git notes the real path; a folder above ours may be a link.
  const path = await realParent(worktree);
  const likely = join(repo.commonDir, "worktrees", basename(path));
  if ((await worktreeOf(likely)) === path) return likely;
  for (const dir of await adminDirs(repo)) if (dir !== likely && (await worktreeOf(dir)) === path) return dir;
  return null;
}

/** A path whose folders are real, while its last name may be a link, or missing. */
export async function realParent(path: string): Promise<string> {
  const parent = dirname(path);
  return join(await realpath(parent).catch(() => parent), basename(path));
}

export async function adminDirs(repo: RepoAt): Promise<string[]> {
  const folder = join(repo.commonDir, "worktrees");
  return (await readdir(folder).catch(() => [])).map((name) => join(folder, name));
}

/** The worktree that an admin folder speaks of. */
export async function worktreeOf(dir: string): Promise<string | null> {
  const text = await readFile(join(dir, "gitdir"), "utf8").catch(() => null);
  if (text === null || text.trim() === "") return null;
  const path = dirname(resolve(dir, text.replace(/\n+$/, "")));
  return basename(path) === "" ? null : path;
}

/** `refs/heads/…` of a worktree's HEAD, or the commit when it is detached. */
export async function headOf(
  dir: string,
): Promise<{ readonly ref: string } | { readonly sha: string } | null> {
  const text = (await readFile(join(dir, "HEAD"), "utf8").catch(() => "")).trim();
  if (text.startsWith("ref: ")) return { ref: text.slice(5) };
  return /^[0-9a-f]{40,64}$/.test(text) ? { sha: text } : null;
}

/** Why a worktree that is being made is locked: git's own word, so that its half-made ones and ours are undone alike. */
export const INITIALIZING = "initializing";

export async function lockReason(dir: string): Promise<string | null> {
  const text = await readFile(join(dir, "locked"), "utf8").catch(() => null);
  return text === null ? null : text.trim();
}

export function gitFileTarget(text: string, folder: string): string | null {
  const found = /^gitdir: (.+?)\n*$/s.exec(text);
  return found?.[1] === undefined ? null : resolve(folder, found[1]);
}

export async function isFolder(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => null))?.isDirectory() ?? false;
}
