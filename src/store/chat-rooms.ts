import type { Time } from "../domain/words.ts";
import { enqueue, NEWS_MS } from "./effects.ts";
import type { Store } from "./open.ts";
import type { chatFollows, chatRooms } from "./schema-chat.ts";
import { statement } from "./statements.ts";
import { transaction } from "./transaction.ts";

export type RoomRow = typeof chatRooms.$inferSelect;
type FollowRow = typeof chatFollows.$inferSelect;

const COLUMNS = "id, platform, chat, title, gone, created_at AS createdAt";

/** A conversation that was spoken in; one that was gone is back. */
export function knowRoom(
  store: Store,
  room: { readonly platform: string; readonly chat: string; readonly title: string; readonly at: Time },
): RoomRow {
  const id = `${room.platform}:${room.chat}`;
  return transaction(store, "chat room", () => {
    if (roomById(store, id)?.gone) tellAgain(store, id, room.at);
    statement(
      store,
      `INSERT INTO chat_rooms (id, platform, chat, title, created_at) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET title = excluded.title, gone = NULL`,
    ).run(id, room.platform, room.chat, room.title, room.at);
    const found = roomById(store, id);
    if (!found) throw new Error("A room that was written is not there.");
    return found;
  });
}

/** What could not be told while it was gone is told now, and what is no news any more not at all; cards change again. */
function tellAgain(store: Store, room: string, at: Time): void {
  statement(
    store,
    `UPDATE effects SET state = iif(created_at > ?2, 'pending', 'dropped'), next_at = ?3, attempts = 0, done_at = NULL
     WHERE room = ?1 AND state = 'failed'`,
  ).run(room, at - NEWS_MS, at);
  statement(
    store,
    `UPDATE chat_messages SET live = 1 WHERE room = ? AND kind = 'card'
       AND dispatch_id IN (SELECT id FROM dispatches)`,
  ).run(room);
}

export function roomById(store: Store, id: string): RoomRow | null {
  return statement<RoomRow>(store, `SELECT ${COLUMNS} FROM chat_rooms WHERE id = ?`).get(id);
}

/** Of one platform, those that follow something. */
export function followingRooms(store: Store, platform: string): RoomRow[] {
  return statement<RoomRow>(
    store,
    `SELECT ${COLUMNS} FROM chat_rooms r WHERE platform = ? AND gone IS NULL
       AND EXISTS (SELECT 1 FROM chat_follows f WHERE f.room = r.id) ORDER BY id`,
  ).all(platform);
}

export function chatRoomsOf(store: Store, platform: string | null): RoomRow[] {
  return statement<RoomRow>(
    store,
    `SELECT ${COLUMNS} FROM chat_rooms WHERE ?1 IS NULL OR platform = ?1 ORDER BY id`,
  ).all(platform);
}

/** Nothing can be sent there any more; the effects that wait for it end with the reason. */
export function roomGone(store: Store, id: string, why: string): void {
  transaction(store, "room gone", () => {
    statement(store, "UPDATE chat_rooms SET gone = ? WHERE id = ?").run(why, id);
    statement(store, "UPDATE chat_messages SET live = 0 WHERE room = ?").run(id);
  });
}

/** Who is alone there with the bot is on no list any more: what was to be told them is told nobody. */
export const OFF_THE_LISTS = "who is there is on no list";

export function roomOff(store: Store, id: string): void {
  transaction(store, "room off", () => {
    roomGone(store, id, OFF_THE_LISTS);
    statement(store, "UPDATE effects SET state = 'dropped' WHERE room = ? AND state = 'pending'").run(id);
  });
}

export function followsOf(store: Store, room: string): FollowRow[] {
  return statement<FollowRow>(
    store,
    `SELECT room, project_id AS projectId, dispatch_id AS dispatchId, "by", at FROM chat_follows
     WHERE room = ? ORDER BY project_id, dispatch_id`,
  ).all(room);
}

/** False where it did so already. */
export function follow(
  store: Store,
  what: {
    readonly room: string;
    readonly projectId?: number;
    readonly dispatchId?: number;
    readonly by: string;
    readonly at: Time;
  },
): boolean {
  return transaction(store, "follow", () => {
    const { room, projectId = 0, dispatchId = 0, by, at } = what;
    const done = statement(
      store,
      `INSERT OR IGNORE INTO chat_follows (room, project_id, dispatch_id, "by", at) VALUES (?, ?, ?, ?, ?)`,
    ).run(room, projectId, dispatchId, by, at);
    return done.changes > 0;
  });
}

export function unfollow(
  store: Store,
  what: { readonly room: string; readonly projectId?: number; readonly dispatchId?: number },
): boolean {
  return transaction(store, "unfollow", () => {
    const { room, projectId = 0, dispatchId = 0 } = what;
    const done = statement(
      store,
      "DELETE FROM chat_follows WHERE room = ? AND project_id = ? AND dispatch_id = ?",
    ).run(room, projectId, dispatchId);
    return done.changes > 0;
  });
}

/** A card for a dispatch in a room, asked for once however often it is. */
export function wantCard(store: Store, room: string, dispatchId: number, at: Time): void {
  enqueue(store, {
    key: `card:${dispatchId}:${room}`,
    kind: "card",
    dispatchId,
    room,
    payload: { dispatchId },
    at,
  });
}
