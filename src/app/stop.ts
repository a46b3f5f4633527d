import { arg } from "../domain/grammar-parsed.ts";
import { Problem } from "../domain/problem.ts";
import type { DispatchView } from "../domain/view.ts";
import { isLive } from "../domain/words.ts";
import { stopRun } from "../runs/stop.ts";
import { runRow } from "../store/read.ts";
import { type Change, record } from "../store/record.ts";
import { dispatchView } from "../store/snapshot.ts";
import type { World } from "../world.ts";
import { plural } from "./ago.ts";
import type { Call } from "./call.ts";
import { findDispatch } from "./find.ts";
import { keptOffers } from "./offers.ts";
import type { Reply } from "./reply.ts";
import { stateReply } from "./run-again.ts";

/** `rally stop <d>`: ends a live run, takes a queued one out of the line. */
export async function stop(world: World, call: Call): Promise<Reply> {
  const view = findDispatch(world, call, arg(call.parsed, "d") ?? "");
  if (!isBusy(view))
    throw new Problem("conflict", `Nothing of ${view.id} is running or waiting.`, {
      hint: `rally show ${view.id}`,
    });
  call.progress(`stopping ${view.agent}`);
  await stopWork(world, call.actor, view);
  const kept = view.kept.length;
  if (kept === 0) return stateReply(world, view.id, "");
  const note = `${plural(kept, "message is", "messages are")} kept for its next run: rally continue ${view.id}, or --withdraw.`;
  const now = dispatchView(world.store, view.id) ?? view;
  return stateReply(world, view.id, note, { offers: keptOffers(now) });
}

export function isBusy(view: DispatchView): boolean {
  return view.queued !== null || (view.run !== null && isLive(view.run.state));
}

/** Whatever runs or waits for it: out of the line at once, or asked to end and ended. */
export async function stopWork(world: World, actor: string, view: DispatchView): Promise<void> {
  if (view.queued) leaveLine(world, actor, view, view.queued.runId);
  if (view.run && isLive(view.run.state)) {
    await stopRun(world, view.run.id, { actor });
    await ended(world, view.run.id);
  }
}

/** Another process may be at the end of this very run: whoever does it, the answer waits for what it says. */
async function ended(world: World, runId: number): Promise<void> {
  const until = performance.now() + world.config.limits.stopGraceSeconds * 1000 + ENDING_MS;
  for (;;) {
    await world.poke();
    if (!isLive(runRow(world.store, runId)?.state ?? "exited") || performance.now() > until) return;
    await Bun.sleep(LOOK_EVERY_MS);
  }
}

const ENDING_MS = 10_000;
const LOOK_EVERY_MS = 50;

/** A run that never started is interrupted; the dispatch is again what it was, or has ended without anything. */
function leaveLine(world: World, actor: string, view: DispatchView, runId: number): void {
  const at = world.now();
  const why = `stopped by ${actor}`;
  const changes: Change[] = [
    {
      layer: "run",
      id: runId,
      on: "interrupt",
      set: { stopBy: actor, outcome: "interrupted", detail: why },
      why,
    },
  ];
  const live = view.run !== null && isLive(view.run.state);
  if (!live && view.status !== "reviewing")
    changes.push({
      layer: "dispatch",
      id: view.id,
      on: "session_ended",
      set: { outcome: "interrupted", failure: null, outcomeDetail: why, outcomeAt: at },
      why,
      data: { outcome: "interrupted", run: runId },
    });
  record(world.store, { actor, at }, changes);
}
