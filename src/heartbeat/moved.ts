import { existsSync } from "node:fs";
import { isDone } from "../domain/display.ts";
import { Problem } from "../domain/problem.ts";
import type { DispatchView } from "../domain/view.ts";
import { isLive } from "../domain/words.ts";
import { indexStampOf } from "../git/here.ts";
import { type HeadsOf, headsOf, look } from "../runs/work.ts";
import { dispatchRow, gitStamp, project } from "../store/read.ts";
import type { ProjectRow } from "../store/rows.ts";
import { snapshot } from "../store/snapshot.ts";
import type { World } from "../world.ts";

/** A look by hand may take a while, and ends. */
const LOOK_MS = 30_000;

/**
 * Looks again at worktrees that no run is at, and that moved since git was last asked: a person has committed, staged
 * or pushed there by hand, or removed them. Those whose run has ended since are the tick's to look at. Gives the
 * dispatches of which git says something else than before.
 */
export async function lookAtMoved(world: World, only?: number): Promise<number[]> {
  const until = performance.now() + LOOK_MS;
  const ask = headsOf();
  const changed: number[] = [];
  for (const view of snapshot(world.store)) {
    if (performance.now() > until) break;
    if (!isResting(view) || (only !== undefined && view.projectId !== only)) continue;
    const row = dispatchRow(world.store, view.id);
    const owner = project(world.store, view.projectId);
    if (!row || !owner) continue;
    try {
      if (!(await hasMoved(world, view, owner, ask))) continue;
      const now = await look(world, row, owner);
      if (tells(now) !== tells(view.git)) changed.push(view.id);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      world.log.warn("look.failed", { dispatch: view.id, message: error.message });
    }
  }
  return changed;
}

function isResting(view: DispatchView): boolean {
  if (view.worktree === null || view.git === null || isDone(view)) return false;
  // What waits in line has its worktree made, or put right, when it starts.
  if (view.queued !== null || (view.run !== null && isLive(view.run.state))) return false;
  return view.git.asOf >= Math.max(view.outcomeAt ?? 0, view.run?.endedAt ?? 0);
}

async function hasMoved(world: World, view: DispatchView, owner: ProjectRow, ask: HeadsOf): Promise<boolean> {
  const { git, branch, worktree } = view;
  if (git === null || worktree === null) return false;
  if (existsSync(worktree) !== git.worktreeExists) return true;
  const heads = await ask(owner);
  // Its repository is gone: the doctor's affair.
  if (typeof heads === "string") return false;
  const head = heads.get(`refs/heads/${branch}`) ?? null;
  if (git.branchNow === null && head !== git.head) return true;
  const pushed = heads.get(`refs/remotes/${owner.pushRemote ?? owner.remote}/${branch}`);
  if (pushed !== undefined && pushed === head && (git.unpushed > 0 || git.pushed === 0)) return true;
  return (await indexStampOf(owner.path, worktree)) !== (gitStamp(world.store, view.id)?.indexStamp ?? null);
}

/** What people are shown of it. */
function tells(git: DispatchView["git"]): string {
  if (git === null) return "";
  const { head, commits, files, insertions, deletions, dirty, untracked, unpushed, pushed } = git;
  return JSON.stringify([head, commits, files, insertions, deletions, dirty, untracked, unpushed, pushed]);
}
