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
