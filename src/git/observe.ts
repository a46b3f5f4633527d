import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import type { GitFacts } from "../domain/view.ts";
import type { Time } from "../domain/words.ts";
import { isFolder, mainAt, type RepoAt, worktreeAt } from "./admin.ts";
import { tipsOf } from "./branch.ts";
import { fields, type GitAt, git } from "./git.ts";
import { countCommits, DIFF_FLAGS, inBase, isAncestor, ownStart } from "./history.ts";
import { changedSince, setLooked } from "./instead/kept.ts";
import { indexStamp, type WorktreeStatus, worktreeStatus } from "./status.ts";
import { withIndexCopy } from "./temporary.ts";

/** The facts of a dispatch's work, and what changes when its index does. */
export type Observed = GitFacts & { readonly indexStamp: string | null };

export type ObserveOptions = {
  readonly worktree: string | null;
  readonly branch: string | null;
  /** `origin/main` or a local branch, as `resolveBase` named it. */
  readonly base: string | null;
  readonly baseSha: string | null;
  /** Where the branch is pushed to; null: nowhere. */
  readonly pushRemote: string | null;
  /** The head of which it is known that all its work came into the base: a branch made anew has no history to tell it by. */
  readonly knownIn?: string | null;
  readonly now: Time;
};

/**
 * What git says of a worktree and its branch: at most eight processes, more only when the base has moved. A worktree
 * or branch that is gone is a fact, not a failure. Throws Problem `git` when the repository cannot be read.
 */
export async function observeWorktree(repo: RepoAt, options: ObserveOptions): Promise<Observed> {
  const [at, refs] = await Promise.all([place(repo, options.worktree), readRefs(repo, options)]);
  const status = at === null ? null : await worktreeStatus(at);
  const head = await headOfWork(repo, status, refs, options.branch);
  const nothing = {
    commits: 0,
    unpushed: 0,
    pushed: 0,
    inBase: false,
    files: 0,
    insertions: 0,
    deletions: 0,
  };
  const isUntouched =
    !status?.dirty &&
    [head, status?.head ?? head, refs.branch ?? head].every((tip) => tip === options.baseSha);
  const told = head === null || isUntouched ? nothing : await tell(repo, options, { at, status, refs, head });
  const branchNow = status?.branch ?? null;
  return {
    asOf: options.now,
    worktreeExists: at !== null,
    branchExists: refs.branch !== null,
    branchNow: branchNow === options.branch ? null : branchNow,
    head,
    dirty: status?.dirty ?? false,
    untracked: status?.untracked.length ?? 0,
    indexStamp: at === null ? null : indexStamp(at.gitDir),
    ...told,
  };
}

/** The branch's tip, unless the worktree went on from it: detached, or on a branch that the agent made. */
async function headOfWork(
  repo: RepoAt,
  status: WorktreeStatus | null,
  refs: Refs,
  branch: string | null,
): Promise<string | null> {
  const now = status?.head ?? null;
  if (now === null || refs.branch === null) return now ?? refs.branch;
  if (now === refs.branch || status?.branch === branch) return now;
  return (await isAncestor(repo, refs.branch, now)) ? now : refs.branch;
}

/** There is something to look at: commits, changes or untracked files. */
export function hasWork(observed: Pick<GitFacts, "commits" | "dirty" | "untracked">): boolean {
  return observed.commits > 0 || observed.dirty || observed.untracked > 0;
}

async function place(repo: RepoAt, worktree: string | null): Promise<GitAt | null> {
  if (worktree === null || !(await isFolder(worktree))) return null;
  return worktreeAt(repo, worktree);
}

type Refs = { readonly branch: string | null; readonly base: string | null; readonly pushed: string | null };

async function readRefs(repo: RepoAt, options: Omit<ObserveOptions, "now" | "worktree">): Promise<Refs> {
  const { branch, base, pushRemote } = options;
  const names = {
    branch: branch === null ? null : `refs/heads/${branch}`,
    remoteBase: base === null ? null : `refs/remotes/${base}`,
    localBase: base === null ? null : `refs/heads/${base}`,
    pushed: branch === null || pushRemote === null ? null : `refs/remotes/${pushRemote}/${branch}`,
  };
  const asked = Object.values(names).flatMap((name) => (name === null ? [] : [name]));
  const found = await tipsOf(repo, asked);
  const of = (name: string | null) => (name === null ? null : (found.get(name) ?? null));
  return {
    branch: of(names.branch),
    base: of(names.remoteBase) ?? of(names.localBase),
    pushed: of(names.pushed),
  };
}

/** The base's commit as last known; `origin/main` is a remote's, `main` a local branch. */
export async function baseTip(repo: RepoAt, base: string | null): Promise<string | null> {
  return (await readRefs(repo, { branch: null, base, baseSha: null, pushRemote: null })).base;
}

type Seen = {
  readonly at: GitAt | null;
  readonly status: WorktreeStatus | null;
  readonly refs: Refs;
  readonly head: string;
};

async function tell(repo: RepoAt, options: ObserveOptions, seen: Seen) {
  const { refs, head } = seen;
  const base = refs.base;
  const tips = [...new Set([head, seen.status?.head ?? head, refs.branch ?? head])];
  const not = [base, options.baseSha].filter((sha) => sha !== null);
  const work = { tips, base, baseSha: options.baseSha };
  const [ahead, unpushed, beyond, start, merged] = await Promise.all([
    countCommits(repo, tips, not),
    countCommits(repo, tips, [...not, "--remotes"]),
    refs.pushed === null ? null : countCommits(repo, tips, [...not, refs.pushed]),
    ownStart(repo, { ...work, head }),
    inBase(repo, { ...work, head, branch: options.branch, knownIn: options.knownIn }),
  ]);
  const commits = ahead === 0 && merged ? Math.max(1, await ownCount(repo, head, start)) : ahead;
  return {
    commits,
    unpushed: merged ? 0 : unpushed,
    pushed: beyond === null ? 0 : Math.max(0, ahead - beyond),
    inBase: merged,
    ...(await changes(repo, seen, start)),
  };
}

function ownCount(repo: RepoAt, head: string, start: string): Promise<number> {
  return git(mainAt(repo), ["rev-list", "--count", "--first-parent", head, "--not", start]).then(Number);
}

type Changes = { readonly files: number; readonly insertions: number; readonly deletions: number };

/** Committed and not, tracked and not; two trees are compared where nothing in the worktree has changed. */
async function changes(repo: RepoAt, seen: Seen, start: string): Promise<Changes> {
  const isChanged = seen.at !== null && (seen.status?.changed.length ?? 0) > 0;
  const at = isChanged && seen.at !== null ? seen.at : mainAt(repo);
  const args = [
    "diff",
    ...DIFF_FLAGS,
    "--numstat",
    "-z",
    "--find-renames",
    start,
    ...(isChanged ? [] : [seen.head]),
  ];
  const tracked = countRows(fields(await seeing(at, isChanged, [...args, "--"])));
  const untracked = seen.at?.workTree ? await countNew(seen.at.workTree, seen.status?.untracked ?? []) : NONE;
  return {
    files: tracked.files + untracked.files,
    insertions: tracked.insertions + untracked.insertions,
    deletions: tracked.deletions,
  };
}

/** Of what git is told not to look at, too, that which somebody has changed. */
async function seeing(at: GitAt, isChanged: boolean, args: readonly string[]): Promise<string> {
  const hidden = isChanged ? await changedSince(at) : [];
  if (hidden.length === 0) return git(at, args);
  return withIndexCopy(at, async (index) => {
    await setLooked(at, hidden, { looked: true, index });
    return git(at, args, { index });
  });
}

const NONE: Changes = { files: 0, insertions: 0, deletions: 0 };

/** Pure. Rows of `--numstat -z`; a rename is followed by its two names. */
function countRows(rows: readonly string[]): Changes {
  let [files, insertions, deletions] = [0, 0, 0];
  for (let i = 0; i < rows.length; i++) {
    const found = /^(\d+|-)\t(\d+|-)\t(.*)$/s.exec(rows[i] ?? "");
    if (found === null) continue;
    if (found[3] === "") i += 2;
    files += 1;
    insertions += Number(found[1]) || 0;
    deletions += Number(found[2]) || 0;
  }
  return { files, insertions, deletions };
}

const MOST_FILES = 500;
const MOST_BYTES = 1024 * 1024;

/** Lines of new files, of 500 files and 1 MiB each at most; binary ones have none, as in git. */
async function countNew(worktree: string, names: readonly string[]): Promise<Changes> {
  let insertions = 0;
  for (const name of names.slice(0, MOST_FILES)) {
    if (!name.endsWith("/")) insertions += await linesOf(join(worktree, name));
  }
  return { files: names.length, insertions, deletions: 0 };
}

async function linesOf(path: string): Promise<number> {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  // A link is one line: its target. It is not followed: it may lead anywhere.
  const file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK).catch(() => null);
  if (file === null) return 1;
  try {
    const buffer = Buffer.alloc(Math.min(MOST_BYTES, (await file.stat()).size));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
    const bytes = buffer.subarray(0, bytesRead);
    if (bytes.subarray(0, 8000).includes(0)) return 0;
    let lines = 0;
    for (let i = bytes.indexOf(10); i >= 0; i = bytes.indexOf(10, i + 1)) lines += 1;
    return bytesRead > 0 && bytes[bytesRead - 1] !== 10 ? lines + 1 : lines;
  } finally {
    await file.close();
  }
}
