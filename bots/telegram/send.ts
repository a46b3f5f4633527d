import type { Bot } from "grammy";
import type { Message, Platform } from "../platform.ts";
import { isUnchanged, isUnparsed, undelivered } from "./failure.ts";
import { html, keyboard, plainText } from "./format.ts";

/** How messages are sent and changed; what is refused is thrown as `Undelivered`. */
export function sender(bot: Bot): Pick<Platform, "post" | "edit"> {
  return {
    post: async (chat, message, how) => {
      const { chatId, topic } = placeOf(chat);
      const under = { message_id: Number(how.thread), allow_sending_without_reply: true };
      const more = {
        ...shape(message),
        ...(topic === null ? {} : { message_thread_id: topic }),
        ...(how.thread === null ? {} : { reply_parameters: under }),
        disable_notification: how.silent,
      };
      const sent = await marked(
        () => bot.api.sendMessage(chatId, html(message), { ...more, parse_mode: "HTML" }),
        () => bot.api.sendMessage(chatId, plainText(message), more),
      );
      return String(sent?.message_id);
    },
    edit: async (chat, id, message) => {
      const { chatId } = placeOf(chat);
      const more = shape(message);
      await marked(
        () => bot.api.editMessageText(chatId, Number(id), html(message), { ...more, parse_mode: "HTML" }),
        () => bot.api.editMessageText(chatId, Number(id), plainText(message), more),
      );
    },
  };
}

export function shape(message: Message) {
  return {
    link_preview_options: { is_disabled: true },
    ...(message.buttons.length > 0 ? { reply_markup: keyboard(message.buttons) } : {}),
  };
}

/** With marks; as plain words only where Telegram does not understand the marks. Null where it shows that already. */
async function marked<T>(withMarks: () => Promise<T>, without: () => Promise<T>): Promise<T | null> {
  try {
    return await withMarks().catch((error: unknown) => {
      if (isUnparsed(error)) return without();
      throw error;
    });
  } catch (error) {
    if (isUnchanged(error)) return null;
    throw undelivered(error);
  }
}

/** `-100123` or, in a topic of a forum, `-100123/7`. */
export function placeOf(chat: string): { readonly chatId: number; readonly topic: number | null } {
  const [id, topic] = chat.split("/");
  return { chatId: Number(id), topic: topic === undefined ? null : Number(topic) };
}
