import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Platform } from "../../bots/platform.ts";
import { runBot } from "../../bots/run.ts";
import { loadConfig } from "../../src/config.ts";
import { newBeat } from "../../src/heartbeat/beat.ts";
import { up } from "../../src/heartbeat/up.ts";
import { run } from "../../src/process.ts";
import { program } from "../../src/wiring/program.ts";
import { makeWorld } from "../../src/wiring/world.ts";
import type { World } from "../../src/world.ts";
import { type Place, place } from "../e2e/place.ts";

const CONFIG = `agent: scripted
notify: none
ask_wait_seconds: 1
sandbox: {kind: none}
heartbeat: {autostart: false, fast_seconds: 1, slow_seconds: 5}
limits: {stop_grace_seconds: 1}
chat:
  ask: ana
  slack: {viewers: [U9], operators: [U1, U2], admins: [U7]}
  telegram: {viewers: [9], operators: [1, 2], admins: [7]}
`;

export type Scene = {
  readonly at: Place;
  readonly world: World;
  /** The real program, as somebody at the desk types it. */
  rally(...words: string[]): Promise<string>;
  /** What another person does on GitHub. */
  github(...words: string[]): Promise<string>;
  git(...words: string[]): Promise<string>;
  bot(platform: Platform): Promise<{ stop(): Promise<string> }>;
  heartbeat(): { stop(): Promise<string> };
  close(): Promise<void>;
};

/** A machine with a repository, its GitHub, Rally's home with one project, and whatever bots a test starts in it. */
export async function scene(config: string = CONFIG, env: Record<string, string> = {}): Promise<Scene> {
  const at = await place();
  writeFileSync(join(at.home, "config.yaml"), config, { mode: 0o600 });
  const all = { ...at.env, RALLY_SCRIPTED_PACE: "0.4", ...env };
  const shell = async (argv: string[]) => {
    const done = await run(argv, { cwd: at.repo, env: all, timeoutMs: 40_000, maxBytes: 4e6 });
    if (done.code !== 0) throw new Error(`${argv.join(" ")}: ${done.code} ${done.stdout}${done.stderr}`);
    return done.stdout.trim();
  };
  const rally = (...words: string[]) => shell([...program(), ...words]);
  await rally("onboard", ".");
  const world = makeWorld(loadConfig({ env: all, cwd: at.repo, program: program() }));
  const ends: (() => Promise<unknown>)[] = [];
  const running = (work: (signal: AbortSignal) => Promise<string>) => {
    const stop = new AbortController();
    const ended = work(stop.signal);
    const end = () => {
      stop.abort();
      return ended;
    };
    ends.push(end);
    return { stop: end };
  };
  return {
    ...{ at, world, rally },
    github: (...words) => shell([join(at.dir, "bin/github"), ...words]),
    git: (...words) => shell(["git", ...words]),
    heartbeat: () =>
      running((signal) => up(world, newBeat(), { untilIdle: false, signal, say: () => undefined })),
    bot: async (platform) => {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const begun = running(async (signal) => {
        const how = {
          holder: `test:${crypto.randomUUID()}`,
          rules: () => world.config.chat,
          lives: () => false,
          signal,
          say: () => resolve(),
        };
        const end = runBot(world, platform, how);
        end.catch(reject);
        return end;
      });
      await promise;
      return begun;
    },
    close: async () => {
      for (const end of ends) await end();
      world.store.close();
      at.close();
    },
  };
}

/** Waits for a condition with a bound, and says what is there when it does not come. */
export async function until<T>(
  what: () => string,
  look: () => T | null | undefined | false | Promise<T | null | undefined | false>,
  withinMs = 15_000,
): Promise<T> {
  const end = performance.now() + withinMs;
  while (performance.now() < end) {
    const found = await look();
    if (found) return found;
    await Bun.sleep(20);
  }
  throw new Error(`never: ${what()}`);
}
