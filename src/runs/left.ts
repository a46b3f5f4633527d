import { statSync } from "node:fs";
import { join } from "node:path";
import { readStart } from "../process/detached.ts";
import { type LeftStopped, leftAlive, stopLeft } from "../process/sweep-all.ts";
import type { RunRow } from "../store/rows.ts";
import { homeId } from "../store/settings.ts";
import type { World } from "../world.ts";
import { identityOfRun } from "./identity.ts";
import { marker, runFiles } from "./paths.ts";

/** What a process that outlives its run's own gets to end by itself, where nobody has asked it before. */
const LEFT_GRACE_MS = 2_000;

export type Left = {
  readonly has: (row: RunRow) => boolean;
  /** What was stopped; null where there was nothing, `later` where it may still end by itself. */
  readonly stopped: (row: RunRow) => Promise<LeftStopped | null | "later">;
};

/**
 * Stops what these ended runs have left alive, waiting for `waitMs` at most. Where it cannot be looked for, that is said
 * of each of them.
 */
export function stopLeftovers(world: World, rows: readonly RunRow[], waitMs: number): Left {
  try {
    const left = leftAlive(rows.map((row) => subject(world, row)));
    const stopping = stopLeft(left, Math.min(LEFT_GRACE_MS, Math.max(0, waitMs)));
    // Whoever asks is told; where nobody does, nothing was left.
    stopping.catch(() => undefined);
    const marks = new Set(left.map((one) => one.marker));
    const has = (row: RunRow) => marks.has(markerOf(world, row));
    const stopped = async (row: RunRow) =>
      has(row) ? ((await stopping).get(markerOf(world, row)) ?? "later") : null;
    return { has, stopped };
  } catch (error) {
    return { has: () => false, stopped: () => Promise.reject(error) };
  }
}

function subject(world: World, row: RunRow) {
  const { dir } = runFiles(world.config.home, row.id);
  const identity = identityOfRun(row) ?? readStart(dir);
  const endedAt = statSync(join(dir, "exit"), { throwIfNoEntry: false })?.mtimeMs ?? null;
  const stopMs = world.config.limits.stopGraceSeconds * 1000;
  const [since, mostMs] = row.stopAt === null ? [endedAt ?? 0, LEFT_GRACE_MS] : [row.stopAt, stopMs];
  return {
    identity,
    marker: markerOf(world, row),
    endedAt,
    graceMs: Math.min(mostMs, Math.max(0, since + mostMs - world.now())),
    wasAsked: row.stopAt !== null,
  };
}

function markerOf(world: World, row: RunRow): string {
  return marker(homeId(world.store), row.id);
}
