import { adminDir, headOf, isFolder, type RepoAt, worktreeAt } from "./admin.ts";
import { tipOf } from "./base.ts";
import { isOurs, tipsOf } from "./branch.ts";
import { countCommits, inBase } from "./history.ts";
import { baseTip } from "./observe.ts";
import { worktreeStatus } from "./status.ts";
import { nestedRepositories } from "./untracked.ts";

export type UniqueOptions = {
  readonly worktree: string | null;
  readonly branch: string | null;
  readonly base: string | null;
  readonly baseSha: string | null;
  /** The head of a pull request of its own that was merged, squashed or not. */
  readonly mergedHead?: string | null;
};

/** What would be gone with the worktree and its branch. */
export type UniqueWork = {
  readonly commits: number;
  readonly dirty: boolean;
  readonly untracked: number;
  /** Repositories inside the worktree: Rally cannot keep them as commits. */
  readonly nested: readonly string[];
  /** One sentence for each; empty: nothing in it exists nowhere else. */
  readonly why: readonly string[];
};

/**
 * Read afresh: commits that no remote, base, tag or branch that stays has (a merged pull request's are elsewhere,
 * squashed or not), uncommitted changes, untracked files, nested repositories. Throws Problem `git` when it cannot
 * tell: then nothing may be removed.
 */
export async function uniqueWork(repo: RepoAt, options: UniqueOptions): Promise<UniqueWork> {
  const { worktree, branch } = options;
  const gitDir = worktree === null ? null : await adminDir(repo, worktree);
  const isThere = worktree !== null && (await isFolder(worktree));
  const at = isThere ? await worktreeAt(repo, worktree) : null;
  const [status, nested, tips] = await Promise.all([
    at === null ? null : worktreeStatus(at),
    at === null ? [] : nestedRepositories(at),
    ownTips(repo, gitDir, branch),
  ]);
  const commits = await lonely(repo, tips, options);
  const changed = status?.changed.length ?? 0;
  const untracked = (status?.untracked ?? []).filter((name) => !name.endsWith("/")).length;
  const isUnknown = isThere && gitDir === null;
  const why = [
    ...(isUnknown ? ["git has no record of the worktree, so that its changes cannot be told"] : []),
    ...(commits > 0
      ? [
          `${count(commits, "commit")} that no remote${options.base === null ? "" : ` and no ${options.base}`} has`,
        ]
      : []),
    ...(changed > 0 ? [`${count(changed, "file")} with uncommitted changes`] : []),
    ...(untracked > 0 ? [`${count(untracked, "untracked file")}`] : []),
    ...nested.map((path) => `a repository of its own in ${path}`),
  ];
  return { commits, dirty: status?.dirty ?? isUnknown, untracked, nested, why };
}

async function ownTips(repo: RepoAt, gitDir: string | null, branch: string | null): Promise<string[]> {
  const head = gitDir === null ? null : await headOf(gitDir);
  const refs = new Set<string>();
  if (branch !== null && isOurs(branch)) refs.add(`refs/heads/${branch}`);
  if (head !== null) refs.add("ref" in head ? head.ref : head.sha);
  return [...new Set((await tipsOf(repo, [...refs])).values())];
}

/** Branches of Rally's own do not count as elsewhere: two could be cleaned at the same moment. */
async function lonely(repo: RepoAt, tips: readonly string[], options: UniqueOptions): Promise<number> {
  const base = await baseTip(repo, options.base);
  const merged = options.mergedHead ? await tipOf(repo, options.mergedHead) : null;
  const known = [base, merged, options.baseSha === null ? null : await tipOf(repo, options.baseSha)];
  const stays = ["--remotes", "--tags", "--exclude=rally/*", "--branches"];
  const not = [...known.filter((sha) => sha !== null), ...stays];
  const commits = await countCommits(repo, tips, not);
  if (commits === 0 || base === null) return commits;
  const work = {
    base,
    baseSha: options.baseSha,
    ...(options.branch === null ? {} : { branch: options.branch }),
  };
  const judged = await Promise.all(
    tips.map(async (head) => ({ head, isIn: await inBase(repo, { ...work, head }) })),
  );
  return countCommits(
    repo,
    judged.flatMap((one) => (one.isIn ? [] : [one.head])),
    not,
  );
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? "" : "s"}`;
}
