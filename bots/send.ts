import { passing } from "../src/boundary.ts";
import { type Role, roleOf } from "../src/domain/command.ts";
import { COMMANDS } from "../src/domain/commands.ts";
import { parseLine } from "../src/domain/grammar.ts";
import type { DispatchView } from "../src/domain/view.ts";
import { keepMessage, newOffer } from "../src/store/chat-messages.ts";
import { dispatchView } from "../src/store/snapshot.ts";
import type { Bot } from "./bot.ts";
import type { Content, Offered } from "./content.ts";
import { once } from "./once.ts";
import type { Button, Message, Part, PostOptions } from "./platform.ts";

/** Lines that approve the work as it is: with another commit they are another matter. */
const OF_THE_HEAD = /^(upstream|push|pr|clean|review)\b/;

/** The message of a content, with an offer for each button that can be pressed there. */
export function messageOf(
  bot: Bot,
  room: string,
  content: Content,
  dispatchId: number | null,
): { readonly message: Message; readonly offers: readonly string[] } {
  const views = new Map<number, DispatchView | null>();
  const viewOf = (id: number) => once(views, id, () => dispatchView(bot.world.store, id));
  const buttons = content.offers.flatMap((offered) => button(bot, room, offered, { dispatchId, viewOf }));
  const parts = content.parts.map((part) => redacted(bot, part));
  const message = { parts, mention: content.mention, buttons };
  return { message, offers: buttons.map(({ offer }) => offer) };
}

/** A chat is a sink like any other: nothing that is secret goes there, whoever wrote it. */
function redacted({ world }: Bot, part: Part): Part {
  if ("code" in part) return { code: world.redact(part.code) };
  if ("link" in part) return part;
  const { line } = part;
  if (typeof line === "string") return { line: world.redact(line) };
  return {
    line: line.map((span) =>
      typeof span === "string" ? world.redact(span) : { ...span, text: world.redact(span.text) },
    ),
  };
}

type About = {
  readonly dispatchId: number | null;
  readonly viewOf: (id: number) => DispatchView | null;
};

function button(bot: Bot, room: string, offered: Offered, about: About): Button[] {
  const role = roleOfLine(offered);
  if (role === null) return [];
  const { store, config } = bot.world;
  const at = bot.world.now();
  const { line, label, danger, takesText } = offered;
  const dispatchId = about.dispatchId ?? idIn(line);
  const view = dispatchId === null ? null : about.viewOf(dispatchId);
  const head = OF_THE_HEAD.test(line) ? (view?.git?.head ?? null) : null;
  const expiresAt = at + config.chat.offerMinutes * 60_000;
  const offer = newOffer(store, {
    ...{ room, line, label, role, head, takesText, at, expiresAt },
    dispatchId: view === null ? null : dispatchId,
  });
  return [{ label, offer, danger, takesText }];
}

/** Null for a line that cannot be said in a chat, which then is no button. */
function roleOfLine({ line, takesText }: Offered): Role | null {
  try {
    const { command, flags } = parseLine(COMMANDS, takesText ? `${line} …` : line, { surface: "chat" });
    return roleOf(command, flags);
  } catch {
    return null;
  }
}

function idIn(line: string): number | null {
  const found = /^[a-z]+ (\d+)\b/.exec(line)?.[1];
  return found ? Number(found) : null;
}

export type Sending = PostOptions & {
  readonly kind: "card" | "announcement" | "reply";
  readonly dispatchId: number | null;
  readonly stand: string | null;
};

/** Sends and keeps it; gives its id. Throws `Undelivered`. */
export async function send(
  bot: Bot,
  room: { readonly id: string; readonly chat: string },
  content: Content,
  how: Sending,
): Promise<string> {
  const { message, offers } = messageOf(bot, room.id, content, how.dispatchId);
  const id = await passing("chat", how.kind, () => {
    bot.pace.sent(room.chat, bot.world.now());
    return bot.platform.post(room.chat, message, how);
  });
  keep(bot, room.id, id, content, how, offers);
  return id;
}

export function keep(
  bot: Bot,
  room: string,
  message: string,
  content: Content,
  how: Pick<Sending, "kind" | "dispatchId" | "thread" | "stand">,
  offers: readonly string[],
): void {
  const { kind, dispatchId, thread, stand } = how;
  const body = JSON.stringify(content);
  const at = bot.world.now();
  keepMessage(bot.world.store, { room, message, kind, dispatchId, thread, body, stand, at }, offers);
}
