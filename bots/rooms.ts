import type { Call, Handler } from "../src/app/call.ts";
import { findDispatch, namedProject, titleOf } from "../src/app/find.ts";
import type { Handlers } from "../src/app/handle.ts";
import { type Reply, said } from "../src/app/reply.ts";
import { commandHelp, helpReply } from "../src/cli/help.ts";
import { COMMANDS } from "../src/domain/commands.ts";
import { arg } from "../src/domain/grammar-parsed.ts";
import { Problem } from "../src/domain/problem.ts";
import { chatRoomsOf, follow, followsOf, unfollow, wantCard } from "../src/store/chat-rooms.ts";
import { topicOwner } from "../src/store/chat-topics.ts";
import { project, projects } from "../src/store/read.ts";
import { dispatchView } from "../src/store/snapshot.ts";
import type { World } from "../src/world.ts";

/** The commands that are about the room in which they are said. */
export function roomCommands(room: string): Handlers {
  return {
    follow: async () => following(room, follow),
    unfollow: async () => following(room, unfollow),
    rooms: async () => rooms,
    help: async () => help,
  };
}

function following(room: string, change: typeof follow): Handler {
  return async (world, call) => {
    const word = arg(call.parsed, "what");
    if (word === null) return followed(world, room);
    const what = meant(world, call, word);
    const by = { by: call.actor, at: world.now() };
    const changed = change(world.store, { room, ...what.id, ...by });
    const begins = change === follow;
    if (begins && what.id.dispatchId !== undefined)
      wantCard(world.store, room, what.id.dispatchId, world.now());
    const verb = begins ? "follows" : "no longer follows";
    const text = changed
      ? `This chat ${verb} ${what.name}.`
      : `This chat ${begins ? "follows" : "does not follow"} ${what.name} ${begins ? "already" : "anyway"}.`;
    return said(text, { room, changed });
  };
}

/** A project by its name, or one dispatch by its number or `#42`. */
function meant(world: World, call: Call, word: string) {
  if (/^#?\d+$|#\d+$/.test(word)) {
    const view = findDispatch(world, call, word);
    return { id: { dispatchId: view.id }, name: `dispatch ${view.id}, ${view.title}` };
  }
  const owner = namedProject(projects(world.store), word);
  return { id: { projectId: owner.id }, name: titleOf(owner) };
}

async function followed(world: World, room: string): Promise<Reply> {
  const names = namesOf(world, room);
  if (names.length === 0)
    throw new Problem("usage", "This chat follows nothing yet.", { hint: "follow owner/repo" });
  return said(`This chat follows ${names.join(", ")}.`, { room, follows: names });
}

const rooms: Handler = async (world) => {
  const known = chatRoomsOf(world.store, null).filter((one) => topicOwner(world.store, one.id) === null);
  const all = known.map((one) => ({
    room: one.id,
    title: one.title,
    gone: one.gone,
    follows: namesOf(world, one.id),
  }));
  const lines = all.map(
    (one) =>
      `${one.room} ${one.title}: ${one.gone ? `out of reach, ${one.gone}` : one.follows.join(", ") || "follows nothing"}`,
  );
  return said(lines.length > 0 ? lines : ["No chat has spoken to Rally yet."], { rooms: all });
};

function namesOf(world: World, room: string): string[] {
  return followsOf(world.store, room).flatMap(({ projectId, dispatchId }) => {
    if (dispatchId !== 0) return dispatchView(world.store, dispatchId) ? [`dispatch ${dispatchId}`] : [];
    const owner = project(world.store, projectId);
    return owner ? [titleOf(owner)] : [];
  });
}

const help: Handler = async (_world, call) => {
  const words = call.parsed.args.command;
  return words ? commandHelp(COMMANDS, words) : helpReply(COMMANDS, "chat");
};
