import { Problem } from "../domain/problem.ts";
import { type RepoAt, worktreeAt } from "./admin.ts";
import { type GitAt, git, gitProblem, gitResult } from "./git.ts";
import { stageTree } from "./staging.ts";
import { worktreeStatus } from "./status.ts";
import { nestedRepositories } from "./untracked.ts";

/**
 * Commits everything in a worktree that is not ignored, as the user's own configuration says (name, signature), and
 * answers the commit; where there is nothing to commit and the last one has this message, that one. Hooks are off.
 * Throws `missing` without the worktree, `conflict` where there is nothing to commit, another branch is checked out,
 * files are in conflict or a repository lies inside.
 */
export async function commitAll(
  repo: RepoAt,
  options: { readonly worktree: string; readonly branch: string; readonly message: string },
): Promise<string> {
  const { worktree, branch, message } = options;
  const at = await worktreeAt(repo, worktree);
  if (at === null) throw new Problem("missing", `There is no worktree ${worktree} any more.`);
  if (message.trim() === "")
    throw new Problem("usage", "A commit needs a message.", { hint: '--commit "<message>"' });
  const status = await worktreeStatus(at);
  if (status.branch !== branch) {
    const now = status.branch === null ? "a detached HEAD" : `the branch ${status.branch}`;
    throw new Problem("conflict", `${worktree} is on ${now}, not on ${branch}.`, {
      hint: `git -C ${worktree} switch ${branch}`,
    });
  }
  const nested = await nestedRepositories(at);
  if (nested.length > 0) {
    throw new Problem(
      "conflict",
      `There is a repository of its own inside: ${nested.slice(0, 3).join(", ")}.`,
      {
        hint: `ignore it, or commit by hand in ${worktree}`,
      },
    );
  }
  if (!status.dirty && (await isCommitted(at, message))) return status.head ?? "";
  if (!status.dirty)
    throw new Problem("conflict", "There is nothing to commit.", { hint: "rally push without --commit" });
  const unmerged = (await git(at, ["ls-files", "--unmerged", "-z"])) !== "";
  if (unmerged)
    throw new Problem("conflict", "Files are in conflict.", { hint: `solve them in ${worktree}` });
  await stageTree(at, { effect: "stage" });
  const args = ["commit", "--quiet", "--no-verify", "--cleanup=verbatim", "--file=-"];
  const result = await gitResult(at, args, { stdin: `${message}\n`, reach: "signing", effect: "commit" });
  if (result.code !== 0) throw commitProblem(args, result);
  return (await git(at, ["rev-parse", "HEAD"])).trim();
}

/** An earlier attempt, that died after this step, has made this very commit. */
async function isCommitted(at: GitAt, message: string): Promise<boolean> {
  return (await git(at, ["log", "--max-count=1", "--format=%B"])).trim() === message.trim();
}

function commitProblem(args: readonly string[], result: Parameters<typeof gitProblem>[1]): Problem {
  if (/tell me who you are|empty ident|unable to auto-detect email/i.test(result.stderr)) {
    const hint = 'git config --global user.name "…"; git config --global user.email "…"';
    return new Problem("git", "git does not know who you are, so it cannot commit.", { hint });
  }
  if (/gpg|sign/i.test(result.stderr)) {
    return new Problem("git", "The commit could not be signed.", {
      hint: "unlock your key, or git config commit.gpgSign false",
      cause: gitProblem(args, result),
    });
  }
  return gitProblem(args, result);
}
