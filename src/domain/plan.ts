import { type Clock, elapsed, elapsedOf } from "./clock.ts";
import type { Time } from "./words.ts";

/** All that the fast tick has seen, and may decide from. */
export type Seen = {
  readonly clock: Clock;
  /** Live runs at the same time; starting counts. */
  readonly capacity: number;
  readonly limits: PlanLimits;
  readonly runs: readonly LiveRun[];
  readonly queued: readonly QueuedRun[];
  /** True for a passer-by (`status` without a heartbeat): it ends runs, and never starts or stops any. */
  readonly endsOnly: boolean;
};

export type PlanLimits = {
  readonly logQuietMs: number;
  readonly runMs: number;
  readonly silenceMs: number;
  readonly stopGraceMs: number;
};

/** "Cannot tell" (another namespace, no permission) counts as alive. */
export type Life = "alive" | "dead" | "unknown";

export type LiveRun = {
  readonly id: number;
  readonly dispatchId: number;
  readonly state: "starting" | "running";
  /** A person sits at it: nobody else can start it, and it has no time limit. */
  readonly interactive: boolean;
  /** When it took its slot. */
  readonly startedAt: Time | null;
  /** The process that took the slot for it; null where none was recorded, which counts as dead. */
  readonly starter: Life | null;
  /** Whether `runs/<id>/pid` is there: only its creator may start the agent. */
  readonly pidFile: boolean;
  /** Anything of the run: the wrapper by its identity, its group, whatever carries its marker. `none`: nothing was ever seen. */
  readonly process: Life | "none";
  /** The exit record: its code, null for one that cannot be read, undefined for none. */
  readonly exit: number | null | undefined;
  readonly logMtime: Time | null;
  /** From `witness()`: since when it was seen dead with this log, on the steady clock; null at first sight. */
  readonly deadSince: number | null;
  readonly lastOutputAt: Time | null;
  /** Its silence was journaled already since its last output. */
  readonly stallTold: boolean;
  readonly stopAt: Time | null;
};

export type QueuedRun = {
  readonly id: number;
  readonly dispatchId: number;
  /** 0, change requests, go before 1. */
  readonly priority: number;
  readonly interactive: boolean;
};

export type Action =
  | { readonly do: "end_run"; readonly runId: number; readonly because: EndReason }
  | { readonly do: "mark_running"; readonly runId: number }
  | { readonly do: "kill_run"; readonly runId: number }
  | { readonly do: "stop_run"; readonly runId: number; readonly limit: string }
  | { readonly do: "tell_stalled"; readonly runId: number; readonly quietMs: number }
  | { readonly do: "take_over_start"; readonly runId: number }
  | { readonly do: "start_run"; readonly runId: number };

/**
 * `exit`: the exit record is there. `quiet`: dead, and its log is quiet. `never_started`: it is not to be started any
 * more; whoever performs this first creates the pid file exclusively, and where that fails somebody has started it
 * after all: then nothing is ended, and the next tick decides.
 */
export type EndReason = "exit" | "quiet" | "never_started";

/**
 * The heartbeat's decision: at most one action a run, in the order in which they are to be performed. Pure; the same
 * facts give the same plan, and facts in which the plan took effect give none of it again.
 *
 * The session has ended (model.md 3): at once with an exit record. Without one, when nothing of the run is alive and
 * its log has been quiet for `logQuietMs`. Quiet is measured by the wall clock from the log's last write, but not from
 * before a jump (clock.ts); or by the steady clock, from when this process first saw it dead with this log. The first
 * lets a restarted heartbeat decide at once, the second does so where the log's time lies in the future. A live process
 * never ends a run, and one that nobody can tell is live.
 *
 * A run that ends gives its slot back within the same plan. The store's `take_slot` holds capacity by itself: where an
 * end failed, the start that counted on it is refused and comes again at the next tick.
 */
export function plan(seen: Seen): Action[] {
  const actions = seen.runs.flatMap((run) => decide(run, seen) ?? []);
  const wanted = seen.endsOnly ? actions.filter(isPassive) : [...actions, ...starts(seen, actions)];
  return wanted.sort((a, b) => ORDER.indexOf(a.do) - ORDER.indexOf(b.do));
}

/** Ends first, because they free slots. */
const ORDER: readonly Action["do"][] = [
  "end_run",
  "mark_running",
  "kill_run",
  "stop_run",
  "tell_stalled",
  "take_over_start",
  "start_run",
];

function isPassive(action: Action): boolean {
  return action.do === "end_run" || action.do === "mark_running";
}

function decide(run: LiveRun, seen: Seen): Action | null {
  const runId = run.id;
  if (run.exit !== undefined) return { do: "end_run", runId, because: "exit" };
  if (!run.pidFile && run.state === "starting") return decideUnstarted(run, seen);
  if (run.process === "dead" || run.process === "none")
    return isQuiet(run, seen) ? { do: "end_run", runId, because: "quiet" } : null;
  if (run.state === "starting") return { do: "mark_running", runId };
  if (run.stopAt !== null) return graceIsOver(run.stopAt, seen) ? { do: "kill_run", runId } : null;
  return overLimit(run, seen) ?? stalled(run, seen);
}

/** It has a slot, and no wrapper has come up yet. */
function decideUnstarted(run: LiveRun, seen: Seen): Action | null {
  const runId = run.id;
  if (run.process === "alive" || run.process === "unknown") return null;
  const abandoned = run.starter === "dead" || run.starter === null;
  if (run.stopAt !== null) {
    const over = abandoned || graceIsOver(run.stopAt, seen);
    return over ? { do: "end_run", runId, because: "never_started" } : null;
  }
  const limit = overLimit(run, seen);
  if (limit) return limit;
  if (!abandoned) return null;
  return run.interactive
    ? { do: "end_run", runId, because: "never_started" }
    : { do: "take_over_start", runId };
}

function isQuiet(run: LiveRun, { clock, limits }: Seen): boolean {
  if (run.deadSince !== null && clock.steady - run.deadSince >= limits.logQuietMs) return true;
  const lastWrite = run.logMtime ?? run.startedAt;
  return lastWrite !== null && elapsedOf(clock, lastWrite) >= limits.logQuietMs;
}

function graceIsOver(stopAt: Time, { clock, limits }: Seen): boolean {
  return elapsed(clock, stopAt) >= limits.stopGraceMs;
}

function overLimit(run: LiveRun, { clock, limits }: Seen): Action | null {
  if (run.interactive || run.startedAt === null || elapsed(clock, run.startedAt) < limits.runMs) return null;
  const minutes = Math.round(limits.runMs / 60_000);
  return { do: "stop_run", runId: run.id, limit: `it ran for more than ${minutes} min (limits.run_minutes)` };
}

function stalled(run: LiveRun, { clock, limits }: Seen): Action | null {
  if (run.stallTold || run.interactive) return null;
  const last = Math.max(run.lastOutputAt ?? 0, run.logMtime ?? 0, run.startedAt ?? 0);
  const quietMs = elapsedOf(clock, last);
  return last > 0 && quietMs >= limits.silenceMs ? { do: "tell_stalled", runId: run.id, quietMs } : null;
}

/** Queued runs for the slots that are free once the ends took place: change requests first, then who came first. */
function starts(seen: Seen, actions: readonly Action[]): Action[] {
  const ended = new Set(actions.filter((a) => a.do === "end_run").map((a) => a.runId));
  const staying = seen.runs.filter((run) => !ended.has(run.id));
  const busy = new Set(staying.map((run) => run.dispatchId));
  const line = seen.queued
    .filter((run) => !run.interactive)
    .sort((a, b) => a.priority - b.priority || a.id - b.id);
  const chosen: Action[] = [];
  for (const run of line) {
    if (staying.length + chosen.length >= seen.capacity) break;
    if (busy.has(run.dispatchId)) continue;
    busy.add(run.dispatchId);
    chosen.push({ do: "start_run", runId: run.id });
  }
  return chosen;
}
