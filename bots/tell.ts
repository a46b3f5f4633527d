import { lookAt } from "../src/app/look-at.ts";
import { type Announcement, announce, announcementKey, type JournalRow } from "../src/domain/announce.ts";
import type { DispatchView } from "../src/domain/view.ts";
import { follow, followingRooms, followsOf, type RoomRow, wantCard } from "../src/store/chat-rooms.ts";
import { cursor, enqueue, moveCursor } from "../src/store/effects.ts";
import { lastJournalId, since } from "../src/store/read.ts";
import { dispatchView } from "../src/store/snapshot.ts";
import { transaction } from "../src/store/transaction.ts";
import type { World } from "../src/world.ts";
import { listeningRoom } from "./topics.ts";

const ROWS_A_TIME = 500;

/**
 * Reads the journal past the platform's cursor and writes down what its rooms are to be told, cursor and effects in one
 * transaction. What a platform has not been told of when it is first run, it is not told. True where there is more.
 */
export async function computeNews(world: World, platform: string): Promise<boolean> {
  const { store } = world;
  const name = `chat:${platform}`;
  const from = cursor(store, name);
  if (from === null) {
    moveCursor(store, name, lastJournalId(store), world.now());
    return false;
  }
  const rows = since(store, from, ROWS_A_TIME);
  const last = rows.at(-1);
  if (!last) return false;
  const telling = rows.filter(mayTell);
  if (followingRooms(store, platform).length > 0) await lookAtEnded(world, telling);
  transaction(store, "chat news", () => {
    const rooms = telling.length > 0 ? listeners(world, platform) : [];
    if (rooms.length > 0) for (const row of telling) tell(world, row, rooms);
    moveCursor(store, name, last.id, world.now());
  });
  return rows.length === ROWS_A_TIME;
}

/** An end is written down at once, and what git says of the work after it; news are of the work as it is then. */
async function lookAtEnded(world: World, rows: readonly JournalRow[]): Promise<void> {
  const ids = rows.flatMap((row) => (row.event === "session_ended" ? (row.dispatchId ?? []) : []));
  for (const id of new Set(ids)) {
    const view = dispatchView(world.store, id);
    if (view && (view.git?.asOf ?? 0) < (view.outcomeAt ?? 0)) await lookAt(world, view);
  }
}

type Listener = {
  readonly room: RoomRow;
  readonly projects: ReadonlySet<number>;
  readonly dispatches: ReadonlySet<number>;
};

function listeners(world: World, platform: string): Listener[] {
  return followingRooms(world.store, platform).map((room) => {
    const follows = followsOf(world.store, room.id);
    return {
      room,
      projects: new Set(follows.map(({ projectId }) => projectId)),
      dispatches: new Set(follows.map(({ dispatchId }) => dispatchId)),
    };
  });
}

/** Most of the journal is no news; a look at the dispatch costs more than a look at the row. */
function mayTell(row: JournalRow): boolean {
  return row.dispatchId !== null && (row.layer === "fact" || begins(row) || row.event === "session_ended");
}

function begins(row: JournalRow): boolean {
  return row.layer === "dispatch" && (row.event === "dispatch" || row.event === "undo");
}

function tell(world: World, row: JournalRow, rooms: readonly Listener[]): void {
  const view = row.dispatchId === null ? null : dispatchView(world.store, row.dispatchId);
  if (view === null) return;
  const hearing = rooms.filter((one) => hears(one, view));
  const silenceMs = world.config.limits.silenceMinutes * 60_000;
  const told = announce(row, view, { silenceMs });
  for (const { room } of hearing) {
    if (begins(row)) wantCard(world.store, room.id, view.id, world.now());
    if (told) enqueueNews(world, room.id, told);
  }
}

function hears(one: Listener, view: DispatchView): boolean {
  return one.projects.has(view.projectId) || one.dispatches.has(view.id);
}

function enqueueNews(world: World, room: string, told: Announcement): void {
  const { dispatchId } = told;
  wantCard(world.store, room, dispatchId, world.now());
  const key = announcementKey(told, room);
  enqueue(world.store, { key, kind: "announce", dispatchId, room, payload: told, at: world.now() });
}

/**
 * What was begun from a room is heard of there, whatever else the room follows. Said within the transaction that begins
 * it: the journal's rows of it come after the cursor, so nothing of it is missed, however quick the agent is.
 */
export function followDispatch(
  world: World,
  from: { readonly room: string; readonly actor: string },
  dispatchId: number,
): void {
  const at = world.now();
  const room = listeningRoom(world, from.room);
  transaction(world.store, "follow dispatch", () => {
    follow(world.store, { room, dispatchId, by: from.actor, at });
    wantCard(world.store, room, dispatchId, at);
  });
}
