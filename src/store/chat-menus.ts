import type { Store } from "./open.ts";
import { getSetting, setSetting } from "./settings.ts";
import { statement } from "./statements.ts";
import { transaction } from "./transaction.ts";

/** Whose menu, where. */
export type MenuPlace = { readonly platform: string; readonly chat: string; readonly account: string };

/** What the menu that was shown there last is known by; null where none was. */
export function menuOf(store: Store, place: MenuPlace): string | null {
  return getSetting(store, keyOf(place));
}

/** Null: it was taken away. */
export function keepMenu(store: Store, place: MenuPlace, menu: string | null): void {
  transaction(store, "chat menu", () => {
    if (menu !== null) setSetting(store, keyOf(place), menu);
    else statement(store, "DELETE FROM settings WHERE key = ?").run(keyOf(place));
  });
}

/** All places of a platform where a menu was shown. */
export function menuPlaces(store: Store, platform: string): MenuPlace[] {
  return statement<{ key: string }>(store, "SELECT key FROM settings WHERE key GLOB ? ORDER BY key")
    .all(`${KEY}${platform}:*`)
    .map(({ key }) => {
      const [, , chat = "", account = ""] = key.split(":");
      return { platform, chat, account };
    });
}

const KEY = "chat_menu:";

function keyOf({ platform, chat, account }: MenuPlace): string {
  return `${KEY}${platform}:${chat}:${account}`;
}
