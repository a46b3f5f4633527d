import { aloneRooms } from "../src/store/chat-alone.ts";
import { knowRoom, OFF_THE_LISTS, roomById, roomOff } from "../src/store/chat-rooms.ts";
import type { Bot } from "./bot.ts";
import { bringMenus } from "./menu.ts";
import { roleFor } from "./who.ts";

/**
 * What follows from other lists than before: menus, and who is alone with the bot is told nothing more when they are on
 * none, and again when they are back.
 */
export function heedLists(bot: Bot): void {
  const { world, platform } = bot;
  bringMenus(bot);
  for (const { room, account } of aloneRooms(world.store, platform.name)) {
    const known = roomById(world.store, room);
    const may = roleFor(bot, account) !== null;
    if (known?.gone === null && !may) roomOff(world.store, room);
    if (known?.gone === OFF_THE_LISTS && may) knowRoom(world.store, { ...known, at: world.now() });
  }
}
