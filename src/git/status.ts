import { statSync } from "node:fs";
import { join } from "node:path";
import { type GitAt, gitBytes, gitProblem } from "./git.ts";
import { changedSince, readable } from "./instead/kept.ts";

export type WorktreeStatus = {
  /** Of HEAD; null before the first commit. */
  readonly head: string | null;
  /** Null when detached. */
  readonly branch: string | null;
  /** Tracked files changed, staged or in conflict, or untracked ones there. */
  readonly dirty: boolean;
  readonly changed: readonly string[];
  /** Paths of untracked files; of a nested repository the folder, with a `/` at its end. */
  readonly untracked: readonly string[];
  /** Submodules whose checkout is at another commit than recorded. */
  readonly submodules: readonly string[];
  /** There was more than is read: the lists are not complete. */
  readonly truncated: boolean;
};

const FLAGS = ["--porcelain=v2", "--branch", "-z", "--no-renames", "--no-ahead-behind"];

/**
 * One `git status`, whatever the configuration says of untracked files, renames and submodules; with what somebody has
 * changed of the files that stand there instead of the branch's own.
 */
export async function worktreeStatus(at: GitAt): Promise<WorktreeStatus> {
  const args = ["status", ...FLAGS, "--untracked-files=all", "--ignore-submodules=dirty"];
  const result = await gitBytes(at, args, { maxBytes: 32 * 1024 * 1024 });
  // Cut off, git may have been ended by its broken pipe; what was read is enough to say "dirty".
  if (result.code !== 0 && !result.truncated) throw gitProblem(args, result);
  const seen = parseStatus(new TextDecoder().decode(result.stdout), result.truncated);
  const hidden = (await changedSince(at)).map(readable).filter((path) => !seen.changed.includes(path));
  return hidden.length === 0 ? seen : { ...seen, dirty: true, changed: [...seen.changed, ...hidden] };
}

/** Pure. `--porcelain=v2 -z --no-renames`: one record a NUL. */
function parseStatus(text: string, truncated: boolean): WorktreeStatus {
  let head: string | null = null;
  let branch: string | null = null;
  const changed: string[] = [];
  const untracked: string[] = [];
  const submodules: string[] = [];
  for (const record of text.split("\0")) {
    if (record.startsWith("# branch.oid ")) head = record.slice(13) === "(initial)" ? null : record.slice(13);
    else if (record.startsWith("# branch.head "))
      branch = record.slice(14) === "(detached)" ? null : record.slice(14);
    else if (record.startsWith("? ")) untracked.push(record.slice(2));
    else if (/^[12u] /.test(record)) {
      const parts = record.split(" ");
      const path = parts.slice(record.startsWith("u ") ? 10 : record.startsWith("2 ") ? 9 : 8).join(" ");
      changed.push(path);
      if (parts[2]?.startsWith("S")) submodules.push(path);
    }
  }
  const dirty = changed.length > 0 || untracked.length > 0 || truncated;
  return { head, branch, dirty, changed, untracked, submodules, truncated };
}

/** Changes when something is staged or committed; without a process. Null: no index. */
export function indexStamp(worktreeGitDir: string): string | null {
  const stat = statSync(join(worktreeGitDir, "index"), { bigint: true, throwIfNoEntry: false });
  return stat === undefined ? null : `${stat.mtimeNs}:${stat.size}`;
}
