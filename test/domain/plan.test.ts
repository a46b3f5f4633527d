import { describe, expect, test } from "bun:test";
import { nextClock, startClock } from "../../src/domain/clock.ts";
import { type Action, type EndReason, type LiveRun, plan } from "../../src/domain/plan.ts";
import { liveRun, MINUTE, queuedRun, seen, T0 } from "../fixtures/builders.ts";

const QUIET = 30_000;
const dead = { process: "dead" } as const;

function decide(run: Partial<LiveRun>, over: Parameters<typeof seen>[0] = {}): Action[] {
  return plan(seen({ runs: [liveRun(run)], ...over }));
}

const ended = (because: EndReason): Action[] => [{ do: "end_run", runId: 1, because }];

describe("the session has ended", () => {
  test("invariant 6: at once with an exit record, whatever the process and the log", () => {
    for (const process of ["alive", "dead", "unknown", "none"] as const)
      for (const exit of [0, 1, 143, null])
        for (const state of ["starting", "running"] as const)
          for (const pidFile of [true, false])
            expect(decide({ exit, process, state, pidFile, logMtime: T0 })).toEqual(ended("exit"));
  });

  test("invariant 6: without one, dead and quiet: 29.999 s no, 30.000 s yes", () => {
    expect(decide({ ...dead, logMtime: T0 - QUIET + 1 })).toEqual([]);
    expect(decide({ ...dead, logMtime: T0 - QUIET })).toEqual(ended("quiet"));
  });

  test("invariant 7: a live process never ends a run, whatever its log's age", () => {
    for (const state of ["starting", "running"] as const)
      for (const age of [0, QUIET, 10 * MINUTE, 1e9])
        expect(
          decide({ state, logMtime: T0 - age, stallTold: true, deadSince: -1e9 }).some(isEnd),
        ).toBeFalse();
  });

  test("invariant 8: cannot-tell is alive", () => {
    const old = { logMtime: T0 - 1e9, stallTold: true } as const;
    expect(decide({ ...old, process: "unknown" })).toEqual([]);
    expect(
      decide({ ...old, process: "unknown", state: "starting", pidFile: false, starter: "dead" }),
    ).toEqual([]);
  });

  test("a run that never wrote a line counts from its start", () => {
    expect(decide({ ...dead, logMtime: null, startedAt: T0 - QUIET + 1 })).toEqual([]);
    expect(decide({ ...dead, logMtime: null, startedAt: T0 - QUIET })).toEqual(ended("quiet"));
  });

  test("a wrapper that died right after its pid file ends like any other", () => {
    expect(decide({ state: "starting", process: "none", logMtime: T0 - QUIET })).toEqual(ended("quiet"));
    expect(decide({ state: "starting", process: "none", logMtime: T0 - 1 })).toEqual([]);
  });
});

describe("a clock that jumps", () => {
  const run = { ...dead, logMtime: T0 - 1000 };

  test("invariant 6: a leap forward ends nothing early, and 30 s later it ends", () => {
    const leapt = nextClock(startClock(T0, 0), T0 + 3_600_000, 5000);
    expect(decide(run, { clock: leapt })).toEqual([]);
    const almost = nextClock(leapt, leapt.now + QUIET - 1, 5000 + QUIET - 1);
    expect(decide(run, { clock: almost })).toEqual([]);
    const over = nextClock(leapt, leapt.now + QUIET, 5000 + QUIET);
    expect(decide(run, { clock: over })).toEqual(ended("quiet"));
  });

  test("invariant 6: set back, the log's time lies in the future, and 30 s of witness end it", () => {
    const back = nextClock(startClock(T0, 0), T0 - 3_600_000, 5000);
    expect(decide({ ...run, deadSince: 5000 }, { clock: back })).toEqual([]);
    const almost = nextClock(back, back.now + QUIET - 1, 5000 + QUIET - 1);
    expect(decide({ ...run, deadSince: 5000 }, { clock: almost })).toEqual([]);
    const over = nextClock(back, back.now + QUIET, 5000 + QUIET);
    expect(decide({ ...run, deadSince: 5000 }, { clock: over })).toEqual(ended("quiet"));
  });

  test("a log touched into the future ends nothing by the wall clock, however long the heartbeat is up", () => {
    const clock = nextClock(startClock(T0 - 1e7, 0), T0, 1e7);
    const future = { ...dead, logMtime: T0 + 1e9 };
    expect(decide({ ...future, deadSince: 1e7 - QUIET + 1 }, { clock })).toEqual([]);
    expect(decide({ ...future, deadSince: 1e7 - QUIET }, { clock })).toEqual(ended("quiet"));
  });

  test("a restarted heartbeat decides by the wall clock at once", () => {
    const clock = startClock(T0, 0, T0 - 5 * MINUTE);
    expect(decide({ ...dead, logMtime: T0 - QUIET }, { clock })).toEqual(ended("quiet"));
  });

  test("a leap forward stops nobody for the time limit and kills nobody before the grace is over", () => {
    const leapt = nextClock(startClock(T0, 0), T0 + 9_000_000, 5000);
    expect(decide({ stallTold: false }, { clock: leapt })).toEqual([]);
    expect(decide({ stopAt: T0 - 1 }, { clock: leapt })).toEqual([]);
  });

  test("a stop recorded before the clock was set back still kills after the grace", () => {
    const clock = nextClock(startClock(T0, 0), T0 + 10_000, 10_000);
    expect(decide({ stopAt: T0 + 3_600_000 }, { clock })).toEqual([{ do: "kill_run", runId: 1 }]);
  });
});

describe("starting", () => {
  const fresh = { state: "starting", pidFile: false, process: "none", logMtime: null } as const;

  test("is running as soon as its wrapper has its pid file and lives", () => {
    expect(decide({ state: "starting" })).toEqual([{ do: "mark_running", runId: 1 }]);
    expect(decide({ state: "starting", process: "unknown" })).toEqual([{ do: "mark_running", runId: 1 }]);
  });

  test("belongs to its starter while that lives or cannot be told", () => {
    expect(decide({ ...fresh, starter: "alive" })).toEqual([]);
    expect(decide({ ...fresh, starter: "unknown" })).toEqual([]);
  });

  test("is taken over from a dead starter, or from none, where no wrapper has come up", () => {
    expect(decide({ ...fresh, starter: "dead" })).toEqual([{ do: "take_over_start", runId: 1 }]);
    expect(decide({ ...fresh, starter: null })).toEqual([{ do: "take_over_start", runId: 1 }]);
    expect(decide({ ...fresh, starter: "dead", process: "alive" })).toEqual([]);
    expect(decide({ ...fresh, starter: "dead", pidFile: true })).not.toContainEqual(
      expect.objectContaining({ do: "take_over_start" }),
    );
  });

  test("ends where a person was to sit at it and the terminal died", () => {
    expect(decide({ ...fresh, starter: "dead", interactive: true })).toEqual(ended("never_started"));
  });

  test("stopped before it came up: at once without a starter, after the grace with one", () => {
    expect(decide({ ...fresh, starter: "dead", stopAt: T0 })).toEqual(ended("never_started"));
    expect(decide({ ...fresh, stopAt: T0 - 9999 })).toEqual([]);
    expect(decide({ ...fresh, stopAt: T0 - 10_000 })).toEqual(ended("never_started"));
  });

  test("does not start for ever", () => {
    for (const starter of ["alive", "dead", "unknown", null] as const)
      expect(decide({ ...fresh, starter, startedAt: T0 - 120 * MINUTE })).toMatchObject([{ do: "stop_run" }]);
  });
});

describe("limits", () => {
  test("the time limit stops a run, with words that name the setting", () => {
    expect(decide({ startedAt: T0 - 120 * MINUTE + 1 })).toEqual([]);
    expect(decide({ startedAt: T0 - 120 * MINUTE })).toEqual([
      { do: "stop_run", runId: 1, limit: "it ran for more than 120 min (limits.run_minutes)" },
    ]);
    expect(decide({ startedAt: T0 - 120 * MINUTE, interactive: true })).toEqual([]);
  });

  test("a stop that was asked is killed when the grace is over, and is not asked again", () => {
    const late = { startedAt: T0 - 999 * MINUTE } as const;
    expect(decide({ ...late, stopAt: T0 - 9999 })).toEqual([]);
    expect(decide({ ...late, stopAt: T0 - 10_000 })).toEqual([{ do: "kill_run", runId: 1 }]);
  });

  test("silence is told once", () => {
    const silent = {
      logMtime: T0 - 15 * MINUTE,
      lastOutputAt: T0 - 20 * MINUTE,
      startedAt: T0 - 30 * MINUTE,
    };
    expect(decide(silent)).toEqual([{ do: "tell_stalled", runId: 1, quietMs: 15 * MINUTE }]);
    expect(decide({ ...silent, stallTold: true })).toEqual([]);
    expect(decide({ ...silent, logMtime: T0 - 15 * MINUTE + 1 })).toEqual([]);
  });
});

describe("the line", () => {
  const started = (actions: Action[]): number[] =>
    actions.filter((a) => a.do === "start_run").map((a) => a.runId);

  test("change requests first, then who came first, up to the capacity", () => {
    const queued = [
      queuedRun({ id: 11, dispatchId: 11 }),
      queuedRun({ id: 10, dispatchId: 10 }),
      queuedRun({ id: 12, dispatchId: 12, priority: 0 }),
    ];
    expect(started(plan(seen({ queued, capacity: 2 })))).toEqual([12, 10]);
    expect(started(plan(seen({ queued, capacity: 0 })))).toEqual([]);
    expect(started(plan(seen({ queued, capacity: 9, runs: [liveRun()] })))).toEqual([12, 10, 11]);
  });

  test("a slot that an end frees is filled in the same plan, ends first", () => {
    const runs = [liveRun({ exit: 0 })];
    const queued = [queuedRun({ id: 5, dispatchId: 1 })];
    expect(plan(seen({ runs, queued, capacity: 1 }))).toEqual([
      { do: "end_run", runId: 1, because: "exit" },
      { do: "start_run", runId: 5 },
    ]);
  });

  test("invariant 2: a dispatch that has a live run waits, and others go past it", () => {
    const queued = [queuedRun({ id: 5, dispatchId: 1 }), queuedRun({ id: 6, dispatchId: 2 })];
    expect(started(plan(seen({ runs: [liveRun()], queued })))).toEqual([6]);
  });

  test("who only passes by ends runs and starts or stops none", () => {
    const runs = [
      liveRun({ exit: 0 }),
      liveRun({ id: 2, dispatchId: 2, startedAt: T0 - 999 * MINUTE }),
      liveRun({ id: 3, dispatchId: 3, stopAt: T0 - MINUTE }),
    ];
    expect(plan(seen({ runs, queued: [queuedRun()], endsOnly: true }))).toEqual(ended("exit"));
  });
});

function isEnd(action: Action): boolean {
  return action.do === "end_run";
}
