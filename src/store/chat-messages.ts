import type { Role } from "../domain/command.ts";
import type { Time } from "../domain/words.ts";
import type { Store } from "./open.ts";
import type { chatMessages, chatOffers } from "./schema-chat.ts";
import { statement } from "./statements.ts";
import { transaction } from "./transaction.ts";

type MessageRow = typeof chatMessages.$inferSelect;
export type SentMessage = Omit<MessageRow, "live" | "stale"> & {
  readonly live: boolean;
  readonly stale: boolean;
};
export type OfferRow = Omit<typeof chatOffers.$inferSelect, "takesText"> & { readonly takesText: boolean };

const COLUMNS = `room, message, kind, dispatch_id AS dispatchId, thread, body, stand, live, stale, at`;

/** Keeps a message of ours, and binds the buttons that it was sent with to it, in one transaction. */
export function keepMessage(
  store: Store,
  sent: Omit<SentMessage, "live" | "stale">,
  offers: readonly string[],
): void {
  transaction(store, "chat message", () => {
    const { room, message, kind, dispatchId, thread, body, stand, at } = sent;
    statement(
      store,
      `INSERT INTO chat_messages (room, message, kind, dispatch_id, thread, body, stand, live, stale, at)
       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0, ?9) ON CONFLICT (room, message) DO UPDATE SET
         kind = excluded.kind, dispatch_id = excluded.dispatch_id, body = excluded.body, stand = excluded.stand,
         live = excluded.live, stale = 0`,
    ).run(
      room,
      message,
      kind,
      dispatchId,
      thread,
      body,
      stand,
      kind === "card" || offers.length > 0 ? 1 : 0,
      at,
    );
    retireOffers(store, room, message);
    for (const id of offers)
      statement(store, "UPDATE chat_offers SET message = ? WHERE id = ?").run(message, id);
  });
}

/** What it shows now, after an edit; not live: it will not be edited again. */
export function changeMessage(
  store: Store,
  of: { readonly room: string; readonly message: string; readonly body: string; readonly live: boolean },
  offers: readonly string[],
): void {
  transaction(store, "chat edit", () => {
    statement(
      store,
      "UPDATE chat_messages SET body = ?3, live = ?4, stale = 0 WHERE room = ?1 AND message = ?2",
    ).run(of.room, of.message, of.body, of.live ? 1 : 0);
    statement(
      store,
      `DELETE FROM chat_offers WHERE room = ?1 AND message = ?2 AND used_at IS NULL
         AND id NOT IN (SELECT value FROM json_each(?3))`,
    ).run(of.room, of.message, JSON.stringify(offers));
    for (const id of offers)
      statement(store, "UPDATE chat_offers SET message = ? WHERE id = ?").run(of.message, id);
  });
}

export function staleMessage(store: Store, room: string, message: string): void {
  transaction(store, "chat stale", () => {
    statement(store, "UPDATE chat_messages SET stale = 1 WHERE room = ? AND message = ?").run(room, message);
  });
}

export function liveMessages(store: Store, platform: string): SentMessage[] {
  return statement<MessageRow>(
    store,
    `SELECT ${COLUMNS} FROM chat_messages WHERE live = 1 AND room GLOB ? ORDER BY at`,
  )
    .all(`${platform}:*`)
    .map(sentOf);
}

export function messageById(store: Store, room: string, message: string): SentMessage | null {
  const row = statement<MessageRow>(
    store,
    `SELECT ${COLUMNS} FROM chat_messages WHERE room = ? AND message = ?`,
  ).get(room, message);
  return row ? sentOf(row) : null;
}

export function cardOf(store: Store, room: string, dispatchId: number): SentMessage | null {
  const row = statement<MessageRow>(
    store,
    `SELECT ${COLUMNS} FROM chat_messages WHERE room = ? AND dispatch_id = ? AND kind = 'card'
     ORDER BY at DESC LIMIT 1`,
  ).get(room, dispatchId);
  return row ? sentOf(row) : null;
}

/** The dispatches that are not done and have a card there. */
export function cardsOf(store: Store, room: string): number[] {
  return statement<{ id: number }>(
    store,
    `SELECT DISTINCT d.id FROM chat_messages m JOIN dispatches d ON d.id = m.dispatch_id
     WHERE m.room = ? AND m.kind = 'card' AND d.done_at IS NULL ORDER BY d.id`,
  )
    .all(room)
    .map(({ id }) => id);
}

export function newOffer(
  store: Store,
  offer: {
    readonly room: string;
    readonly dispatchId: number | null;
    readonly line: string;
    readonly label: string;
    readonly role: Role;
    readonly head: string | null;
    readonly takesText: boolean;
    readonly account?: string | null;
    readonly at: Time;
    readonly expiresAt: Time;
  },
): string {
  const id = Buffer.from(crypto.getRandomValues(new Uint8Array(18))).toString("base64url");
  const { room, dispatchId, line, label, role, head, takesText, at, expiresAt } = offer;
  transaction(store, "chat offer", () => {
    statement(
      store,
      `INSERT INTO chat_offers (id, room, dispatch_id, line, label, role, head, takes_text, account, created_at, expires_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ).run(
      id,
      room,
      dispatchId,
      line,
      label,
      role,
      head,
      takesText ? 1 : 0,
      offer.account ?? null,
      at,
      expiresAt,
    );
  });
  return id;
}

export function offerById(store: Store, id: string): OfferRow | null {
  const row = statement<typeof chatOffers.$inferSelect>(
    store,
    `SELECT id, room, message, dispatch_id AS dispatchId, line, label, role, head, takes_text AS takesText, account,
       created_at AS createdAt, expires_at AS expiresAt, used_at AS usedAt, used_by AS usedBy
     FROM chat_offers WHERE id = ?`,
  ).get(id);
  return row ? { ...row, takesText: Boolean(row.takesText) } : null;
}

/** The text that was asked of somebody by this message of ours. */
export function promptOf(store: Store, room: string, message: string): OfferRow | null {
  const row = statement<{ id: string }>(
    store,
    `SELECT id FROM chat_offers WHERE room = ? AND message = ? AND account IS NOT NULL`,
  ).get(room, message);
  return row ? offerById(store, row.id) : null;
}

export function bindOffer(store: Store, id: string, message: string): void {
  transaction(store, "bind offer", () => {
    statement(store, "UPDATE chat_offers SET message = ? WHERE id = ?").run(message, id);
  });
}

/** True for exactly one press. */
export function useOffer(
  store: Store,
  id: string,
  use: { readonly message: string; readonly by: string; readonly at: Time },
): boolean {
  return transaction(store, "use offer", () => {
    const done = statement(
      store,
      `UPDATE chat_offers SET used_at = ?2, used_by = ?3, message = coalesce(message, ?4)
       WHERE id = ?1 AND used_at IS NULL AND expires_at > ?2`,
    ).run(id, use.at, use.by, use.message);
    return done.changes > 0;
  });
}

/** The lines of a message's buttons that were pressed. */
export function usedLines(store: Store, room: string, message: string): string[] {
  return statement<{ line: string }>(
    store,
    "SELECT line FROM chat_offers WHERE room = ? AND message = ? AND used_at IS NOT NULL",
  )
    .all(room, message)
    .map(({ line }) => line);
}

/** Buttons that a message no longer shows; those that were used stay, to say so. */
function retireOffers(store: Store, room: string, message: string): void {
  statement(
    store,
    "DELETE FROM chat_offers WHERE room = ? AND message = ? AND used_at IS NULL AND account IS NULL",
  ).run(room, message);
}

/** What has expired long ago is of no use to anybody. */
export function forgetOffers(store: Store, before: Time): void {
  transaction(store, "forget offers", () => {
    statement(store, "DELETE FROM chat_offers WHERE expires_at < ?").run(before);
    statement(store, "DELETE FROM chat_updates WHERE at < ? AND done_at IS NOT NULL").run(before);
    statement(store, "DELETE FROM chat_codes WHERE expires_at < ?").run(before);
  });
}

function sentOf(row: MessageRow): SentMessage {
  return { ...row, live: Boolean(row.live), stale: Boolean(row.stale) };
}
