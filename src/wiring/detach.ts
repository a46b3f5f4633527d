import { join } from "node:path";
import { spawnQuietly } from "../process/quiet.ts";
import { heartbeatHolder } from "../runs/holder.ts";
import type { World } from "../world.ts";
import { program } from "./program.ts";

/** Starts `rally up` in the background where nobody holds the lease; it ends by itself when there is nothing to watch. */
export async function startDetached(world: World): Promise<void> {
  if (!world.config.heartbeat.autostart) return;
  if (heartbeatHolder(world) !== null) return;
  spawnHeartbeat(world, true);
}

export function spawnHeartbeat(world: World, untilIdle: boolean): number {
  const { config } = world;
  const argv = [...program(), "up", ...(untilIdle ? ["--until-idle"] : [])];
  return spawnQuietly(argv, { cwd: config.home, env: config.env.all, log: join(config.home, "up.log") });
}
