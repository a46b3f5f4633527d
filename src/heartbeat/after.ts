import { readInbox } from "../runs/inbox.ts";
import { ticked } from "../store/leases.ts";
import { liveRuns } from "../store/read.ts";
import type { World } from "../world.ts";
import type { Beat } from "./beat.ts";
import { lookAtWorktrees } from "./look.ts";
import { readProgress } from "./progress.ts";

/** What a tick does beside its plan: what agents left in their inboxes, what they wrote, what git says where it moved. */
export async function afterTick(world: World, beat: Beat): Promise<void> {
  for (const run of liveRuns(world.store)) guarded(world, "inbox", () => readInbox(world, run));
  guarded(world, "progress", () => readProgress(world, beat));
  await lookAtWorktrees(world);
  ticked(world.store, { fast: world.now() });
}

/** One bad inbox or log stops nobody else. */
function guarded(world: World, step: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    world.log.error(`tick.${step}`, { message: error instanceof Error ? error.message : String(error) });
  }
}
