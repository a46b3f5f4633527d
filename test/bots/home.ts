import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Rules } from "../../bots/bot.ts";
import type { Platform } from "../../bots/platform.ts";
import { runBot } from "../../bots/run.ts";
import { loadConfig } from "../../src/config.ts";
import { admit } from "../../src/store/admit.ts";
import { follow, knowRoom } from "../../src/store/chat-rooms.ts";
import { addProject } from "../../src/store/projects.ts";
import { record } from "../../src/store/record.ts";
import { takeSlot } from "../../src/store/slot.ts";
import { makeWorld } from "../../src/wiring/world.ts";
import type { World } from "../../src/world.ts";

export type Begun = { readonly dispatchId: number; readonly runId: number };

export type Home = {
  readonly env: Readonly<Record<string, string>>;
  readonly world: World;
  readonly projectId: number;
  follows(platform: string, chat: string): void;
  /** A dispatch whose agent is at work. */
  begins(number: number): Begun;
  /** Its agent has ended well: news. */
  ends(begun: Begun): void;
  news(number: number): number;
  remove(): void;
};

/** Rally's database and nothing else: what the journal tells is written by hand. */
export function newHome(config = ""): Home {
  const home = mkdtempSync(join(tmpdir(), "rally-bots-"));
  const env = { HOME: home, RALLY_HOME: join(home, "rally"), USER: "ana", PATH: process.env.PATH ?? "" };
  mkdirSync(env.RALLY_HOME, { mode: 0o700 });
  writeFileSync(join(env.RALLY_HOME, "config.yaml"), config, { mode: 0o600 });
  const world = makeWorld(loadConfig({ env, cwd: home }));
  const by = () => ({ actor: "cli:ana", at: world.now() });
  const { id: projectId } = addProject(world.store, by(), { name: "app", repo: "acme/app", path: "/app" });
  const begins = (number: number): Begun => {
    const target = { projectId, kind: "issue" as const, number, title: `Issue ${number}`, agent: "copilot" };
    const fresh = { ...target, mode: "work" as const, sandbox: "none" as const };
    const how = { agent: "copilot", message: null, resume: false, session: null, priority: 1 };
    const ids = admit(world.store, { ...by(), dispatch: { fresh }, run: { role: "worker", ...how } });
    takeSlot(world.store, { ...by(), runId: ids.runId, capacity: 99_999, starter: "me" });
    record(world.store, by(), [{ layer: "run", id: ids.runId, on: "started" }]);
    return ids;
  };
  const ends = (begun: Begun) => endsWell(world, begun);
  return {
    ...{ env, world, projectId, begins, ends },
    follows: (platform, chat) => {
      const { id } = knowRoom(world.store, { platform, chat, title: chat, at: world.now() });
      follow(world.store, { room: id, projectId, by: "cli:ana", at: world.now() });
    },
    news: (number) => {
      const begun = begins(number);
      ends(begun);
      return begun.dispatchId;
    },
    remove: () => {
      world.store.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** The agent's session has ended well, as the tick writes it down. */
export function endsWell(world: World, { dispatchId, runId }: Begun): void {
  const at = world.now();
  const set = { outcome: "ok" as const };
  record(world.store, { actor: "rally", at }, [
    { layer: "run", id: runId, on: "exit", set },
    { layer: "dispatch", id: dispatchId, on: "session_ended", set: { ...set, outcomeAt: at } },
  ]);
}

/** Runs a bot until `stop`. */
export function running(
  world: World,
  platform: Platform,
  rules: Rules = () => world.config.chat,
): { stop(): Promise<string> } {
  const stop = new AbortController();
  const how = { holder: crypto.randomUUID(), lives: () => false, signal: stop.signal, say: () => undefined };
  const ended = runBot(world, platform, { ...how, rules });
  return {
    stop: () => {
      stop.abort();
      return ended;
    },
  };
}
