import { createHash } from "node:crypto";
import type { Role } from "../src/domain/command.ts";
import { COMMANDS } from "../src/domain/commands.ts";
import { keepMenu, type MenuPlace, menuOf, menuPlaces } from "../src/store/chat-menus.ts";
import { roomById } from "../src/store/chat-rooms.ts";
import { asText, type Bot } from "./bot.ts";
import { Undelivered } from "./platform.ts";
import { mayDo, peopleOf, roleFor } from "./who.ts";

type MenuEntry = { readonly name: string; readonly summary: string };

/** The commands of a chat that somebody of this role may say; a menu has only those of one word. */
function entriesFor(role: Role): readonly MenuEntry[] {
  return COMMANDS.filter(
    (one) => one.surfaces.includes("chat") && /^[a-z]+$/.test(one.name) && mayDo(role, one.role),
  ).map(({ name, summary }) => ({ name, summary }));
}

/** Who is heard in a chat has the menu of their role there, and whoever has lost it has none. */
export function bringMenu(bot: Bot, chat: string, account: string): void {
  const { platform } = bot;
  if (platform.menu === null) return;
  const place = { platform: platform.name, chat: platform.pace.counted(chat), account };
  if (isRight(bot, place)) return;
  bot.queue.add("menus", () => bring(bot, place));
}

/** The lists have changed since, or may have: what was shown before is brought up to date. */
export function bringMenus(bot: Bot): void {
  const { world, platform } = bot;
  if (platform.menu === null) return;
  const alone = peopleOf(bot)
    .filter((account) => roomById(world.store, `${platform.name}:${account}`) !== null)
    .map((account): MenuPlace => ({ platform: platform.name, chat: account, account }));
  const places = [...menuPlaces(world.store, platform.name), ...alone];
  bot.queue.add("menus", async () => {
    for (const place of places) await bring(bot, place);
  });
}

async function bring(bot: Bot, place: MenuPlace): Promise<void> {
  const { world, platform } = bot;
  if (platform.menu === null || isRight(bot, place)) return;
  const wanted = wantedOf(bot, place);
  const role = roleFor(bot, place.account);
  // Where one may be shown is known before it is: it is to be taken away, whatever becomes of the answer.
  if (wanted !== null) keepMenu(world.store, place, UNSURE);
  try {
    await platform.menu(place, role === null ? null : entriesFor(role));
    keepMenu(world.store, place, wanted);
  } catch (error) {
    // Where the chat is gone, its menu is, too.
    if (error instanceof Undelivered && error.how.never !== undefined) keepMenu(world.store, place, null);
    world.log.warn("chat.menu", { chat: place.chat, error: asText(error) });
  }
}

const UNSURE = "unsure";

function isRight(bot: Bot, place: MenuPlace): boolean {
  return menuOf(bot.world.store, place) === wantedOf(bot, place);
}

function wantedOf(bot: Bot, { account }: MenuPlace): string | null {
  const role = roleFor(bot, account);
  if (role === null) return null;
  return createHash("sha256")
    .update(JSON.stringify(entriesFor(role)))
    .digest("hex")
    .slice(0, 16);
}
