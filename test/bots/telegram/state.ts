export type Chat = {
  readonly id: number;
  readonly type: "private" | "group" | "supergroup";
  readonly title?: string;
  readonly first_name?: string;
  gone?: boolean;
  readonly is_forum?: boolean;
  /** Whether the bot may make topics there. */
  may_topics?: boolean;
};

export type Topic = { readonly id: number; readonly chat: number; readonly name: string; deleted: boolean };

export type Update = {
  readonly update_id: number;
  readonly message?: unknown;
  readonly callback_query?: unknown;
};

export type Posted = {
  readonly id: number;
  readonly chat: number;
  text: string;
  html: string;
  buttons: { readonly text: string; readonly callback_data: string }[];
  readonly force: boolean;
  readonly silent: boolean;
  readonly to: number | null;
  readonly topic: number | null;
  readonly at: number;
  readonly edits: { readonly text: string; readonly at: number }[];
};

export function chatById(chats: readonly Chat[], id: number): Chat {
  const found = chats.find((one) => one.id === id);
  if (!found) throw new Error(`there is no chat ${id}`);
  return found;
}

const TAGS = ["b", "i", "code", "pre", "a"];

/** The words of Telegram's HTML; null where it is none: a tag unknown, unclosed, crossed, or a bare `<` or `&`. */
export function strip(html: string): string | null {
  const open: string[] = [];
  let text = "";
  for (const [token] of html.matchAll(/<[^>]*>?|&\w*;?|[^<&]+/g)) {
    if (token.startsWith("&")) {
      const char = { "&lt;": "<", "&gt;": ">", "&amp;": "&", "&quot;": '"' }[token];
      if (char === undefined) return null;
      text += char;
      continue;
    }
    if (!token.startsWith("<")) {
      text += token;
      continue;
    }
    const [, close, name = "", rest = ""] = /^<(\/?)(\w+)([^>]*)>$/.exec(token) ?? [];
    if (!TAGS.includes(name)) return null;
    if (close) {
      if (open.pop() !== name) return null;
    } else {
      if (rest !== "" && !(name === "a" && /^ href="[^"]*"$/.test(rest))) return null;
      open.push(name);
    }
  }
  return open.length === 0 ? text : null;
}

export type Scope = { readonly type: string; readonly chat_id?: number; readonly user_id?: number };

/** The name of a menu's scope; a refusal where there is no such chat, or nobody is a member of it. */
export function scopeOf(
  chats: readonly Chat[],
  scope: Scope = { type: "default" },
): string | { readonly code: number; readonly description: string } {
  if (scope.type === "default") return scope.type;
  const chat = chats.find((one) => one.id === scope.chat_id);
  if (!chat || chat.gone) return { code: 400, description: "Bad Request: chat not found" };
  if (scope.type === "chat") return `chat ${chat.id}`;
  if (scope.type !== "chat_member" || chat.type === "private" || scope.user_id === undefined)
    return { code: 400, description: "Bad Request: can't use specified scope" };
  return `chat_member ${chat.id} ${scope.user_id}`;
}

/** As Telegram shows that a message stands in a topic; in the general one it does not. */
export function inTopic(topic: number | null) {
  return topic === null ? {} : { message_thread_id: topic, is_topic_message: true };
}

/** In a topic what answers nothing answers the message that opened it. */
export function openerOf(chat: Chat, topic: number | null) {
  if (topic === null) return {};
  const opener = {
    message_id: topic,
    date: 1_700_000_000,
    chat,
    forum_topic_created: { name: "x", icon_color: 0 },
  };
  return { reply_to_message: opener };
}

export function lostTopic(
  topics: readonly Topic[],
  payload: { readonly chat_id?: number; readonly message_thread_id?: unknown },
): { readonly code: number; readonly description: string } | null {
  if (payload.message_thread_id === undefined) return null;
  const found = topics.find(
    (one) => one.id === payload.message_thread_id && one.chat === payload.chat_id && !one.deleted,
  );
  return found ? null : { code: 400, description: "Bad Request: message thread not found" };
}
