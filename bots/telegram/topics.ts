import type { Bot } from "grammy";
import type { Platform } from "../platform.ts";
import { undelivered } from "./failure.ts";
import { placeOf } from "./send.ts";

const NAME_LIMIT = 128;

/** Topics of forum groups. The bot must be an admin there that may manage topics. */
export function topics(bot: Bot): Platform["topics"] {
  return {
    open: async (chat, name) => {
      const { chatId, topic } = placeOf(chat);
      if (topic !== null || chatId > 0) return null;
      try {
        const { is_forum: isForum } = await bot.api.getChat(chatId);
        if (!isForum) return null;
        const made = await bot.api.createForumTopic(chatId, name.slice(0, NAME_LIMIT));
        return `${chatId}/${made.message_thread_id}`;
      } catch (error) {
        throw undelivered(error);
      }
    },
  };
}
