import { Problem } from "../domain/problem.ts";
import type { Time } from "../domain/words.ts";
import { type RepoAt, worktreeAt } from "./admin.ts";
import { type GitAt, git, gitResult } from "./git.ts";
import { stageTree } from "./staging.ts";
import { worktreeStatus } from "./status.ts";
import { withIndexCopy } from "./temporary.ts";

export type Snapshot = {
  /** The commit that holds the whole tree; equals `head` where nothing was changed. */
  readonly commit: string;
  readonly head: string | null;
  readonly dirty: boolean;
};

const SUBJECT = "Uncommitted work of dispatch";

/**
 * A commit of the whole tree of a worktree, untracked files included, ignored ones and nested repositories not; the
 * worktree's own index is not touched and no ref is written. First parent: HEAD; second: what was staged, where that
 * can be written. The same tree at the same time gives the same commit.
 */
export async function snapshotWork(
  repo: RepoAt,
  options: { readonly worktree: string; readonly dispatch: number; readonly at: Time },
): Promise<Snapshot> {
  const at = await worktreeAt(repo, options.worktree);
  if (at === null) throw new Problem("missing", `There is no worktree ${options.worktree} any more.`);
  const status = await worktreeStatus(at);
  if (!status.dirty && status.head !== null) return { commit: status.head, head: status.head, dirty: false };
  const commit = await withIndexCopy(at, async (index) => {
    const staged = await gitResult(at, ["write-tree"], { index, effect: "snapshot" });
    await stageTree(at, { index, effect: "snapshot" });
    const tree = (await git(at, ["write-tree"], { index, effect: "snapshot" })).trim();
    const head = status.head === null ? [] : ["-p", status.head];
    const make = (what: string, parents: readonly string[], why: string) =>
      writeCommit(at, { tree: what, parents, message: `${why} ${options.dispatch}\n`, time: options.at });
    if (staged.code !== 0) return make(tree, head, SUBJECT);
    const before = await make(staged.stdout.trim(), head, "Staged work of dispatch");
    return make(tree, [...head, "-p", before], SUBJECT);
  });
  return { commit, head: status.head, dirty: true };
}

/** Whether a commit is one of these, and what it stands on. */
export async function readSnapshot(
  at: GitAt,
  commit: string,
): Promise<{ readonly head: string | null; readonly staged: string | null } | null> {
  const text = await git(at, ["log", "--max-count=1", "--no-show-signature", "--format=%P%n%ae%n%s", commit]);
  const [parents = "", author, subject = ""] = text.split("\n");
  if (author !== EMAIL || !subject.startsWith(SUBJECT)) return null;
  const list = parents.split(" ").filter((sha) => sha !== "");
  return { head: list[0] ?? null, staged: list[1] ?? null };
}

const EMAIL = "rally@localhost";

async function writeCommit(
  at: GitAt,
  commit: {
    readonly tree: string;
    readonly parents: readonly string[];
    readonly message: string;
    readonly time: Time;
  },
): Promise<string> {
  const date = `@${Math.floor(commit.time / 1000)} +0000`;
  const env = {
    GIT_AUTHOR_NAME: "Rally",
    GIT_AUTHOR_EMAIL: EMAIL,
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_NAME: "Rally",
    GIT_COMMITTER_EMAIL: EMAIL,
    GIT_COMMITTER_DATE: date,
  };
  const args = ["commit-tree", "--no-gpg-sign", commit.tree, ...commit.parents];
  return (await git(at, args, { stdin: commit.message, env, effect: "snapshot" })).trim();
}
