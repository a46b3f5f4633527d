import type { Announcement } from "../src/domain/announce.ts";
import { cardOf, changeMessage, staleMessage } from "../src/store/chat-messages.ts";
import { type RoomRow, roomById, roomGone } from "../src/store/chat-rooms.ts";
import {
  claimEffect,
  due,
  type Effect,
  failEffect,
  finishEffect,
  NEWS_MS,
  stuckSending,
} from "../src/store/effects.ts";
import { dispatchView } from "../src/store/snapshot.ts";
import { transaction } from "../src/store/transaction.ts";
import { asText, type Bot } from "./bot.ts";
import { cardContent, newsContent, standOf } from "./card.ts";
import type { Content } from "./content.ts";
import { Undelivered } from "./platform.ts";
import { keep, type Sending, send } from "./send.ts";
import { placeAgain, placeOf } from "./topics.ts";
import { accountsFor } from "./who.ts";

const KINDS = ["announce", "card"];
const RETRY_MS = 2_000;
const RETRY_MOST_MS = 60_000;
/** What fails by a fault of ours keeps the others of its room waiting no longer. */
const BUG_TRIES_MAX = 10;
/** What an error begins with whose message may have arrived. */
const UNSURE = "Perhaps delivered: ";

/** Sends what is due: in order within a room, rooms beside each other, none faster than the platform takes it. */
export async function deliver(bot: Bot): Promise<void> {
  const { world, platform } = bot;
  const mine = due(world.store, world.now(), KINDS).filter((one) =>
    one.room?.startsWith(`${platform.name}:`),
  );
  const rooms = Map.groupBy(mine, (effect) => effect.room);
  await Promise.all([...rooms.values()].map((effects) => deliverRoom(bot, effects)));
}

async function deliverRoom(bot: Bot, effects: readonly Effect[]): Promise<void> {
  const { world } = bot;
  for (const effect of effects) {
    const room = roomById(world.store, effect.room ?? "");
    if (room && room.gone === null && bot.pace.next(room.chat) > world.now()) return;
    if (!claimEffect(world.store, effect.id, world.now())) return;
    const unsure = effect.error?.startsWith(UNSURE) ?? false;
    if (!(await perform(bot, room, effect, unsure))) return;
  }
}

/** What was being sent when its sender died: it is asked for where that can be, else sent again and marked. */
export async function redeliver(bot: Bot): Promise<void> {
  const mine = stuckSending(bot.world.store).filter(
    (one) => KINDS.includes(one.kind) && one.room?.startsWith(`${bot.platform.name}:`),
  );
  for (const effect of mine)
    await perform(bot, roomById(bot.world.store, effect.room ?? ""), effect, true).catch((error: unknown) =>
      bot.world.log.error("chat.redeliver", { effect: effect.id, error: asText(error) }),
    );
}

/** True where it is done with, so that the next of the room may follow. */
async function perform(bot: Bot, room: RoomRow | null, effect: Effect, unsure: boolean): Promise<boolean> {
  const { store } = bot.world;
  if (room === null || room.gone !== null) {
    fail(bot, effect, new Undelivered(room?.gone ?? "There is no such chat.", { never: "message" }), unsure);
    return true;
  }
  try {
    return await attempt(bot, room, effect, unsure);
  } catch (error) {
    if (!(error instanceof Undelivered)) {
      const often = effect.attempts + 1 >= BUG_TRIES_MAX;
      // It may have come after the message was sent.
      fail(bot, effect, new Undelivered(asText(error), often ? { never: "message" } : {}), true);
      throw error;
    }
    if (error.how.never === "chat") roomGone(store, room.id, error.message);
    if (error.how.retryAfterMs) bot.pace.wait(room.chat, bot.world.now() + error.how.retryAfterMs);
    fail(bot, effect, error, unsure);
    return error.how.never !== undefined;
  }
}

/** In its project's topic, where the room has topics; in a new one, where that was deleted. Throws `Undelivered`. */
async function attempt(bot: Bot, room: RoomRow, effect: Effect, unsure: boolean): Promise<boolean> {
  const view = dispatchView(bot.world.store, effect.dispatchId ?? 0);
  const place = view === null ? room : await placeOf(bot, room, view.projectId);
  try {
    return await sendTo(bot, place, effect, unsure);
  } catch (error) {
    const isGone = error instanceof Undelivered && error.how.never === "topic";
    if (!isGone || view === null || place.id === room.id) throw error;
    return sendTo(bot, await placeAgain(bot, room, view.projectId), effect, false);
  }
}

async function sendTo(bot: Bot, room: RoomRow, effect: Effect, unsure: boolean): Promise<boolean> {
  const { store } = bot.world;
  const sending = prepare(bot, room, effect, unsure && bot.platform.find === null);
  const done = (result: string | null) => finishEffect(store, effect.id, { at: bot.world.now(), result });
  if (sending === null) return done(null);
  const { content, how } = sending;
  const arrived = unsure ? await bot.platform.find?.(room.chat, effect.key, how.thread) : null;
  if (arrived) {
    transaction(store, "found", () => {
      keep(bot, room.id, arrived, content, how, []);
      // Its buttons went with whoever sent it: it is shown again with fresh ones.
      const body = JSON.stringify(content);
      changeMessage(store, { room: room.id, message: arrived, body, live: true }, []);
      staleMessage(store, room.id, arrived);
      done(arrived);
    });
    return true;
  }
  return done(await send(bot, room, content, how));
}

/** Null where there is nothing to say any more. */
function prepare(
  bot: Bot,
  room: RoomRow,
  effect: Effect,
  repeated: boolean,
): { readonly content: Content; readonly how: Sending } | null {
  const { world, platform } = bot;
  const dispatchId = effect.dispatchId ?? 0;
  const view = dispatchView(world.store, dispatchId);
  const card = cardOf(world.store, room.id, dispatchId);
  const common = { dispatchId, key: effect.key };
  if (effect.kind === "card") {
    if (view === null) return null;
    const content = cardContent(world, view, null);
    return { content, how: { ...common, kind: "card", thread: null, silent: true, stand: null } };
  }
  const told = effect.payload as Announcement;
  const mention = view === null ? [] : accountsFor(world, platform.name, view.createdBy);
  const content = newsContent(world, told, view, { mention, repeated });
  const stand = view === null ? null : standOf(view, told.kind);
  const thread = card?.message ?? null;
  return { content, how: { ...common, kind: "announcement", thread, silent: false, stand } };
}

/** What may have arrived before may have arrived still, whatever kept this attempt from it. */
function fail(bot: Bot, effect: Effect, error: Undelivered, unsureBefore: boolean): void {
  const { world } = bot;
  const tries = effect.attempts + 1;
  const { retryAfterMs, never } = error.how;
  const unsure = unsureBefore || error.how.unsure === true;
  const later = retryAfterMs ?? Math.min(RETRY_MS * 2 ** tries, RETRY_MOST_MS);
  const old = world.now() - effect.createdAt >= NEWS_MS;
  const given = never !== undefined || old;
  const why = never === undefined && old ? ` Given up after ${NEWS_MS / 3_600_000} h.` : "";
  const said = `${unsure ? UNSURE : ""}${world.redact(error.message)}${why}`;
  world.log.warn("chat.undelivered", { effect: effect.id, room: effect.room, error: said });
  failEffect(world.store, effect.id, {
    at: world.now(),
    error: said,
    nextAt: given ? null : world.now() + later,
  });
}
