import { afterEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig } from "../../src/config.ts";
import type { Announcement } from "../../src/domain/announce.ts";
import { computeAnnouncements, deliver, redeliver } from "../../src/heartbeat/announcer.ts";
import type { Wire } from "../../src/heartbeat/wire.ts";
import { admit } from "../../src/store/admit.ts";
import { claimEffect, due, stuckSending } from "../../src/store/effects.ts";
import { addProject } from "../../src/store/projects.ts";
import { ask } from "../../src/store/questions.ts";
import { record } from "../../src/store/record.ts";
import { takeSlot } from "../../src/store/slot.ts";
import { makeWorld } from "../../src/wiring/world.ts";
import type { World } from "../../src/world.ts";

const homes: string[] = [];
afterEach(() => {
  for (const home of homes.splice(0)) rmSync(home, { recursive: true, force: true });
});

/** A World whose clock the test moves. */
function newWorld(): World & { at: number } {
  const home = mkdtempSync(join(tmpdir(), "rally-announcer-"));
  homes.push(home);
  const real = makeWorld(loadConfig({ env: { HOME: home, RALLY_HOME: join(home, "rally") }, cwd: home }));
  const world = { ...real, at: 1_750_000_000_000, now: () => world.at };
  return world;
}

type Room = Wire & {
  readonly told: { readonly title: string; readonly repeated: boolean }[];
  failing: boolean;
};

function newRoom(name: string): Room {
  const room: Room = {
    room: name,
    told: [],
    failing: false,
    deliver: async (said: Announcement, repeated: boolean) => {
      if (room.failing) throw new Error("nobody answers");
      room.told.push({ title: said.title, repeated });
      return "message-1";
    },
  };
  return room;
}

function dispatched(world: World, number: number): { dispatchId: number; runId: number } {
  const by = { actor: "cli:ana", at: world.now() };
  const { id: projectId } = addProject(world.store, by, { name: "app", repo: "acme/app", path: "/app" });
  const target = { projectId, kind: "issue" as const, number, title: "Fix login", agent: "copilot" };
  const run = {
    role: "worker" as const,
    agent: "copilot",
    message: null,
    resume: false,
    session: null,
    priority: 1,
  };
  const fresh = { ...target, mode: "work" as const, sandbox: "none" as const };
  const ids = admit(world.store, { ...by, dispatch: { fresh }, run });
  takeSlot(world.store, { ...by, runId: ids.runId, capacity: 9, starter: "me" });
  record(world.store, by, [{ layer: "run", id: ids.runId, on: "started" }]);
  return ids;
}

function ended(world: World, ids: { dispatchId: number; runId: number }, outcome: "ok" | "failed"): void {
  const by = { actor: "rally", at: world.now() };
  record(world.store, by, [
    { layer: "run", id: ids.runId, on: "exit", set: { outcome } },
    { layer: "dispatch", id: ids.dispatchId, on: "session_ended", set: { outcome, outcomeAt: by.at } },
  ]);
}

test("a room that is new hears of what happens from now on, once each, and every room by itself", async () => {
  const world = newWorld();
  const [desk, chat] = [newRoom("desktop"), newRoom("chat:1")];
  ended(world, dispatched(world, 41), "ok");
  computeAnnouncements(world, [desk, chat]);
  ended(world, dispatched(world, 42), "ok");
  for (const _ of [1, 2, 3]) {
    computeAnnouncements(world, [desk, chat]);
    await deliver(world, [desk, chat]);
  }
  expect(desk.told).toEqual([{ title: "ready for review · #42 Fix login", repeated: false }]);
  expect(chat.told).toEqual(desk.told);
});

test("a question is announced when it is asked", async () => {
  const world = newWorld();
  const desk = newRoom("desktop");
  computeAnnouncements(world, [desk]);
  const ids = dispatched(world, 42);
  ask(world.store, { ...ids, text: "Which one?", context: null, actor: "agent:copilot", at: world.now() });
  computeAnnouncements(world, [desk]);
  await deliver(world, [desk]);
  expect(desk.told).toEqual([{ title: "needs you · #42 Fix login", repeated: false }]);
});

test("what cannot be delivered is tried again later, and in its order", async () => {
  const world = newWorld();
  const desk = newRoom("desktop");
  computeAnnouncements(world, [desk]);
  ended(world, dispatched(world, 42), "ok");
  ended(world, dispatched(world, 43), "failed");
  computeAnnouncements(world, [desk]);
  desk.failing = true;
  await deliver(world, [desk]);
  expect(due(world.store, world.now())).toHaveLength(0);
  desk.failing = false;
  world.at += 60_000;
  await deliver(world, [desk]);
  await deliver(world, [desk]);
  expect(desk.told.map((said) => said.title)).toEqual([
    "ready for review · #42 Fix login",
    "failed · #43 Fix login",
  ]);
});

test("invariant 10: a send whose sender died is made again, and says that it may be a repetition", async () => {
  const world = newWorld();
  const desk = newRoom("desktop");
  computeAnnouncements(world, [desk]);
  ended(world, dispatched(world, 42), "ok");
  computeAnnouncements(world, [desk]);
  for (const effect of due(world.store, world.now())) claimEffect(world.store, effect.id, world.now());
  await deliver(world, [desk]);
  expect(desk.told).toEqual([]);
  await redeliver(world, [desk], stuckSending(world.store));
  expect(desk.told).toEqual([{ title: "ready for review · #42 Fix login", repeated: true }]);
  expect(stuckSending(world.store)).toEqual([]);
});
