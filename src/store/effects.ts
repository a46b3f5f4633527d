import { and, eq } from "drizzle-orm";
import type { Time } from "../domain/words.ts";
import type { Store } from "./open.ts";
import { record } from "./record.ts";
import { cursors, effects } from "./schema.ts";
import { statement } from "./statements.ts";
import { write } from "./write.ts";

export type Effect = Omit<typeof effects.$inferSelect, "payload"> & { readonly payload: unknown };

export type NewEffect = {
  /** Says what it is: the same key is the same effect, however often it is asked for. */
  readonly key: string;
  readonly kind: string;
  readonly dispatchId?: number | null;
  /** Effects of one room are performed in their order. */
  readonly room?: string | null;
  /** Kept as JSON. */
  readonly payload: unknown;
  readonly at: Time;
};

/** What a chat could not be told for so long is given up: it is no news any more. */
export const NEWS_MS = 24 * 3_600_000;

const COLUMNS = `e.id, e.key, e.kind, e.dispatch_id AS dispatchId, e.room, e.payload, e.state, e.attempts,
  e.next_at AS nextAt, e.error, e.result, e.created_at AS createdAt, e.done_at AS doneAt`;

/** An earlier effect of the same room that is not finished. */
const EARLIER = `SELECT 1 FROM effects b WHERE b.room = e.room AND b.id < e.id`;

/** Writes down what is to be done outside, in the transaction that decides it; gives its id, an old one for a known key. */
export function enqueue(store: Store, effect: NewEffect): number {
  const { key, kind, at } = effect;
  return write(store, "enqueue", (tx) => {
    const known = statement<{ id: number }>(store, "SELECT id FROM effects WHERE key = ?").get(key);
    if (known) return known.id;
    const payload = JSON.stringify(effect.payload ?? null);
    const { dispatchId = null, room = null } = effect;
    const row = { key, kind, dispatchId, room, payload, nextAt: at, createdAt: at };
    const [added] = tx.insert(effects).values(row).returning({ id: effects.id }).all();
    if (!added) throw new Error("An insert gave no row back.");
    return added.id;
  });
}

/**
 * What can be performed at this time, in order; of the given kinds, or of all. In a room nothing overtakes an effect
 * that waits for its next try or is being sent.
 */
export function due(store: Store, at: Time, kinds?: readonly string[]): Effect[] {
  return statement<Omit<Effect, "payload"> & { payload: string }>(
    store,
    `SELECT ${COLUMNS} FROM effects e WHERE e.state = 'pending' AND e.next_at <= ?1
       AND (?2 IS NULL OR e.kind IN (SELECT value FROM json_each(?2)))
       AND NOT EXISTS (${EARLIER} AND (b.state = 'sending' OR (b.state = 'pending' AND b.next_at > ?1)))
     ORDER BY e.id`,
  )
    .all(at, kinds ? JSON.stringify(kinds) : null)
    .map(effectOf);
}

/** `pending → sending`, one attempt more. True for exactly one of those who try, and in a room only for the next in order. */
export function claimEffect(store: Store, id: number, at: Time): boolean {
  return write(store, "claim effect", () => {
    const claimed = statement(
      store,
      `UPDATE effects AS e SET state = 'sending', attempts = attempts + 1 WHERE e.id = ?1 AND e.state = 'pending'
         AND e.next_at <= ?2 AND NOT EXISTS (${EARLIER} AND b.state IN ('pending', 'sending'))`,
    ).run(id, at);
    return claimed.changes > 0;
  });
}

/** `sending → done`, with what the other side answered. False when it was not being sent. */
export function finishEffect(
  store: Store,
  id: number,
  end: { readonly at: Time; readonly result?: string | null },
): boolean {
  return write(store, "finish effect", (tx) => {
    const done = tx
      .update(effects)
      .set({ state: "done", doneAt: end.at, result: end.result ?? null, error: null })
      .where(and(eq(effects.id, id), eq(effects.state, "sending")))
      .returning({ id: effects.id })
      .all();
    return done.length === 1;
  });
}

/**
 * `sending → pending`, to be tried again at `nextAt`; or, with null, `failed` for good, which is journaled. False when
 * it was not being sent.
 */
export function failEffect(
  store: Store,
  id: number,
  failure: { readonly at: Time; readonly error: string; readonly nextAt: Time | null },
): boolean {
  const { at, error, nextAt } = failure;
  return write(store, "fail effect", (tx) => {
    const set =
      nextAt === null
        ? { state: "failed" as const, error, doneAt: at }
        : { state: "pending" as const, error, nextAt };
    const [failed] = tx
      .update(effects)
      .set(set)
      .where(and(eq(effects.id, id), eq(effects.state, "sending")))
      .returning({ kind: effects.kind, key: effects.key, dispatchId: effects.dispatchId })
      .all();
    if (failed && nextAt === null) {
      const { kind, key, dispatchId } = failed;
      const told = { from: "sending", to: "failed", why: error, data: { effect: id, kind, key } };
      record(store, { actor: "rally", at }, [{ layer: "effect", event: "failed", dispatchId, ...told }]);
    }
    return failed !== undefined;
  });
}

/** Whatever was being sent when its sender died: at start, nobody is sending. */
export function stuckSending(store: Store): Effect[] {
  return statement<Omit<Effect, "payload"> & { payload: string }>(
    store,
    `SELECT ${COLUMNS} FROM effects e WHERE e.state = 'sending' ORDER BY e.id`,
  )
    .all()
    .map(effectOf);
}

/** Whether a room has something that waits for its next try or is being sent. */
export function hasUnsent(store: Store, room: string): boolean {
  const row = statement(
    store,
    "SELECT 1 FROM effects WHERE room = ? AND state IN ('pending', 'sending') LIMIT 1",
  ).get(room);
  return row !== null && row !== undefined;
}

/** Up to where a room has read the journal; null for a room that never has. */
export function cursor(store: Store, room: string): number | null {
  const row = statement<{ id: number }>(store, "SELECT journal_id AS id FROM cursors WHERE room = ?").get(
    room,
  );
  return row?.id ?? null;
}

/** Moves a room's cursor forward; it never goes back. */
export function moveCursor(store: Store, room: string, journalId: number, at: Time): void {
  write(store, "move cursor", (tx) => {
    const before = cursor(store, room);
    if (before !== null && before >= journalId) return;
    const set = { journalId, updatedAt: at };
    tx.insert(cursors)
      .values({ room, ...set })
      .onConflictDoUpdate({ target: cursors.room, set })
      .run();
  });
}

function effectOf(row: Omit<Effect, "payload"> & { payload: string }): Effect {
  return { ...row, payload: JSON.parse(row.payload) };
}
