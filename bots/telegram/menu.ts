import type { Bot } from "grammy";
import { type Platform, Undelivered } from "../platform.ts";
import { undelivered } from "./failure.ts";
import { placeOf } from "./send.ts";

/**
 * The menu of one person in one chat: in a group that of a member, alone with the bot that of the chat. Nobody waits for
 * it, so it keeps nobody from stopping.
 */
export function menu(bot: Bot, stop: AbortSignal): NonNullable<Platform["menu"]> {
  const { promise: stopped, reject } = Promise.withResolvers<never>();
  stopped.catch(() => undefined);
  stop.addEventListener("abort", () => reject(new Undelivered("Stopped.")), { once: true });
  return async ({ chat, account }, entries) => {
    const { chatId } = placeOf(chat);
    const alone = { type: "chat", chat_id: chatId } as const;
    const member = { type: "chat_member", chat_id: chatId, user_id: Number(account) } as const;
    const scope = chatId > 0 ? alone : member;
    try {
      if (entries === null) await Promise.race([bot.api.deleteMyCommands({ scope }), stopped]);
      else {
        const commands = entries.map(({ name, summary }) => ({ command: name, description: summary }));
        await Promise.race([bot.api.setMyCommands(commands, { scope }), stopped]);
      }
    } catch (error) {
      throw undelivered(error);
    }
  };
}
