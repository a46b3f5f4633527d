import { heartbeatHolder } from "../runs/holder.ts";
import { impatiently } from "../store/patience.ts";
import type { World } from "../world.ts";
import type { Beat } from "./beat.ts";
import { fastTick } from "./tick.ts";

/**
 * What `status` and the dashboard do where nobody holds the lease: runs that have ended are ended, within a bounded
 * time; nothing is ever started. A busy or read-only database is a reason to show what is known, not to fail.
 */
export async function observeNow(world: World, beat: Beat): Promise<void> {
  if (world.store.readOnly) return;
  if (heartbeatHolder(world) !== null) return;
  try {
    const withinMs = world.config.limits.observeMs;
    await impatiently(world.store, withinMs, () => fastTick(world, beat, { endsOnly: true, withinMs }));
  } catch (error) {
    world.log.warn("observe.skipped", { message: error instanceof Error ? error.message : String(error) });
  }
}
