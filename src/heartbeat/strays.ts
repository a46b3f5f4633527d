import { resolve } from "node:path";
import { openRepo } from "../git/repo.ts";
import { findStrays } from "../git/strays.ts";
import type { ProjectRow } from "../store/rows.ts";
import { homeId } from "../store/settings.ts";
import { snapshot } from "../store/snapshot.ts";
import { recordStrays } from "../store/strays.ts";
import type { World } from "../world.ts";

/** Worktrees under our root that have no record: ours to list and to clean, others' to list and to leave alone. */
export async function findStraysOf(world: World, owner: ProjectRow): Promise<void> {
  const repo = await openRepo(owner.path);
  const known = snapshot(world.store).flatMap((view) =>
    view.projectId === owner.id && view.worktree ? [view.worktree] : [],
  );
  const found = await findStrays(repo, {
    worktreeRoot: resolve(repo.root, world.config.worktrees.root),
    home: homeId(world.store),
    known,
  });
  recordStrays(world.store, owner.id, found, world.now());
}
