import { join } from "node:path";
import { adminDir, mainAt, type RepoAt, repoAt } from "./admin.ts";
import { tipOf } from "./base.ts";
import { git, gitResult } from "./git.ts";
import { spawnGit } from "./spawn.ts";
import { indexStamp } from "./status.ts";

/** The branch that is checked out where somebody stands; null outside of a repository, or when detached. */
export async function headBranch(cwd: string): Promise<string | null> {
  const result = await spawnGit(["symbolic-ref", "--quiet", "--short", "HEAD"], { cwd });
  return result.code === 0 ? new TextDecoder().decode(result.stdout).trim() || null : null;
}

/** Changes when something is staged or committed in a worktree; null where there is none. Starts no process. */
export async function indexStampOf(repoRoot: string, worktree: string): Promise<string | null> {
  const dir = await adminDir(await repoAt(repoRoot), worktree);
  return dir === null ? null : indexStamp(dir);
}

const COMMITS_MAX = 1_000;

/** The commits of a branch's own, newest first, at most 1,000. */
export async function ownCommits(
  repo: RepoAt,
  work: { readonly head: string | null; readonly baseSha: string | null },
): Promise<string[]> {
  if (work.head === null || work.baseSha === null) return [];
  const args = ["rev-list", `--max-count=${COMMITS_MAX}`, work.head, "--not", work.baseSha];
  return (await git(mainAt(repo), args)).split("\n").filter((line) => line !== "");
}

/** The address of a remote as it was written down, before `insteadOf` sends it elsewhere; null where there is none. */
export async function writtenUrl(repo: RepoAt, remote: string): Promise<string | null> {
  const result = await gitResult(mainAt(repo), ["config", "--get", `remote.${remote}.url`]);
  return result.code === 0 ? result.stdout.trim() : null;
}

/** Where branches of the bare repositories below a folder point: `<folder>/<owner>/<name>.git`. */
export function headsBelow(folder: string): (repo: string, branch: string) => Promise<string | null> {
  return async (name, branch) => {
    const root = join(folder, `${name}.git`);
    return tipOf({ root, commonDir: root, bare: true }, `refs/heads/${branch}`);
  };
}

/** Who commits here, as git itself would say; null where nobody has said so. */
export async function committer(
  repo: RepoAt,
): Promise<{ readonly name: string; readonly email: string } | null> {
  const result = await gitResult(mainAt(repo), ["var", "GIT_COMMITTER_IDENT"]);
  const found = /^(.*) <([^>]*)> \d+ [+-]\d+\s*$/.exec(result.stdout);
  return result.code === 0 && found?.[1] !== undefined && found[2] !== undefined
    ? { name: found[1], email: found[2] }
    : null;
}
