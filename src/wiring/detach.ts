import { join } from "node:path";
import { spawnQuietly } from "../process/quiet.ts";
import { heartbeatHolder } from "../runs/holder.ts";
import type { World } from "../world.ts";
import { program } from "./program.ts";

/** Starts `rally up` in the background where nobody holds the lease; it ends by itself when there is nothing to watch. */
export async function startDetached(world: World): Promise<void> {
  if (!world.config.heartbeat.autostart) return;
  if (heartbeatHolder(world) !== null) return;
  spawnHeartbeat(world, { untilIdle: true, web: true, bots: true });
}

export function spawnHeartbeat(
  world: World,
  how: { readonly untilIdle: boolean; readonly web: boolean; readonly bots: boolean },
): number {
  const { config } = world;
  const flags = [
    ...(how.untilIdle ? ["--until-idle"] : []),
    ...(how.web ? [] : ["--no-web"]),
    ...(how.bots ? [] : ["--no-bots"]),
  ];
  const argv = [...program(), "up", ...flags];
  return spawnQuietly(argv, { cwd: config.home, env: config.env.all, log: join(config.home, "up.log") });
}
