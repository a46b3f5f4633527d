import type { Bot } from "grammy";
import type { Platform } from "../platform.ts";
import { undelivered } from "./failure.ts";
import { placeOf } from "./send.ts";

/** The menu of one person in one chat: in a group that of a member, alone with the bot that of the chat. */
export function menu(bot: Bot): NonNullable<Platform["menu"]> {
  return async ({ chat, account }, entries) => {
    const { chatId } = placeOf(chat);
    const alone = { type: "chat", chat_id: chatId } as const;
    const member = { type: "chat_member", chat_id: chatId, user_id: Number(account) } as const;
    const scope = chatId > 0 ? alone : member;
    try {
      if (entries === null) await bot.api.deleteMyCommands({ scope });
      else {
        const commands = entries.map(({ name, summary }) => ({ command: name, description: summary }));
        await bot.api.setMyCommands(commands, { scope });
      }
    } catch (error) {
      throw undelivered(error);
    }
  };
}
