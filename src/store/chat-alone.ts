import type { Store } from "./open.ts";
import { getSetting, setSetting } from "./settings.ts";
import { statement } from "./statements.ts";
import { transaction } from "./transaction.ts";

const KEY = "chat_alone:";

/** In this room one account is alone with the bot. */
export function knowAlone(store: Store, room: string, account: string): void {
  if (getSetting(store, `${KEY}${room}`) === account) return;
  transaction(store, "chat alone", () => setSetting(store, `${KEY}${room}`, account));
}

/** The rooms of a platform in which one account is alone with the bot. */
export function aloneRooms(
  store: Store,
  platform: string,
): { readonly room: string; readonly account: string }[] {
  return statement<{ key: string; value: string }>(
    store,
    "SELECT key, value FROM settings WHERE key GLOB ? ORDER BY key",
  )
    .all(`${KEY}${platform}:*`)
    .map(({ key, value }) => ({ room: key.slice(KEY.length), account: value }));
}
