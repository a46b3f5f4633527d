import { describe, expect, test } from "bun:test";
import { nextClock, startClock, witness } from "../../src/domain/clock.ts";
import { type Action, type LiveRun, plan, type Seen } from "../../src/domain/plan.ts";
import { liveRun, MINUTE, queuedRun, seen, T0 } from "../fixtures/builders.ts";
import { type Random, random } from "../fixtures/random.ts";

const ROUNDS = 20_000;

describe("every plan", () => {
  test("invariant 5: never exceeds the capacity once it took effect", () => {
    each((facts) => {
      const after = apply(facts, plan(facts));
      if (after.runs.length > facts.runs.length)
        expect(after.runs.length).toBeLessThanOrEqual(facts.capacity);
    });
  });

  test("invariant 2: starts no two runs for one dispatch", () => {
    each((facts) => {
      const owners = apply(facts, plan(facts)).runs.map((run) => run.dispatchId);
      expect(new Set(owners).size).toBe(owners.length);
    });
  });

  test("invariant 10: the same facts give the same plan, and applied facts none of it again", () => {
    each((facts) => {
      const first = plan(facts);
      expect(plan(structuredClone(facts))).toEqual(first);
      const again = plan(apply(facts, first)).map(key);
      expect(again.filter((name) => first.map(key).includes(name))).toEqual([]);
    });
  });

  test("has at most one action a run, ends before starts", () => {
    each((facts) => {
      const actions = plan(facts);
      expect(new Set(actions.map((a) => a.runId)).size).toBe(actions.length);
      const lastEnd = actions.findLastIndex((a) => a.do === "end_run");
      const firstStart = actions.findIndex((a) => a.do === "start_run");
      if (firstStart >= 0) expect(lastEnd).toBeLessThan(firstStart);
    });
  });

  test("invariants 7 and 8: never ends what lives or cannot be told, without an exit record", () => {
    each((facts) => {
      for (const action of plan(facts)) {
        if (action.do !== "end_run" || action.because === "exit") continue;
        const run = facts.runs.find((candidate) => candidate.id === action.runId);
        expect(["dead", "none"]).toContain(run?.process ?? "missing");
      }
    });
  });
});

test("invariant 13: a run that crashes without a word ends within a minute, whatever the clock does", () => {
  for (let round = 0; round < 2000; round++) {
    const r = random(round);
    let clock = startClock(T0, 0);
    let run = liveRun({
      state: r.pick(["starting", "running"]),
      process: r.pick(["dead", "none"]),
      logMtime: r.pick([null, T0, T0 - 5000, T0 + 1e9]),
      startedAt: r.pick([null, T0 - MINUTE, T0 + 1e8]),
    });
    let remembered = null;
    let ended = false;
    let wall = T0;
    for (let steady = 0; steady <= MINUTE && !ended; steady += 5000) {
      if (steady > 0 && steady <= 20_000 && r.chance(0.3))
        wall += r.pick([-3_600_000, 3_600_000, 90_000, -20_000]);
      clock = nextClock(clock, wall + steady, steady);
      remembered = witness(remembered, { dead: true, logMtime: run.logMtime }, steady);
      run = { ...run, deadSince: remembered?.since ?? null };
      ended = plan(seen({ clock, runs: [run] })).some((a) => a.do === "end_run");
    }
    expect(ended).toBeTrue();
  }
});

test("invariant 6: under a clock that jumps, no run ends before its log was quiet for 30 s", () => {
  let ends = 0;
  for (let round = 0; round < 3000; round++) {
    const r = random(round);
    let wall = T0;
    let clock = startClock(wall, 0);
    let logMtime = wall;
    let writtenAt = 0;
    let remembered = null;
    for (let steady = 1000; steady <= 2 * MINUTE; steady += 1000) {
      if (r.chance(0.05)) wall += r.pick([-600_000, 600_000, 45_000, -45_000]);
      if (r.chance(0.03)) {
        logMtime = wall + steady;
        writtenAt = steady;
      }
      clock = nextClock(clock, wall + steady, steady);
      remembered = witness(remembered, { dead: true, logMtime }, steady);
      const run = liveRun({ process: "dead", logMtime, deadSince: remembered?.since ?? null });
      const actions = plan(seen({ clock, runs: [run] }));
      if (!actions.some((a) => a.do === "end_run")) continue;
      ends++;
      expect(steady - writtenAt).toBeGreaterThanOrEqual(30_000);
      break;
    }
  }
  expect(ends).toBeGreaterThan(1000);
});

function each(check: (facts: Seen) => void): void {
  for (let seed = 0; seed < ROUNDS; seed++) check(someFacts(random(seed)));
}

function someFacts(r: Random): Seen {
  const runs = Array.from({ length: r.int(5) }, (_, i) => someRun(r, i + 1));
  const owners = [1, 2, 3, 4, 5, 6, 7, 8].filter(() => r.chance(0.5));
  const queued = owners.map((dispatchId, i) =>
    queuedRun({ id: 100 + i, dispatchId, priority: r.int(2), interactive: r.chance(0.1) }),
  );
  return seen({ runs, queued, capacity: r.int(7), endsOnly: r.chance(0.1) });
}

function someRun(r: Random, id: number): LiveRun {
  return liveRun({
    id,
    dispatchId: id,
    state: r.pick(["starting", "running"]),
    interactive: r.chance(0.1),
    startedAt: r.pick([null, T0, T0 - 30_000, T0 - 121 * MINUTE, T0 + MINUTE]),
    starter: r.pick(["alive", "dead", "unknown", null]),
    pidFile: r.chance(0.6),
    process: r.pick(["alive", "dead", "unknown", "none"]),
    exit: r.pick([undefined, undefined, undefined, 0, 1, null]),
    logMtime: r.pick([null, T0, T0 - 29_999, T0 - 30_000, T0 - 60 * MINUTE, T0 + 1e7]),
    deadSince: r.pick([null, 0, -29_999, -30_000]),
    lastOutputAt: r.pick([null, T0, T0 - 60 * MINUTE]),
    stallTold: r.chance(0.5),
    stopAt: r.pick([null, null, T0, T0 - 10_000, T0 + MINUTE]),
  });
}

/** The facts once every action took effect: what the next look would find. */
function apply(facts: Seen, actions: readonly Action[]): Seen {
  let { runs, queued } = { runs: [...facts.runs], queued: [...facts.queued] };
  const change = (id: number, to: Partial<LiveRun>): void => {
    runs = runs.map((run) => (run.id === id ? { ...run, ...to } : run));
  };
  for (const { do: what, runId } of actions) {
    if (what === "end_run") runs = runs.filter((run) => run.id !== runId);
    if (what === "mark_running") change(runId, { state: "running" });
    if (what === "stop_run") change(runId, { stopAt: facts.clock.now });
    if (what === "kill_run") change(runId, { process: "dead" });
    if (what === "tell_stalled") change(runId, { stallTold: true });
    if (what === "take_over_start") change(runId, { pidFile: true, process: "alive", starter: "alive" });
    if (what !== "start_run") continue;
    const next = queued.find((run) => run.id === runId);
    queued = queued.filter((run) => run.id !== runId);
    if (next) runs.push(liveRun({ id: runId, dispatchId: next.dispatchId }));
  }
  return { ...facts, runs, queued };
}

function key(action: Action): string {
  return `${action.do} ${action.runId}`;
}
