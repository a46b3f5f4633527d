import { indexStampOf } from "../git/here.ts";
import { goneRepository, look } from "../runs/work.ts";
import { dispatchRow, project, projects } from "../store/read.ts";
import { type StaleGit, staleGit } from "../store/stale.ts";
import type { World } from "../world.ts";
import type { Beat } from "./beat.ts";

/** Looking at worktrees never holds a tick up for longer. */
const LOOK_MS = 400;
/** While git looks at one worktree, it can look at others. */
const SIDE_BY_SIDE = 4;

/**
 * Asks git about worktrees whose run has ended, or whose index or head moved, since they were last looked at; a few a
 * tick, in turn (model.md 7).
 */
export async function lookAtWorktrees(world: World, beat: Beat): Promise<void> {
  const until = performance.now() + LOOK_MS;
  const waiting = staleGit(world.store, beat.lookedTo, await goneProjects(world)).values();
  const worker = async () => {
    for (const stale of waiting) {
      if (performance.now() > until) return;
      await lookAtOne(world, beat, stale);
    }
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, worker));
}

/** Those whose repository is not there: it cannot be asked, and at every tick they would be first in turn again. */
async function goneProjects({ store }: World): Promise<number[]> {
  const gone: number[] = [];
  for (const { id, path } of projects(store)) if ((await goneRepository(path)) !== null) gone.push(id);
  return gone;
}

async function lookAtOne(world: World, beat: Beat, { id, stamp, due }: StaleGit): Promise<void> {
  if (!due) beat.lookedTo = id;
  const row = dispatchRow(world.store, id);
  const owner = row && project(world.store, row.projectId);
  if (!row || !owner || row.worktree === null) return;
  try {
    if (!due && (await indexStampOf(owner.path, row.worktree)) === stamp) return;
    await look(world, row, owner);
  } catch (error) {
    world.log.warn("look.failed", {
      dispatch: id,
      message: error instanceof Error ? error.message : String(error),
    });
  }
}
