import { ticked } from "../store/leases.ts";
import { lastJournalId } from "../store/read.ts";
import type { Refreshed, World } from "../world.ts";
import type { Beat } from "./beat.ts";
import { lookAtMoved } from "./moved.ts";
import { slowTick } from "./slow.ts";
import { fastTick } from "./tick.ts";

/** Everything once: processes, git, GitHub (of one project, where its id is given); and what follows from it. */
export async function refreshAll(world: World, beat: Beat, only?: number): Promise<Refreshed> {
  const before = lastJournalId(world.store);
  await fastTick(world, beat, { endsOnly: true });
  const moved = await lookAtMoved(world, only);
  const slow = await slowTick(world, only);
  ticked(world.store, { slow: world.now() });
  await fastTick(world, beat);
  const { projects, warnings } = slow;
  return { since: before, changes: lastJournalId(world.store) - before, moved, projects, warnings };
}
