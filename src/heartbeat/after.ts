import { forgetEnded } from "../runs/ended.ts";
import { readInbox } from "../runs/inbox.ts";
import { runFiles } from "../runs/paths.ts";
import { stopRun } from "../runs/stop.ts";
import { ticked } from "../store/leases.ts";
import { liveRuns } from "../store/read.ts";
import type { World } from "../world.ts";
import type { Beat } from "./beat.ts";
import { lookAtWorktrees } from "./look.ts";
import { readProgress, sizeOf } from "./progress.ts";

/** What a tick does beside its plan: what agents left in their inboxes, what they wrote, what git says where it moved. */
export async function afterTick(world: World, beat: Beat): Promise<void> {
  for (const run of liveRuns(world.store)) guarded(world, "inbox", () => readInbox(world, run));
  guarded(world, "progress", () => readProgress(world, beat));
  guarded(world, "ended", () => forgetEnded(world));
  await stopTooLoud(world);
  await lookAtWorktrees(world);
  ticked(world.store, { fast: world.now() });
}

/** A log that grows without end would fill the disk: its run is stopped, and says why. */
async function stopTooLoud(world: World): Promise<void> {
  const { logMaxMb } = world.config.limits;
  for (const run of liveRuns(world.store)) {
    if (run.stopAt !== null || sizeOf(runFiles(world.config.home, run.id).log) <= logMaxMb * BYTES_A_MB)
      continue;
    const limit = `its log is larger than ${logMaxMb} MB (limits.log_max_mb)`;
    await stopRun(world, run.id, { actor: "rally", limit });
  }
}

const BYTES_A_MB = 1024 * 1024;

/** One bad inbox or log stops nobody else. */
function guarded(world: World, step: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    world.log.error(`tick.${step}`, { message: error instanceof Error ? error.message : String(error) });
  }
}
