import type { Identity } from "./identity.ts";
import { membersByMark } from "./members.ts";
import { type Stopped, sweep } from "./stop.ts";
import { processTable } from "./table.ts";

export type Ended = {
  readonly identity: Identity | null;
  readonly marker: string;
  /** When the exit was recorded (ms): with it, its group is told from a later one of the same number. */
  readonly endedAt: number | null;
};

/**
 * Stops what ended runs have left alive; by marker, only those that had left anything. One look at the process table
 * serves all of them, since a thousand runs may have ended while nobody watched.
 */
export async function sweepAll(runs: readonly Ended[]): Promise<Map<string, Stopped>> {
  const marks = membersByMark();
  const groups = new Set(processTable().flatMap((row) => [row.group, row.session]));
  const stopped = new Map<string, Stopped>();
  for (const { identity, marker, endedAt } of runs) {
    const [first] = marks.get(marker) ?? [];
    const leader = identity ?? (first ? { pid: first.pid, start: first.start, boot: "", ns: "" } : null);
    if (leader === null || (!first && !groups.has(leader.pid))) continue;
    stopped.set(marker, await sweep({ identity: leader, marker, endedAt }));
  }
  return stopped;
}
