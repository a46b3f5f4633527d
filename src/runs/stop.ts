import { readStart } from "../process/detached.ts";
import { type Stopped, stopTree } from "../process/stop.ts";
import { runRow } from "../store/read.ts";
import { record, setRun } from "../store/record.ts";
import { homeId } from "../store/settings.ts";
import { write } from "../store/write.ts";
import type { World } from "../world.ts";
import { identityOfRun } from "./identity.ts";
import { marker, runFiles } from "./paths.ts";

export type StopRequest = {
  readonly actor: string;
  /** Set where it is a limit of ours, not a person. */
  readonly limit?: string;
};

/**
 * Asks a live run to end: what we ask is recorded first, then TERM, the grace period, KILL. The tick then sees its end
 * and decides the outcome. Stopping again does no harm.
 */
export async function stopRun(world: World, runId: number, request: StopRequest): Promise<void> {
  const row = runRow(world.store, runId);
  if (!row) return;
  if (row.stopAt === null) {
    const at = world.now();
    const { actor, limit } = request;
    write(world.store, "ask to stop", () => {
      setRun(world.store, runId, { stopAt: at, ...(limit === undefined ? { stopBy: actor } : { limit }) });
      record(world.store, { actor, at }, [
        {
          layer: "fact",
          event: "stop_asked",
          dispatchId: row.dispatchId,
          runId,
          ...(limit === undefined ? {} : { why: limit }),
        },
      ]);
    });
  }
  await stopProcesses(world, runId, world.config.limits.stopGraceSeconds * 1000);
}

/** The grace period is over: nothing of it may live on. */
export async function killRun(world: World, runId: number): Promise<void> {
  await stopProcesses(world, runId, 0);
}

async function stopProcesses(world: World, runId: number, graceMs: number): Promise<Stopped | null> {
  const row = runRow(world.store, runId);
  if (!row) return null;
  const identity = identityOfRun(row) ?? readStart(runFiles(world.config.home, runId).dir);
  if (!identity) return null;
  return stopTree({ identity, marker: marker(homeId(world.store), runId), graceMs });
}
