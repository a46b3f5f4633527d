import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Problem } from "../domain/problem.ts";
import { mainAt, type RepoAt } from "./admin.ts";
import { fields, git, gitBytes, gitResult } from "./git.ts";

/** For everything that shows a difference: the same whatever the configuration, and no program but git. */
export const DIFF_FLAGS = [
  "--no-ext-diff",
  "--no-textconv",
  "--no-color",
  "--ignore-submodules=dirty",
  "--diff-algorithm=myers",
  "--src-prefix=a/",
  "--dst-prefix=b/",
] as const;

/** A base that took more commits or bytes than this since the work began is not searched for its patches. */
const MOST_COMMITS = 3000;
const MOST_BYTES = 48 * 1024 * 1024;

export type Work = {
  /** Tips of the work: the worktree's HEAD and the branch. */
  readonly tips: readonly string[];
  /** The base's commit now; null where it is gone. */
  readonly base: string | null;
  /** The base's commit when the work began. */
  readonly baseSha: string | null;
};

/** How many commits `tips` have that none of `not` has. */
export async function countCommits(
  repo: RepoAt,
  tips: readonly string[],
  not: readonly string[],
): Promise<number> {
  if (tips.length === 0) return 0;
  const args = ["rev-list", "--count", ...tips, "--not", ...not];
  return Number((await git(mainAt(repo), args)).trim());
}

/** The commit from which the work is told: where it left the base, or where it began when the base has all of it. */
export async function ownStart(repo: RepoAt, work: Work & { readonly head: string }): Promise<string> {
  const { head, base, baseSha } = work;
  const began = baseSha ?? head;
  if (base === null || base === baseSha) return began;
  const result = await gitResult(mainAt(repo), ["merge-base", base, head]);
  const fork = result.code === 0 ? result.stdout.trim() : "";
  if (fork === "" || fork === began || fork === head || baseSha === null)
    return fork === head ? began : fork || began;
  // A base that was rewritten forks earlier than the work began.
  return (await isAncestor(repo, fork, baseSha)) && (await isAncestor(repo, baseSha, head)) ? baseSha : fork;
}

export async function isAncestor(repo: RepoAt, old: string, young: string): Promise<boolean> {
  return (await gitResult(mainAt(repo), ["merge-base", "--is-ancestor", old, young])).code === 0;
}

/**
 * Whether there is a commit of its own and all of them are in the base: merged, fast-forwarded, rebased, or squashed
 * (invariant 33). A head that only followed the base has none of its own. When in doubt, no.
 */
export async function inBase(
  repo: RepoAt,
  work: {
    readonly head: string;
    readonly base: string | null;
    readonly baseSha: string | null;
    readonly branch?: string | null;
    /** The head of which that was found before. */
    readonly knownIn?: string | null | undefined;
  },
): Promise<boolean> {
  const { head, base, baseSha } = work;
  // Nothing can have come into a base that has not moved.
  if (base === null || base === baseSha || head === baseSha) return false;
  if (await isAncestor(repo, head, base)) return head === work.knownIn || madeHere(repo, work, base);
  const fork = (await gitResult(mainAt(repo), ["merge-base", base, head])).stdout.trim();
  if (fork === "" || fork === base) return false;
  const key = `${fork} ${head} ${base}`;
  const known = squashed.get(key);
  if (known !== undefined) return known;
  const found = (await sameContent(repo, fork, head, base)) || (await samePatches(repo, fork, head, base));
  if (squashed.size > 5000) squashed.clear();
  squashed.set(key, found);
  return found;
}

/** What was found for three commits stays true. */
const squashed = new Map<string, boolean>();

/**
 * All commits are in the base. Are there any of its own? Those that a merge brought in are; on the base's own line
 * they are where the branch's history says that it made them (a commit, not a fast-forward).
 */
async function madeHere(
  repo: RepoAt,
  work: { readonly head: string; readonly baseSha: string | null; readonly branch?: string | null },
  base: string,
): Promise<boolean> {
  const since = work.baseSha === null ? [] : ["--not", work.baseSha];
  const line = await git(mainAt(repo), ["rev-list", "--first-parent", "-n", "20000", base, ...since]);
  const onLine = new Set(line.split("\n"));
  if (!onLine.has(work.head) && work.baseSha !== null) {
    const before = await isAncestor(repo, work.head, work.baseSha);
    if (!before) return true;
  }
  if (!work.branch) return false;
  const log = await readFile(join(repo.commonDir, "logs/refs/heads", work.branch), "utf8").catch(() => "");
  return log.split("\n").some((entry) => {
    const found =
      /^[0-9a-f]+ ([0-9a-f]+) .*\t(commit|rebase|cherry-pick|am|revert|merge .*: Merge made)/.exec(entry);
    return found?.[1] !== undefined && onLine.has(found[1]);
  });
}

/** Every file that the work changed is in the base as the work left it. */
async function sameContent(repo: RepoAt, fork: string, head: string, base: string): Promise<boolean> {
  const changed = ["diff-tree", "-r", "-z", "--no-renames", "--name-only", fork, head];
  const own = new Set(zText((await gitBytes(mainAt(repo), changed, { maxBytes: MOST_BYTES })).stdout));
  if (own.size === 0) return false;
  const apart = ["diff-tree", "-r", "-z", "--no-renames", "--name-only", head, base];
  const result = await gitBytes(mainAt(repo), apart, { maxBytes: MOST_BYTES });
  if (result.code !== 0 || result.truncated) return false;
  return !zText(result.stdout).some((name) => own.has(name));
}

/** Names byte for byte, whatever their encoding. */
function zText(bytes: Uint8Array): string[] {
  return Buffer.from(bytes)
    .toString("latin1")
    .split("\0")
    .filter((name) => name !== "");
}

/** The work as a whole is a patch of the base (squashed), or each of its commits is (rebased). */
async function samePatches(repo: RepoAt, fork: string, head: string, base: string): Promise<boolean> {
  const count = Number((await git(mainAt(repo), ["rev-list", "--count", base, "--not", head])).trim());
  if (count === 0 || count > MOST_COMMITS) return false;
  const shape = await git(mainAt(repo), [
    "diff",
    ...DIFF_FLAGS,
    "--numstat",
    "-z",
    "--no-renames",
    fork,
    head,
  ]);
  // Binary files, modes and empty files have no hunks: a patch says too little of them to tell two apart.
  if (shape === "" || shape.split("\0").some((row) => /^(-\t-|0\t0)\t/.test(row))) return false;
  const theirs = await patchIds(repo, ["log", ...LOG_FLAGS, base, "--not", head, "--", ...pathsOf(shape)]);
  if (theirs === null || theirs.size === 0) return false;
  const whole = await patchIds(repo, ["diff", ...DIFF_FLAGS, ...PATCH_FLAGS, fork, head]);
  if (whole !== null && [...whole].some((id) => theirs.has(id))) return true;
  const merges = await git(mainAt(repo), ["rev-list", "--count", "--merges", head, "--not", base]);
  if (merges.trim() !== "0") return false;
  const own = await patchIds(repo, ["log", ...LOG_FLAGS, head, "--not", base]);
  const commits = Number((await git(mainAt(repo), ["rev-list", "--count", head, "--not", base])).trim());
  return own !== null && own.size === commits && [...own].every((id) => theirs.has(id));
}

/** The files of `--numstat -z --no-renames`, so that the base is searched for those alone; none: for all. */
function pathsOf(shape: string): string[] {
  if (shape.length > 60_000 || shape.includes("\ufffd")) return [];
  return fields(shape).map((row) => row.replace(/^\d+\t\d+\t/, ""));
}

const PATCH_FLAGS = [
  "--patch",
  "--full-index",
  "--unified=3",
  "--no-renames",
  "--no-indent-heuristic",
] as const;
const LOG_FLAGS = ["--no-merges", "--format=commit %H", ...DIFF_FLAGS, ...PATCH_FLAGS] as const;

/** Ids of patches, white space counted; null when there is too much to read. */
async function patchIds(repo: RepoAt, args: readonly string[]): Promise<Set<string> | null> {
  const patches = await gitBytes(mainAt(repo), args, { maxBytes: MOST_BYTES, seconds: 30 });
  if (patches.truncated || patches.timedOut) return null;
  if (patches.code !== 0) throw new Problem("git", "git cannot show the commits of the base.");
  const ids = await git(mainAt(repo), ["patch-id", "--verbatim"], { stdin: patches.stdout });
  return new Set(ids.split("\n").flatMap((line) => (line === "" ? [] : [line.split(" ")[0] ?? ""])));
}
