import { forgetEnded } from "../runs/ended.ts";
import { readInbox } from "../runs/inbox.ts";
import { runFiles } from "../runs/paths.ts";
import { stopRun } from "../runs/stop.ts";
import { runsWithAnswers } from "../store/answers.ts";
import { ticked } from "../store/leases.ts";
import type { LiveRun } from "../store/read.ts";
import type { World } from "../world.ts";
import type { Beat } from "./beat.ts";
import { lookAtWorktrees } from "./look.ts";
import { readProgress, sizeOf } from "./progress.ts";

/** What a tick does beside its plan: what agents left in their inboxes, what they wrote, what git says where it moved. */
export async function afterTick(world: World, beat: Beat, runs: readonly LiveRun[]): Promise<void> {
  readInboxes(world, beat, runs);
  const logs = new Map(runs.map(({ id }) => [id, sizeOf(runFiles(world.config.home, id).log)]));
  guarded(world, "progress", () => readProgress(world, beat, runs, logs));
  guarded(world, "ended", () => forgetEnded(world));
  await stopTooLoud(world, runs, logs);
  await lookAtWorktrees(world, beat);
  ticked(world.store, { fast: world.now() });
}

/** An inbox that was read to its end is not read again; answers are handed back as soon as they are there. */
function readInboxes(world: World, beat: Beat, runs: readonly LiveRun[]): void {
  const answered = runsWithAnswers(world.store);
  for (const run of runs) {
    const size = sizeOf(runFiles(world.config.home, run.id).inbox);
    if (size === (beat.inboxes.get(run.id) ?? 0) && !answered.has(run.id)) continue;
    guarded(world, "inbox", () => void beat.inboxes.set(run.id, readInbox(world, run)));
  }
}

/** A log that grows without end would fill the disk: its run is stopped, and says why. */
async function stopTooLoud(
  world: World,
  runs: readonly LiveRun[],
  logs: ReadonlyMap<number, number>,
): Promise<void> {
  const { logMaxMb } = world.config.limits;
  for (const run of runs) {
    if (run.stopAt !== null || (logs.get(run.id) ?? 0) <= logMaxMb * BYTES_A_MB) continue;
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
