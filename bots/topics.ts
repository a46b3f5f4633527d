import { titleOf } from "../src/app/find.ts";
import { passing } from "../src/boundary.ts";
import { cardsOf } from "../src/store/chat-messages.ts";
import { knowRoom, type RoomRow, roomById } from "../src/store/chat-rooms.ts";
import { keepTopic, type Topic, topicOf, topicOwner } from "../src/store/chat-topics.ts";
import { enqueue } from "../src/store/effects.ts";
import { project } from "../src/store/read.ts";
import { transaction } from "../src/store/transaction.ts";
import type { World } from "../src/world.ts";
import type { Bot } from "./bot.ts";
import { Undelivered } from "./platform.ts";

/** Whether a topic may be made by now is asked again after this. */
const ASK_AGAIN_MS = 600_000;
/** A topic that was deleted is made again once; who deletes it again wants none. */
const MADE_MAX = 2;

/** What is said in a topic of a group is said to the group: it is the group that follows. */
export function listeningRoom(world: World, room: string): string {
  return topicOwner(world.store, room)?.room ?? room;
}

/**
 * Where a room is told of a project: in a group that has topics in the project's own, made when it is first needed; else,
 * and where none may be made, in the room itself. Throws `Undelivered` where the platform cannot be asked.
 */
export async function placeOf(bot: Bot, room: RoomRow, projectId: number): Promise<RoomRow> {
  const { world, platform } = bot;
  if (platform.topics === null) return room;
  const known = topicOf(world.store, room.id, projectId);
  const place = known?.topic ? roomById(world.store, known.topic) : null;
  if (place) return place.gone === null ? place : knowRoom(world.store, { ...place, at: world.now() });
  const asked = known?.at ?? bot.withoutTopics.get(room.chat);
  const settled = (known?.made ?? 0) >= MADE_MAX;
  if (settled || (asked !== undefined && world.now() - asked < ASK_AGAIN_MS)) return room;
  return make(bot, room, projectId, known);
}

/** Its topic was deleted. Gives the new one, or the room itself where it was made anew before. */
export async function placeAgain(bot: Bot, room: RoomRow, projectId: number): Promise<RoomRow> {
  const { store, now } = bot.world;
  const known = topicOf(store, room.id, projectId);
  if (!known) return room;
  const error = known.made < MADE_MAX ? null : "It was deleted twice.";
  const deleted = { ...known, topic: null, error, at: now() };
  transaction(store, "topic gone", () => {
    keepTopic(store, deleted);
    cardsAgain(bot.world, known);
  });
  return error === null ? make(bot, room, projectId, deleted) : room;
}

async function make(bot: Bot, room: RoomRow, projectId: number, known: Topic | null): Promise<RoomRow> {
  const { world, platform } = bot;
  const { store } = world;
  const owner = project(store, projectId);
  if (!owner || platform.topics === null) return room;
  const kept = { room: room.id, projectId, made: known?.made ?? 0, at: world.now() };
  try {
    const { topics } = platform;
    const chat = await passing("chat", "topic", () => topics.open(room.chat, titleOf(owner)));
    if (chat === null) {
      bot.withoutTopics.set(room.chat, world.now());
      return room;
    }
    return transaction(store, "topic made", () => {
      const place = knowRoom(store, { platform: platform.name, chat, title: room.title, at: world.now() });
      keepTopic(store, { ...kept, topic: place.id, made: kept.made + 1, error: null });
      return place;
    });
  } catch (error) {
    if (!(error instanceof Undelivered) || error.how.never !== "message") throw error;
    keepTopic(store, { ...kept, topic: null, error: world.redact(error.message) });
    return room;
  }
}

/** The cards went with the topic: what is not done yet is shown anew. */
function cardsAgain({ store, now }: World, gone: Topic): void {
  for (const dispatchId of cardsOf(store, gone.topic ?? "")) {
    const key = `card:${dispatchId}:${gone.room}:${gone.made}`;
    enqueue(store, { key, kind: "card", dispatchId, room: gone.room, payload: { dispatchId }, at: now() });
  }
}
