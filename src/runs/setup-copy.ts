import { constants, copyFileSync, lstatSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { Problem } from "../domain/problem.ts";
import type { Mode } from "../domain/words.ts";
import { changing } from "../files.ts";
import { type RepoAt, worktreeAt } from "../git/admin.ts";
import { ensureExcluded } from "../git/exclude.ts";
import { fields, gitResult } from "../git/git.ts";
import { withRepoLock } from "../git/lock.ts";
import { makePlainFolder } from "./plain-folder.ts";

/** More than this is no handful of settings, but a pattern that means too much. */
const FILES_MAX = 1_000;

/**
 * Copies what `setup.copy` names (paths, folders, globs, relative to the main checkout) into a worktree that has just
 * been made; gives the paths. Nothing is written over, and no link is followed on either side. What git does not
 * ignore there is ignored from now on, so that no `git add -A` commits it. Nothing for `read-only`: what is not
 * trusted gets no settings. Throws `config` for a pattern that leads out of the checkout or matches too much.
 */
export async function copySetup(
  repo: RepoAt,
  patterns: readonly string[],
  to: { readonly worktree: string; readonly mode: Mode },
): Promise<readonly string[]> {
  if (to.mode === "read-only" || patterns.length === 0) return [];
  const copied: string[] = [];
  for (const pattern of patterns)
    for (const path of matching(repo.root, pattern)) {
      if (copied.length >= FILES_MAX) throw tooMany(pattern);
      if (copy(repo.root, to.worktree, path)) copied.push(path);
    }
  await ignore(repo, to.worktree, copied);
  return copied;
}

function matching(root: string, pattern: string): Iterable<string> {
  const plain = pattern.replace(/\/+$/, "");
  const parts = plain.split("/");
  if (plain === "" || plain.startsWith("/") || parts.includes("..") || parts.includes(".git"))
    throw new Problem("config", `"${pattern}" is no path inside the checkout (setup.copy).`, {
      hint: 'rally config set setup.copy ".env,config/local.json"',
    });
  const isFolder = lstatSync(join(root, plain), { throwIfNoEntry: false })?.isDirectory() ?? false;
  const glob = new Bun.Glob(isFolder ? `${plain}/**` : plain);
  return glob.scanSync({ cwd: root, dot: true, onlyFiles: true, followSymlinks: false });
}

function copy(root: string, worktree: string, path: string): boolean {
  const from = join(root, path);
  // A link anywhere on the way would bring in what is not the checkout's.
  if (/(^|\/)\.git(\/|$)|[\n\r]/.test(path)) return false;
  if (!lstatSync(from).isFile() || realpathSync(from) !== from) return false;
  const target = join(worktree, path);
  if (lstatSync(target, { throwIfNoEntry: false }) || !makePlainFolder(worktree, dirname(path))) return false;
  changing(target, () => copyFileSync(from, target, constants.COPYFILE_EXCL));
  return true;
}

async function ignore(repo: RepoAt, worktree: string, paths: readonly string[]): Promise<void> {
  const at = paths.length === 0 ? null : await worktreeAt(repo, worktree);
  if (at === null) return;
  const stdin = paths.map((path) => `${path}\0`).join("");
  const ignored = fields((await gitResult(at, ["check-ignore", "-z", "--stdin"], { stdin })).stdout);
  const seen = paths.filter((path) => !ignored.includes(path));
  if (seen.length > 0) await withRepoLock(repo, () => ensureExcluded(repo, seen.map(asPattern)));
}

/** A line of `info/exclude` that means this path and no other. */
function asPattern(path: string): string {
  return `/${path.replace(/[\\*?[\]!# ]/g, "\\$&")}`;
}

function tooMany(pattern: string): Problem {
  return new Problem("config", `"${pattern}" matches more than ${FILES_MAX} files (setup.copy).`, {
    hint: "Name the files more closely; what is built belongs into setup.script.",
  });
}
