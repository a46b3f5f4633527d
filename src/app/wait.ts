import { isLive } from "../domain/words.ts";
import { dispatchView } from "../store/snapshot.ts";
import type { World } from "../world.ts";
import type { Call } from "./call.ts";

const LOOK_EVERY_MS = 300;

/** Until no run of these dispatches lives or waits any more. It ticks itself, so that it needs nobody else who watches. */
export async function waitFor(world: World, call: Call, ids: readonly number[]): Promise<void> {
  for (;;) {
    const views = ids.flatMap((id) => dispatchView(world.store, id) ?? []);
    const open = views.filter(
      (view) => view.queued !== null || (view.run !== null && isLive(view.run.state)),
    );
    if (open.length === 0) return;
    call.progress(`waiting for ${open.map((view) => view.id).join(", ")}`);
    await Bun.sleep(LOOK_EVERY_MS);
    await world.poke();
  }
}
