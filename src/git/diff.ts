import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Problem } from "../domain/problem.ts";
import { mainAt, type RepoAt, worktreeAt } from "./admin.ts";
import { fields, type GitAt, git, gitBytes, gitProblem, gitResult } from "./git.ts";
import { DIFF_FLAGS, ownStart } from "./history.ts";
import { revealChanged } from "./instead/kept.ts";
import { baseTip } from "./observe.ts";
import { withIndexCopy } from "./temporary.ts";
import { untrackedNames } from "./untracked.ts";

/** `all`: committed or not, tracked or not; `committed`; `uncommitted`: what HEAD does not have. */
export type DiffScope = "all" | "committed" | "uncommitted";

export type DiffOptions = {
  readonly worktree: string | null;
  /** Used where the worktree is gone. */
  readonly branch?: string | null;
  /** What it is compared with: the base's commit, or the head before the last run. */
  readonly baseSha: string;
  /** With it, what the base took since is left out: the work is told from where it left the base. */
  readonly base?: string | null;
  readonly scope?: DiffScope;
  readonly stat?: boolean;
  readonly maxBytes?: number;
};

export type FileChange = {
  readonly path: string;
  /** The old name of a file that was moved. */
  readonly from: string | null;
  /** Null for a binary file. */
  readonly insertions: number | null;
  readonly deletions: number | null;
};

const MOST_BYTES = 16 * 1024 * 1024;

/**
 * The work as a patch (`stat`: as a table of files), renames found, names as they are. The worktree's index is not
 * touched and nothing is written into the repository. Cut after `maxBytes`, with a last line that says so.
 */
export async function diff(repo: RepoAt, options: DiffOptions): Promise<string> {
  const flags = options.stat === true ? ["--stat=100", "--summary"] : ["--patch"];
  const { bytes, truncated } = await compare(repo, options, flags);
  const text = new TextDecoder().decode(bytes);
  return truncated ? `${text}\n[cut: there is more than Rally shows]\n` : text;
}

/** The same as numbers, one entry a file. */
export async function numstat(repo: RepoAt, options: Omit<DiffOptions, "stat">): Promise<FileChange[]> {
  const { bytes } = await compare(repo, options, ["--numstat", "-z"]);
  const rows = fields(new TextDecoder().decode(bytes));
  const files: FileChange[] = [];
  for (let i = 0; i < rows.length; i++) {
    const found = /^(\d+|-)\t(\d+|-)\t(.*)$/s.exec(rows[i] ?? "");
    if (found === null) continue;
    const moved = found[3] === "";
    const path = moved ? (rows[i + 2] ?? "") : (found[3] ?? "");
    const number = (text: string | undefined) => (text === "-" ? null : Number(text));
    const from = moved ? (rows[i + 1] ?? null) : null;
    files.push({ path, from, insertions: number(found[1]), deletions: number(found[2]) });
    if (moved) i += 2;
  }
  return files;
}

async function compare(
  repo: RepoAt,
  options: DiffOptions,
  flags: readonly string[],
): Promise<{ readonly bytes: Uint8Array; readonly truncated: boolean }> {
  const at = options.worktree === null ? null : await worktreeAt(repo, options.worktree);
  const head = await headNow(repo, at, options);
  const scope = at === null ? "committed" : (options.scope ?? "all");
  const base = options.base === undefined ? null : await baseTip(repo, options.base);
  const start = await ownStart(repo, { tips: [head], head, base, baseSha: options.baseSha });
  const args = ["diff", ...DIFF_FLAGS, "--find-renames", ...flags];
  const read = async (where: GitAt, what: readonly string[], index?: string) => {
    const result = await gitBytes(where, [...args, ...what, "--"], {
      maxBytes: options.maxBytes ?? MOST_BYTES,
      ...(index === undefined ? {} : { index }),
    });
    if (result.code !== 0 && !result.truncated) throw gitProblem(args, result);
    return { bytes: result.stdout, truncated: result.truncated };
  };
  if (at === null || scope === "committed") return read(mainAt(repo), [start, head]);
  return withIndexCopy(at, async (index) => {
    await revealChanged(at, { index });
    await noteUntracked(at, index);
    return read(at, [scope === "all" ? start : head], index);
  });
}

/** Untracked files are noted as to be added: their content is compared, but not stored. */
async function noteUntracked(at: GitAt, index: string): Promise<void> {
  const add = ["add", "--intent-to-add", "--force", "--pathspec-from-file=-", "--pathspec-file-nul"];
  // Even for this git stores an object (the empty one): beside the index, not in the repository.
  const objects = join(dirname(index), "objects");
  await mkdir(objects, { recursive: true });
  const known = JSON.stringify(join(at.commonDir, "objects"));
  const env = { GIT_OBJECT_DIRECTORY: objects, GIT_ALTERNATE_OBJECT_DIRECTORIES: known };
  for (let attempt = 1; ; attempt++) {
    const names = await untrackedNames(at);
    if (names.files.length === 0) return;
    const result = await gitResult(at, add, { index, stdin: names.stdin, env });
    if (result.code === 0) return;
    // An agent at work may have removed one of them since they were listed.
    if (attempt === 3) throw gitProblem(add, result);
  }
}

async function headNow(repo: RepoAt, at: GitAt | null, options: DiffOptions): Promise<string> {
  if (at !== null) return (await git(at, ["rev-parse", "--verify", "HEAD^{commit}"])).trim();
  if (options.branch !== undefined && options.branch !== null) {
    const ref = `refs/heads/${options.branch}^{commit}`;
    return (await git(mainAt(repo), ["rev-parse", "--verify", ref])).trim();
  }
  throw new Problem("missing", "The worktree is gone, and there is no branch to compare.", {
    hint: "rally clean",
  });
}
