import { Problem } from "../domain/problem.ts";
import type { DispatchView } from "../domain/view.ts";
import { look } from "../runs/work.ts";
import { dispatchRow, project } from "../store/read.ts";
import type { World } from "../world.ts";

/**
 * Asks git about one dispatch now, because somebody looks at it. One that has not started has nothing to ask about; what
 * cannot be asked or kept is shown as it was last seen, with its age.
 */
export async function lookAt(world: World, view: DispatchView): Promise<void> {
  const row = dispatchRow(world.store, view.id);
  const owner = project(world.store, view.projectId);
  if (!row || !owner || row.worktree === null || world.store.readOnly) return;
  try {
    await look(world, row, owner);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    world.log.warn("look.failed", { dispatch: view.id, message: error.message });
  }
}
