import { type Announcement, announce, announcementKey } from "../domain/announce.ts";
import {
  claimEffect,
  cursor,
  due,
  type Effect,
  enqueue,
  failEffect,
  finishEffect,
  moveCursor,
} from "../store/effects.ts";
import { lastJournalId, since } from "../store/read.ts";
import { dispatchView } from "../store/snapshot.ts";
import { write } from "../store/write.ts";
import type { World } from "../world.ts";
import type { Wire } from "./wire.ts";

const ROWS_A_TIME = 500;
const KIND = "announce";
const TRIES_MAX = 8;
const RETRY_MS = 5_000;

/**
 * Reads the journal past each room's cursor and writes down what is to be said; cursor and effects in one transaction,
 * so that nothing is lost and nothing is said twice. A room that is new hears of what happens from now on.
 */
export function computeAnnouncements(world: World, wires: readonly Wire[]): void {
  const { store } = world;
  followFromNow(world, wires);
  for (const { room } of wires) {
    const from = cursor(store, room) ?? 0;
    const rows = since(store, from, ROWS_A_TIME);
    const last = rows.at(-1);
    if (!last) continue;
    write(store, "announce", () => {
      for (const row of rows) {
        const view = row.dispatchId === null ? null : dispatchView(store, row.dispatchId);
        const told = announce(row, view, { silenceMs: world.config.limits.silenceMinutes * 60_000 });
        if (told)
          enqueue(store, {
            key: announcementKey(told, room),
            kind: KIND,
            dispatchId: told.dispatchId,
            room,
            payload: told,
            at: world.now(),
          });
      }
      moveCursor(store, room, last.id, world.now());
    });
  }
}

/** A room that is new hears of nothing that was before. */
export function followFromNow({ store, now }: World, wires: readonly Wire[]): void {
  for (const { room } of wires)
    if (cursor(store, room) === null) moveCursor(store, room, lastJournalId(store), now());
}

/** Sends what is due, in order for each room. A failure is tried again, ever later, and in the end is an attention. */
export async function deliver(world: World, wires: readonly Wire[], stop?: AbortSignal): Promise<void> {
  for (const effect of due(world.store, world.now(), [KIND])) {
    if (stop?.aborted) return;
    const wire = wires.find((one) => one.room === effect.room);
    if (!wire || !claimEffect(world.store, effect.id, world.now())) continue;
    await send(world, wire, effect, false);
  }
}

/** What was being sent when its sender died: whether it arrived cannot be asked here, so it is sent again and says so. */
export async function redeliver(
  world: World,
  wires: readonly Wire[],
  stuck: readonly Effect[],
): Promise<void> {
  for (const effect of stuck) {
    const wire = wires.find((one) => one.room === effect.room);
    if (wire && effect.kind === KIND) await send(world, wire, effect, true);
  }
}

async function send(world: World, wire: Wire, effect: Effect, repeated: boolean): Promise<void> {
  try {
    const result = await wire.deliver(effect.payload as Announcement, repeated);
    finishEffect(world.store, effect.id, { at: world.now(), result });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    world.log.warn("announce.failed", { room: wire.room, effect: effect.id, message });
    const tries = effect.attempts + 1;
    const nextAt = tries >= TRIES_MAX ? null : world.now() + RETRY_MS * 2 ** tries;
    failEffect(world.store, effect.id, { at: world.now(), error: message, nextAt });
  }
}
