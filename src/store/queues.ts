import type { Time } from "../domain/words.ts";
import type { Store } from "./open.ts";
import { statement } from "./statements.ts";

/** What waits to be sent to one chat; `since`: when something last left, or the oldest of it came. */
export type ChatQueue = {
  readonly room: string;
  readonly title: string;
  readonly platform: string;
  readonly waiting: number;
  readonly since: Time;
  /** Of its first message, which the others wait for; empty where that was not tried yet. */
  readonly error: string;
};

/** Chats in reach that something waits to be sent to. */
export function chatQueues(store: Store): ChatQueue[] {
  const rows = statement<Omit<ChatQueue, "since"> & { oldest: Time; moved: Time | null }>(
    store,
    `SELECT r.id AS room, r.title, r.platform, q.waiting, q.oldest,
       coalesce((SELECT error FROM effects WHERE id = q.head), '') AS error,
       (SELECT done_at FROM effects d WHERE d.room = r.id AND d.done_at IS NOT NULL ORDER BY d.id DESC LIMIT 1) AS moved
     FROM (SELECT room, count(*) AS waiting, min(created_at) AS oldest, min(id) AS head FROM effects
       WHERE state IN ('pending', 'sending') GROUP BY room) q
     JOIN chat_rooms r ON r.id = q.room AND r.gone IS NULL ORDER BY r.id`,
  ).all();
  return rows.map(({ oldest, moved, ...row }) => ({ ...row, since: Math.max(oldest, moved ?? 0) }));
}

/** What waits to be told in the chats of one platform, by the dispatch that it is about; cleaned ones are no news. */
export function waitingFor(
  store: Store,
  platform: string,
): { readonly dispatchId: number; readonly waiting: number }[] {
  return statement<{ dispatchId: number; waiting: number }>(
    store,
    `SELECT e.dispatch_id AS dispatchId, count(*) AS waiting FROM effects e
     JOIN chat_rooms r ON r.id = e.room AND r.platform = ? AND r.gone IS NULL
     JOIN dispatches d ON d.id = e.dispatch_id
     WHERE e.state IN ('pending', 'sending') GROUP BY e.dispatch_id ORDER BY e.dispatch_id`,
  ).all(platform);
}
