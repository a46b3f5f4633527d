import { join } from "node:path";
import { secretsOf } from "../config/secrets.ts";
import type { Config } from "../config.ts";
import { setGitEnvironment } from "../git/environment.ts";
import type { GitHub } from "../github/github.ts";
import { newBeat } from "../heartbeat/beat.ts";
import { makeLog } from "../log.ts";
import { redact as redactWith } from "../redact.ts";
import { openStore } from "../store/open.ts";
import type { World } from "../world.ts";

export type WorldOptions = {
  readonly readOnly?: boolean;
  /** How long a statement waits for another process's write; the store's own default without it. */
  readonly busyMs?: number;
};

/** The real World of a home. `program` is the argv by which another Rally is started (the heartbeat, the agents' shim). */
export function makeWorld(config: Config, options: WorldOptions = {}): World {
  setGitEnvironment(config.env.all);
  const store = openStore(config.home, { readOnly: options.readOnly ?? false, ...busy(options) });
  const secrets = secretsOf(config);
  const redact = (text: string) => redactWith(text, secrets);
  const log = makeLog({
    path: join(config.home, "rally.log"),
    debug: config.env.debug,
    redact,
    now: () => Date.now(),
  });
  const beat = newBeat();
  const hubs = new Map<string, Promise<GitHub>>();
  const world: World = {
    config,
    store,
    log,
    now: () => Date.now(),
    redact,
    github: (host) => {
      const known = hubs.get(host) ?? import("./hub.ts").then(({ makeHub }) => makeHub(world, host));
      hubs.set(host, known);
      return known;
    },
    poke: async () => {
      const { fastTick } = await import("../heartbeat/tick.ts");
      await fastTick(world, beat);
    },
    observe: async () => {
      const { observeNow } = await import("../heartbeat/passer-by.ts");
      await observeNow(world, beat);
    },
    refresh: async (only) => {
      const { refreshAll } = await import("../heartbeat/refresh.ts");
      return refreshAll(world, beat, only);
    },
    autostart: async () => {
      const { startDetached } = await import("./detach.ts");
      await startDetached(world);
    },
  };
  return world;
}

function busy({ busyMs }: WorldOptions): { readonly busyMs?: number } {
  return busyMs === undefined ? {} : { busyMs };
}
