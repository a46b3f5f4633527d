import type { Context } from "grammy";
import type { ForceReply, UserFromGetMe } from "grammy/types";
import type { Incoming, Message } from "../platform.ts";
import { isUnparsed, undelivered } from "./failure.ts";
import { html, plainText } from "./format.ts";
import { shape } from "./send.ts";

const ALERT_LIMIT = 190;

/** A message or a press as the bots know it; null for what is not meant for us. */
export function incomingOf(ctx: Context, me: UserFromGetMe): Incoming | null {
  const { chat, from } = ctx;
  if (!chat || !from || from.is_bot || from.id === me.id) return null;
  const common = {
    id: String(ctx.update.update_id),
    chat: chatOf(ctx),
    alone: chat.type === "private",
    title: "title" in chat && chat.title ? chat.title : "private",
    account: String(from.id),
    answer: answerOf(ctx),
  };
  const query = ctx.callbackQuery;
  if (query) {
    const message = String(query.message?.message_id ?? "");
    return { ...common, thread: message, said: { press: query.data ?? "", message, text: null } };
  }
  const text = ctx.message?.text;
  const line = text ? meant(ctx, text, me.username) : null;
  return line === null ? null : { ...common, thread: repliedTo(ctx), said: { line } };
}

/** In a group only what is said to us: a command, our name, or an answer to what we said. */
function meant(ctx: Context, text: string, name: string): string | null {
  const other = /^\/\w+@(\w+)/.exec(text)?.[1];
  if (other && other.toLowerCase() !== name.toLowerCase()) return null;
  const line = text.replace(/^\/(\w+)@\w+/, "/$1");
  if (line.startsWith("/start")) return "/help";
  if (ctx.chat?.type === "private" || line.startsWith("/")) return line;
  const at = `@${name}`.toLowerCase();
  if (line.toLowerCase().startsWith(at)) return line.slice(at.length).replace(/^[:,]?\s*/, "");
  return ctx.message?.reply_to_message?.from?.username === name ? line : null;
}

function repliedTo(ctx: Context): string | null {
  const message = ctx.message?.reply_to_message;
  // In a forum every message answers the one that opened its topic.
  if (!message || message.forum_topic_created) return null;
  return String(message.message_id);
}

function chatOf(ctx: Context): string {
  const message = ctx.msg;
  const topic = message?.is_topic_message ? message.message_thread_id : undefined;
  return topic === undefined ? String(ctx.chat?.id) : `${ctx.chat?.id}/${topic}`;
}

function answerOf(ctx: Context): Incoming["answer"] {
  let answered = ctx.callbackQuery === undefined;
  /** A press must be answered, once: until then its button turns. */
  const alert = async (text: string | null): Promise<boolean> => {
    if (answered) return false;
    answered = true;
    const shown = text !== null && text.length > ALERT_LIMIT ? `${text.slice(0, ALERT_LIMIT)}…` : text;
    const how = shown === null ? {} : { text: shown, show_alert: true };
    await ctx.answerCallbackQuery(how).catch(() => undefined);
    return true;
  };
  return {
    receipt: async () => {
      if (!(await alert(null))) await ctx.react("👀").catch(() => undefined);
    },
    say: async (message) => {
      await alert(null);
      return reply(ctx, message);
    },
    whisper: async (message) => {
      // An alert is seen by nobody else; it has no buttons.
      if (message.buttons.length === 0 && (await alert(plainText(message)))) return null;
      await alert(null);
      return reply(ctx, message);
    },
    prompt: async (question) => {
      await alert(null);
      const mention = [String(ctx.from?.id)];
      // In a group it opens the answer for who is mentioned, and for nobody else.
      const force = { reply_markup: { force_reply: true, selective: true } } as const;
      return reply(ctx, { parts: [{ line: question }], buttons: [], mention }, force);
    },
  };
}

async function reply(ctx: Context, message: Message, how: { readonly reply_markup?: ForceReply } = {}) {
  const more = { ...shape(message), reply_parameters: under(ctx), ...how };
  try {
    const sent = await ctx.reply(html(message), { ...more, parse_mode: "HTML" }).catch((error: unknown) => {
      if (isUnparsed(error)) return ctx.reply(plainText(message), more);
      throw error;
    });
    return String(sent.message_id);
  } catch (error) {
    throw undelivered(error);
  }
}

function under(ctx: Context) {
  return { message_id: ctx.msg?.message_id ?? 0, allow_sending_without_reply: true };
}
