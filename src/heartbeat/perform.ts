import type { Action } from "../domain/plan.ts";
import { Problem } from "../domain/problem.ts";
import { ownIdentity } from "../process/identity.ts";
import { endRuns } from "../runs/end.ts";
import { identityText } from "../runs/identity.ts";
import { startRun } from "../runs/start.ts";
import { markRunning } from "../runs/started.ts";
import { killRun, stopRun } from "../runs/stop.ts";
import { runRow } from "../store/read.ts";
import { record } from "../store/record.ts";
import { takeOverStart, takeSlot } from "../store/slot.ts";
import type { World } from "../world.ts";
import type { Beat } from "./beat.ts";
import { finishTail } from "./progress.ts";

type Report = { done: Action[]; failed: { action: Action; error: unknown }[] };

/** Performs a plan in its order. One failure is journaled and stops nobody else. */
export async function perform(
  world: World,
  beat: Beat,
  actions: readonly Action[],
  until: number,
  report: Report,
): Promise<void> {
  const ends = actions.filter((action) => action.do === "end_run");
  await endRuns(world, ends, {
    until,
    reading: (run) => finishTail(world, beat, run),
    done: (action) => report.done.push(action),
    failed: (action, error) => note(world, report, action, error),
  });
  const rest = actions.filter((action) => action.do !== "end_run");
  const [starts, others] = [rest.filter(isStart), rest.filter((action) => !isStart(action))];
  for (const action of others) await attempt(world, report, action, until);
  // Side by side: one slow fetch does not hold up the rest, and git's own writes queue up by repository.
  await Promise.all(starts.map((action) => attempt(world, report, action, until)));
}

function isStart(action: Action): boolean {
  return action.do === "start_run" || action.do === "take_over_start";
}

async function attempt(world: World, report: Report, action: Action, until: number): Promise<void> {
  if (performance.now() > until) return;
  try {
    await act(world, action);
    report.done.push(action);
  } catch (error) {
    note(world, report, action, error);
  }
}

async function act(world: World, action: Action): Promise<void> {
  switch (action.do) {
    case "mark_running":
      return markRunning(world, action.runId);
    case "kill_run":
      return killRun(world, action.runId);
    case "stop_run":
      return stopRun(world, action.runId, { actor: "rally", limit: action.limit });
    case "tell_stalled":
      return tellStalled(world, action.runId, action.quietMs);
    case "take_over_start":
      return takeOver(world, action.runId);
    case "start_run":
      return start(world, action.runId);
    case "end_run":
      return;
  }
}

async function start(world: World, runId: number): Promise<void> {
  const starter = identityText(ownIdentity());
  const taken = takeSlot(world.store, {
    runId,
    capacity: world.config.capacity,
    starter,
    at: world.now(),
    actor: "rally",
  });
  if (taken) await startRun(world, runId);
}

async function takeOver(world: World, runId: number): Promise<void> {
  const row = runRow(world.store, runId);
  if (!row) return;
  const to = identityText(ownIdentity());
  if (takeOverStart(world.store, { runId, from: row.starter, to })) await startRun(world, runId);
}

function tellStalled(world: World, runId: number, quietMs: number): void {
  const row = runRow(world.store, runId);
  if (!row) return;
  const why = `no output for ${Math.floor(quietMs / 60_000)} min`;
  record(world.store, { actor: "rally", at: world.now() }, [
    { layer: "fact", event: "stalled", dispatchId: row.dispatchId, runId, why },
  ]);
}

function note(world: World, report: Report, action: Action, error: unknown): void {
  report.failed.push({ action, error });
  const message = error instanceof Error ? error.message : String(error);
  world.log.error("tick.action", { action: action.do, run: action.runId, message });
  if (!(error instanceof Problem))
    world.log.error("tick.bug", { stack: error instanceof Error ? error.stack : message });
}
