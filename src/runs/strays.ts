import { resolve } from "node:path";
import { repoAt } from "../git/admin.ts";
import { findStrays, type Stray } from "../git/strays.ts";
import type { ProjectRow } from "../store/rows.ts";
import { homeId } from "../store/settings.ts";
import { snapshot } from "../store/snapshot.ts";
import { recordStrays } from "../store/strays.ts";
import type { World } from "../world.ts";

/**
 * Looks for worktrees under our root that have no record, ours to list and to clean, others' to list and to leave
 * alone; what is found is kept for the screens.
 */
export async function straysOf(world: World, owner: ProjectRow): Promise<readonly Stray[]> {
  const known = snapshot(world.store).flatMap((view) =>
    view.projectId === owner.id && view.worktree ? [view.worktree] : [],
  );
  const found = await findStrays(await repoAt(owner.path), {
    worktreeRoot: resolve(owner.path, world.config.worktrees.root),
    home: homeId(world.store),
    known,
  });
  recordStrays(world.store, owner.id, found, world.now());
  return found;
}
