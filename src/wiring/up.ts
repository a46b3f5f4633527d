import type { Call } from "../app/call.ts";
import { type Reply, said } from "../app/reply.ts";
import { choice, on } from "../domain/grammar-parsed.ts";
import { Problem } from "../domain/problem.ts";
import { newBeat } from "../heartbeat/beat.ts";
import { up } from "../heartbeat/up.ts";
import { heartbeatHolder } from "../runs/holder.ts";
import type { World } from "../world.ts";
import { botsOf } from "./bots.ts";
import { spawnHeartbeat } from "./detach.ts";
import { pageOf } from "./page.ts";

const ENDS_WITHIN_MS = 15_000;
const LOOK_EVERY_MS = 50;

/** `rally up [--detach]`: watches, in the foreground until Ctrl-C, or in the background. */
export async function upCommand(world: World, call: Call): Promise<Reply> {
  const held = heartbeatHolder(world);
  if (held) return said(`Somebody watches already (process ${held.pid}).`, { watching: true, pid: held.pid });
  const [web, chats] = [choice(call.parsed, "web") !== false, choice(call.parsed, "bots") !== false];
  if (on(call.parsed, "detach"))
    return detached(world, { web, bots: chats, untilIdle: on(call.parsed, "until-idle") });
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.removeAllListeners(signal);
    process.on(signal, () => stop.abort());
  }
  const say = (line: string) => void process.stderr.write(`${line}\n`);
  say("Watching. Ctrl-C ends it; running agents go on.");
  const page = web ? pageOf(world, say) : null;
  const bots = chats ? botsOf(world, say) : null;
  const end = await up(world, newBeat(), {
    // Whoever may speak to it from a phone is a reason to stay.
    untilIdle: on(call.parsed, "until-idle") && !bots?.names.length,
    signal: stop.signal,
    say,
    ...page,
    holds: () => {
      page?.holds();
      bots?.start();
    },
  });
  await bots?.stop();
  await page?.stop();
  if (end === "home is gone")
    throw new Problem("missing", `Rally's home ${world.config.home} was deleted while it was watched.`, {
      hint: "rally up makes a new one; agents that still run are no longer known",
    });
  return said(`Ended: ${end}.`, { watching: false, end });
}

async function detached(
  world: World,
  how: { readonly web: boolean; readonly bots: boolean; readonly untilIdle: boolean },
): Promise<Reply> {
  spawnHeartbeat(world, how);
  const taken = await until(() => heartbeatHolder(world));
  if (!taken)
    throw new Problem("other", "The heartbeat did not come up.", { hint: `See ${world.config.home}/up.log` });
  return said(`Watching in the background (process ${taken.pid}).`, { watching: true, pid: taken.pid });
}

/** `rally down`: the heartbeat ends after its present tick; agents go on. */
export async function downCommand(world: World): Promise<Reply> {
  const held = heartbeatHolder(world);
  if (!held) return said("Nobody watches.", { watching: false });
  process.kill(held.pid, "SIGTERM");
  const ended = await until(() => (heartbeatHolder(world) === null ? true : null));
  if (!ended)
    throw new Problem("other", `The heartbeat (process ${held.pid}) does not end.`, {
      hint: `kill ${held.pid}`,
    });
  return said("Nobody watches any more; running agents go on.", { watching: false });
}

async function until<T>(look: () => T | null): Promise<T | null> {
  const end = performance.now() + ENDS_WITHIN_MS;
  for (;;) {
    const found = look();
    if (found !== null || performance.now() > end) return found;
    await Bun.sleep(LOOK_EVERY_MS);
  }
}
