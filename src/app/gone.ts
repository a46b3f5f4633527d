import { existsSync } from "node:fs";
import { Problem } from "../domain/problem.ts";
import type { DispatchView } from "../domain/view.ts";
import { repoAt } from "../git/admin.ts";
import { tipOf } from "../git/base.ts";

/** Whether its folder was deleted by hand; one that has never started has lost nothing. */
export function hasLostWorktree(view: DispatchView): boolean {
  return view.worktree !== null && !existsSync(view.worktree);
}

/** Asked of the disk and of git now. Throws `missing` where its worktree and its branch were both deleted by hand. */
export async function refuseGone(view: DispatchView): Promise<void> {
  if (view.branch === null || !hasLostWorktree(view)) return;
  const repo = await repoAt(view.projectPath);
  if ((await tipOf(repo, `refs/heads/${view.branch}`)) !== null) return;
  // Planned and not made yet: the next start makes it.
  if (view.run?.state === "starting") return;
  throw new Problem("missing", `Worktree and branch of ${view.id} are both gone.`, {
    hint: `rally clean ${view.id}`,
  });
}

/** What whoever starts a run in it again must know; null where nothing was lost. */
export function lossOf(view: DispatchView): string | null {
  if (!hasLostWorktree(view)) return null;
  return `The worktree of ${view.id} was gone: it is made again from ${view.branch}; files that were not committed are lost.`;
}
