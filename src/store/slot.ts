import { and, eq, isNull } from "drizzle-orm";
import type { By } from "./journal.ts";
import { line } from "./line.ts";
import type { Store } from "./open.ts";
import { record } from "./record.ts";
import { runs } from "./schema.ts";
import { statement } from "./statements.ts";
import { write } from "./write.ts";

/**
 * The only gate of the capacity (invariant 5): `queued → starting` exactly when fewer than `capacity` runs are starting
 * or running and this one is the first in line that can start. False, and nothing changed, otherwise.
 */
export function takeSlot(
  store: Store,
  slot: By & { readonly runId: number; readonly capacity: number; readonly starter: string },
): boolean {
  return write(store, "take slot", () => {
    const first = line(store).find((waiting) => waiting.startable);
    if (first?.runId !== slot.runId || liveCount(store) >= slot.capacity) return false;
    const set = { starter: slot.starter };
    record(store, slot, [{ layer: "run", id: slot.runId, on: "take_slot", set }]);
    return true;
  });
}

/** Runs that hold a slot: starting or running. */
function liveCount(store: Store): number {
  const row = statement<{ live: number }>(
    store,
    "SELECT count(*) AS live FROM runs WHERE state IN ('starting', 'running')",
  ).get();
  return row?.live ?? 0;
}

/** Whoever starts a run has died: exactly one of those who see it goes on in its place. */
export function takeOverStart(
  store: Store,
  start: { readonly runId: number; readonly from: string | null; readonly to: string },
): boolean {
  return write(store, "take over start", (tx) => {
    const held = start.from === null ? isNull(runs.starter) : eq(runs.starter, start.from);
    const taken = tx
      .update(runs)
      .set({ starter: start.to })
      .where(and(eq(runs.id, start.runId), eq(runs.state, "starting"), held))
      .returning({ id: runs.id })
      .all();
    return taken.length === 1;
  });
}
