import { type RepoAt, worktreeAt } from "./admin.ts";
import { git } from "./git.ts";
import { withRepoLock } from "./lock.ts";
import { worktreeStatus } from "./status.ts";

/**
 * Moves a worktree and its branch on to another commit, where nothing in it would be lost: it is on its branch, at
 * `from`, and has no change and no untracked file of its own. False, and nothing is moved, where it has.
 */
export async function follow(
  repo: RepoAt,
  move: { readonly worktree: string; readonly branch: string; readonly from: string; readonly to: string },
): Promise<boolean> {
  const at = await worktreeAt(repo, move.worktree);
  if (at === null) return false;
  return withRepoLock(repo, async () => {
    const status = await worktreeStatus(at);
    if (status.branch !== move.branch || status.dirty) return false;
    // Whoever moved it died before writing that down.
    if (status.head === move.to) return true;
    if (status.head !== move.from) return false;
    // `--keep` refuses where a file was changed since the look above.
    await git(at, ["reset", "--quiet", "--keep", move.to], { effect: "follow" });
    return true;
  });
}
