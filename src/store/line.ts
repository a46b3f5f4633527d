import { and, eq, isNull } from "drizzle-orm";
import type { RunRole, Time } from "../domain/words.ts";
import type { By } from "./journal.ts";
import type { Store } from "./open.ts";
import { record } from "./record.ts";
import { runs } from "./schema.ts";
import { statement } from "./statements.ts";
import { write } from "./write.ts";

export type Waiting = {
  readonly runId: number;
  readonly dispatchId: number;
  /** From 1. */
  readonly place: number;
  readonly priority: number;
  readonly role: RunRole;
  readonly agent: string;
  readonly createdAt: Time;
  /** False while another run of its dispatch lives: those behind it may go first. */
  readonly startable: boolean;
};

/** The queued runs in their order: change requests first, then first come, first served. */
export function line(store: Store): Waiting[] {
  const rows = statement<Omit<Waiting, "place" | "startable"> & { startable: number }>(
    store,
    `SELECT q.id AS runId, q.dispatch_id AS dispatchId, q.priority, q.role, q.agent, q.created_at AS createdAt,
       NOT EXISTS (SELECT 1 FROM runs l WHERE l.dispatch_id = q.dispatch_id AND l.state IN ('starting', 'running'))
         AS startable
     FROM runs q WHERE q.state = 'queued' ORDER BY q.priority, q.created_at, q.id`,
  ).all();
  return rows.map((row, index) => ({ ...row, place: index + 1, startable: Boolean(row.startable) }));
}

/** A run's place in the line, from 1; 0 when it does not wait. */
export function place(store: Store, runId: number): number {
  return line(store).find((waiting) => waiting.runId === runId)?.place ?? 0;
}

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
