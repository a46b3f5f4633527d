import type { RunRole, Time } from "../domain/words.ts";
import type { Store } from "./open.ts";
import { statement } from "./statements.ts";

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

/** The queued runs in their order, as `plan` has it: change requests first, then who was admitted first, whatever the clock said. */
export function line(store: Store): Waiting[] {
  const rows = statement<Omit<Waiting, "place" | "startable"> & { startable: number }>(
    store,
    `SELECT q.id AS runId, q.dispatch_id AS dispatchId, q.priority, q.role, q.agent, q.created_at AS createdAt,
       NOT EXISTS (SELECT 1 FROM runs l WHERE l.dispatch_id = q.dispatch_id AND l.state IN ('starting', 'running'))
         AS startable
     FROM runs q WHERE q.state = 'queued' ORDER BY q.priority, q.id`,
  ).all();
  return rows.map((row, index) => ({ ...row, place: index + 1, startable: Boolean(row.startable) }));
}

/** A run's place in the line, from 1; 0 when it does not wait. */
export function place(store: Store, runId: number): number {
  return line(store).find((waiting) => waiting.runId === runId)?.place ?? 0;
}
