import { describe, expect, test } from "bun:test";
import { Problem } from "../../src/domain/problem.ts";
import {
  DISPATCH_TABLE,
  type DispatchEvent,
  nextDispatch,
  nextRun,
  possible,
  RUN_TABLE,
  type RunEvent,
} from "../../src/domain/tables.ts";
import { LIVE_STATES, RUN_STATES, type RunState, STATUSES, type Status } from "../../src/domain/words.ts";
import { random } from "../fixtures/random.ts";

/** Written out from the model, not read off the code: for each state what is possible, and where it leads. */
const RUN: Record<string, Partial<Record<RunEvent, RunState>>> = {
  null: { admit: "queued" },
  queued: { take_slot: "starting", fail: "failed", interrupt: "interrupted" },
  starting: { started: "running", exit: "exited", fail: "failed", interrupt: "interrupted", lose: "lost" },
  running: { exit: "exited", fail: "failed", interrupt: "interrupted", lose: "lost" },
  exited: {},
  failed: {},
  interrupted: {},
  lost: {},
};

const DISPATCH: Record<string, Partial<Record<DispatchEvent, Status | null>>> = {
  null: { dispatch: "implementing", undo: "reviewing", import: "reviewing" },
  implementing: { session_ended: "reviewing", run_again: "implementing", upstream: "upstream", clean: null },
  reviewing: { run_again: "implementing", upstream: "upstream", clean: null },
  upstream: {
    session_ended: "upstream",
    run_again: "implementing",
    resume_live: "implementing",
    resume: "reviewing",
    clean: null,
  },
};

const runEvents = [...new Set(RUN_TABLE.map((row) => row.on))];
const dispatchEvents = [...new Set(DISPATCH_TABLE.map((row) => row.on))];

describe("invariant 19: only the table's transitions happen", () => {
  for (const from of [null, ...RUN_STATES])
    for (const on of runEvents)
      test(`run ${from} · ${on}`, () => {
        const to = RUN[String(from)]?.[on];
        if (to) expect(nextRun(from, on)).toBe(to);
        else refused(() => nextRun(from, on), from, possible(RUN_TABLE, from));
      });

  for (const from of [null, ...STATUSES])
    for (const on of dispatchEvents)
      test(`dispatch ${from} · ${on}`, () => {
        const row = DISPATCH[String(from)] ?? {};
        if (on in row) expect(nextDispatch(from, on)).toBe(row[on] as Status | null);
        else refused(() => nextDispatch(from, on), from, possible(DISPATCH_TABLE, from));
      });

  test("what is possible is what is written here", () => {
    for (const from of [null, ...RUN_STATES])
      expect(possible(RUN_TABLE, from).sort()).toEqual(Object.keys(RUN[String(from)] ?? {}).sort());
    for (const from of [null, ...STATUSES])
      expect(possible(DISPATCH_TABLE, from).sort()).toEqual(Object.keys(DISPATCH[String(from)] ?? {}).sort());
  });

  test("no event leads from one state to two", () => {
    for (const table of [RUN_TABLE, DISPATCH_TABLE]) {
      const steps = table.flatMap((row) => row.from.map((from) => `${from} ${row.on}`));
      expect(new Set(steps).size).toBe(steps.length);
    }
  });

  test("fuzzed: whatever is tried, a run stays on its way and an ended one never moves", () => {
    for (let seed = 0; seed < 2000; seed++) {
      const r = random(seed);
      let state: RunState | null = null;
      for (let step = 0; step < 12; step++) {
        const on = r.pick(runEvents);
        const before: RunState | null = state;
        try {
          state = nextRun(before, on);
        } catch {
          expect(RUN[String(before)]?.[on]).toBeUndefined();
          continue;
        }
        expect(RUN[String(before)]?.[on]).toBe(state);
      }
    }
  });
});

describe("the tables", () => {
  test("every state but the ended ones has a way on, and every state can be reached", () => {
    for (const state of RUN_STATES)
      expect(possible(RUN_TABLE, state).length > 0).toBe(["queued", ...LIVE_STATES].includes(state));
    for (const status of STATUSES) expect(possible(DISPATCH_TABLE, status)).toContain("clean");
    expect([...new Set(RUN_TABLE.map((row) => row.to))].sort()).toEqual([...RUN_STATES].sort());
  });

  test("invariant 11: the refresh's only event moves neither reviewing nor upstream", () => {
    expect(possible(DISPATCH_TABLE, "reviewing")).not.toContain("session_ended");
    expect(nextDispatch("upstream", "session_ended")).toBe("upstream");
  });
});

function refused(act: () => unknown, from: string | null, can: readonly string[]): void {
  let thrown: unknown;
  try {
    act();
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(Problem);
  const problem = thrown as Problem;
  expect(problem.code).toBe("conflict");
  expect(problem.message).toContain(from ?? "not there");
  for (const name of can) expect(problem.message).toContain(name);
}
