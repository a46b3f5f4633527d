import { type Action, plan } from "../domain/plan.ts";
import { liveRuns } from "../store/read.ts";
import type { World } from "../world.ts";
import type { Beat } from "./beat.ts";
import { observe } from "./observe.ts";

export type TickReport = {
  readonly done: readonly Action[];
  readonly failed: readonly { readonly action: Action; readonly error: unknown }[];
};

export type TickOptions = {
  /** It ends runs and starts none: a passer-by (`status`), not the holder. */
  readonly endsOnly?: boolean;
  /** No further action is begun after this many milliseconds. */
  readonly withinMs?: number;
};

/**
 * One fast tick: observe → plan (pure) → perform. Each action stands alone: what fails is journaled, and the next tick
 * sees the same facts and decides again. Ticks of one process never overlap; those of several processes may, and are
 * kept apart by the store's compare-and-set and by the pid file.
 */
export async function fastTick(world: World, beat: Beat, options: TickOptions = {}): Promise<TickReport> {
  while (beat.busy !== null) await beat.busy;
  const ticking = tick(world, beat, options);
  beat.busy = ticking.catch(() => undefined);
  try {
    return await ticking;
  } finally {
    beat.busy = null;
  }
}

async function tick(world: World, beat: Beat, options: TickOptions): Promise<TickReport> {
  const until =
    options.withinMs === undefined ? Number.POSITIVE_INFINITY : performance.now() + options.withinMs;
  const endsOnly = options.endsOnly ?? false;
  const live = liveRuns(world.store);
  const actions = plan(observe(world, beat, live, endsOnly));
  const report: { done: Action[]; failed: { action: Action; error: unknown }[] } = { done: [], failed: [] };
  if (actions.length > 0) {
    const { perform } = await import("./perform.ts");
    await perform(world, beat, actions, until, report);
  }
  if (endsOnly) return report;
  const { afterTick } = await import("./after.ts");
  await afterTick(world, beat, actions.length === 0 ? live : liveRuns(world.store));
  return report;
}
