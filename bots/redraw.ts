import { passing } from "../src/boundary.ts";
import type { JournalRow } from "../src/domain/announce.ts";
import type { DispatchView } from "../src/domain/view.ts";
import {
  changeMessage,
  liveMessages,
  type SentMessage,
  staleMessage,
  usedLines,
} from "../src/store/chat-messages.ts";
import { roomById, roomGone } from "../src/store/chat-rooms.ts";
import { history } from "../src/store/read.ts";
import { dispatchView } from "../src/store/snapshot.ts";
import { asText, type Bot } from "./bot.ts";
import { cardContent, goneCard, standOf } from "./card.ts";
import type { Content } from "./content.ts";
import { once } from "./once.ts";
import { Undelivered } from "./platform.ts";
import { messageOf } from "./send.ts";
import { nameOf } from "./who.ts";

const RETRY_MS = 30_000;

type Wanted = { readonly content: Content; readonly live: boolean };

/**
 * Brings every message of ours that has changed up to date: cards, and buttons that are no longer the question. True
 * where the pace left some for later.
 */
export async function redraw(bot: Bot): Promise<boolean> {
  let left = false;
  const known = lookOnce(bot);
  for (const sent of liveMessages(bot.world.store, bot.platform.name)) {
    const room = roomById(bot.world.store, sent.room);
    if (!room || room.gone !== null) continue;
    const now = bot.world.now();
    const key = `${sent.room} ${sent.message}`;
    const wanted = (bot.later.get(key) ?? 0) > now ? null : wantedOf(bot, sent, known);
    if (wanted === null) continue;
    if (bot.pace.nextEdit(room.chat) > now) left = true;
    else await edit(bot, room, sent, wanted);
  }
  return left;
}

/** How a dispatch stands, and what happened to it last. */
type Known = {
  view(dispatchId: number): DispatchView | null;
  happened(dispatchId: number): readonly JournalRow[];
};

/** One look at a dispatch serves all messages that show it. */
function lookOnce({ world: { store } }: Bot): Known {
  const [views, rows] = [new Map<number, DispatchView | null>(), new Map<number, readonly JournalRow[]>()];
  return {
    view: (id) => once(views, id, () => dispatchView(store, id)),
    happened: (id) => once(rows, id, () => history(store, { dispatchId: id, limit: ROWS })),
  };
}

/** Null where it shows already what it should. */
function wantedOf(bot: Bot, sent: SentMessage, known: Known): Wanted | null {
  const before = JSON.parse(sent.body) as Content;
  if (sent.dispatchId === null) return sent.stale ? withoutUsed(bot, sent, before) : null;
  const view = known.view(sent.dispatchId);
  const note = () => noteOf(sent, known);
  if (sent.kind === "card") {
    if (view === null)
      return { content: goneCard(before, sent.dispatchId, note() ?? "It was cleaned."), live: false };
    const content = cardContent(bot.world, view, note());
    return sent.stale || JSON.stringify(content) !== sent.body ? { content, live: true } : null;
  }
  if (
    view === null ||
    (sent.stand !== null && standOf(view, sent.stand.split(":", 1)[0] ?? "") !== sent.stand)
  )
    return { content: withoutButtons(before, note()), live: false };
  return sent.stale ? { content: before, live: true } : null;
}

/** A reply keeps the buttons that nobody has pressed. */
function withoutUsed(bot: Bot, sent: SentMessage, before: Content): Wanted {
  const used = usedLines(bot.world.store, sent.room, sent.message);
  const offers = before.offers.filter(({ line }) => !used.includes(line));
  return { content: { ...before, offers }, live: offers.length > 0 };
}

function withoutButtons(before: Content, note: string | null): Content {
  const noted = note === null ? [] : [{ line: [{ text: note, tone: "dim" as const }] }];
  return { parts: [...before.parts, ...noted], offers: [], mention: [] };
}

const DID: Readonly<Record<string, string>> = {
  upstream: "Marked upstream",
  resume: "Taken back from upstream",
  resume_live: "Taken back from upstream",
  run_again: "Sent back to the agent",
  clean: "Cleaned",
  answered: "Answered",
  merged: "Merged",
  stopped: "Stopped",
};

const ROWS = 30;

/** “Marked upstream by ana, 14:02”: what was decided since the message was sent, wherever that was. */
function noteOf({ dispatchId, at }: SentMessage, known: Known): string | null {
  const rows = dispatchId === null ? [] : known.happened(dispatchId);
  const row = rows.findLast(
    (one) => one.at >= at && (one.layer === "dispatch" || one.layer === "fact") && DID[one.event],
  );
  if (!row) return null;
  return `${DID[row.event]} by ${nameOf(row.actor)}, ${clock(row.at)}`;
}

function clock(at: number): string {
  return new Date(at).toTimeString().slice(0, 5);
}

async function edit(
  bot: Bot,
  room: { readonly id: string; readonly chat: string },
  sent: SentMessage,
  { content, live }: Wanted,
): Promise<void> {
  const { store, log } = bot.world;
  const { message, offers } = messageOf(bot, room.id, content, sent.dispatchId);
  const body = JSON.stringify(content);
  try {
    await passing("chat", "edit", () => {
      bot.pace.sent(room.chat, bot.world.now());
      return bot.platform.edit(room.chat, sent.message, message);
    });
    changeMessage(store, { room: room.id, message: sent.message, body, live }, offers);
  } catch (error) {
    if (!(error instanceof Undelivered)) throw error;
    const { never, retryAfterMs = RETRY_MS } = error.how;
    const key = `${sent.room} ${sent.message}`;
    log.warn("chat.edit", { room: room.id, error: asText(error) });
    if (never === "chat") roomGone(store, room.id, error.message);
    else if (never === "message")
      changeMessage(store, { room: room.id, message: sent.message, body, live: false }, []);
    else {
      bot.later.set(key, bot.world.now() + retryAfterMs);
      if (error.how.retryAfterMs) bot.pace.wait(room.chat, bot.world.now() + retryAfterMs);
      if (sent.stale) staleMessage(store, sent.room, sent.message);
    }
  }
}
