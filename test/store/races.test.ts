import { afterEach, expect, test } from "bun:test";
import { join } from "node:path";
import { holdLease, lease, releaseLease } from "../../src/store/leases.ts";
import { line } from "../../src/store/line.ts";
import { liveRuns, since } from "../../src/store/read.ts";
import { record } from "../../src/store/record.ts";
import { replay } from "../../src/store/replay.ts";
import { getSetting } from "../../src/store/settings.ts";
import { takeSlot } from "../../src/store/slot.ts";
import { snapshot } from "../../src/store/snapshot.ts";
import { dispatched, leaveNothing, newFolder, newProject, newStore, RALLY } from "./fixture.ts";
import { race } from "./race.ts";
import { T0 } from "./values.ts";

type Tried = { won: boolean; problem?: string };

afterEach(leaveNothing);

test("invariant 1: of six processes that dispatch one issue one wins, and the losers change nothing", async () => {
  const home = join(newFolder(), "home");
  const store = newStore(home);
  newProject(store);
  const results = await race<Tried>(home, 6, "admitOne");
  expect(results.filter((result) => result.won)).toHaveLength(1);
  for (const { won, problem } of results)
    if (!won) expect(problem).toBe("#42 is dispatch 1 already (queued (1)).");
  expect(snapshot(store)).toHaveLength(1);
  expect(line(store)).toHaveLength(1);
  expect(since(store, 0, 99).map((row) => row.event)).toEqual(["added", "dispatch", "admit"]);
});

test("invariant 2: of six processes that start a run on one dispatch one does", async () => {
  const home = join(newFolder(), "home");
  const store = newStore(home);
  const { runId } = dispatched(store, 42);
  takeSlot(store, { ...RALLY, runId, capacity: 1, starter: "me" });
  record(store, RALLY, [
    { layer: "run", id: runId, on: "exit" },
    { layer: "dispatch", id: 1, on: "session_ended", set: { outcome: "ok" } },
  ]);
  const before = since(store, 0, 99).length;
  const results = await race<Tried>(home, 6, "runAgain");
  expect(results.filter((result) => result.won)).toHaveLength(1);
  expect(liveRuns(store)).toHaveLength(1);
  expect(
    since(store, 0, 99)
      .slice(before)
      .map((row) => row.event),
  ).toEqual(["run_again", "admit", "take_slot"]);
});

test("invariant 2: the database itself refuses a second live run", () => {
  const store = newStore();
  dispatched(store, 42);
  const insert = `INSERT INTO runs (dispatch_id, role, state, agent, actor, created_at) VALUES (1, 'worker', ?, 'a', 'a', 1)`;
  store.db.run(insert, ["running"]);
  expect(() => store.db.run(insert, ["starting"])).toThrow("UNIQUE");
  expect(() => store.db.run(insert, ["queued"])).toThrow("UNIQUE");
});

test("invariant 3: four processes that dispatch the same twenty issues make one dispatch of each", async () => {
  const home = join(newFolder(), "home");
  const store = newStore(home);
  newProject(store);
  const won = await race<number>(home, 4, "admitMany", 20);
  expect(won.reduce((sum, wins) => sum + wins, 0)).toBe(20);
  expect(
    snapshot(store)
      .map((view) => view.number ?? 0)
      .sort((a, b) => a - b),
  ).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
});

test("invariant 4: of six processes that want the heartbeat one holds it", async () => {
  const home = join(newFolder(), "home");
  const store = newStore(home);
  const held = await race<boolean>(home, 6, "lease");
  expect(held.filter(Boolean)).toHaveLength(1);
  const holder = lease(store, "heartbeat")?.holder ?? "";
  const want = (name: string, now: number) =>
    holdLease(store, { name: "heartbeat", holder: name, until: now + 1_000, now });
  expect(want("other", T0 + 999)).toBe(false);
  expect(want(holder, T0 + 999)).toBe(true);
  expect(want("other", T0 + 1_998)).toBe(false);
  expect(want("other", T0 + 1_999)).toBe(true);
  expect(want(holder, T0 + 1_999)).toBe(false);
  expect(releaseLease(store, { name: "heartbeat", holder })).toBe(false);
  expect(releaseLease(store, { name: "heartbeat", holder: "other" })).toBe(true);
  expect(lease(store, "heartbeat")).toBeNull();
  expect(want(holder, T0)).toBe(true);
});

test("invariant 5: four processes that drain a line of thirty never exceed the capacity", async () => {
  const home = join(newFolder(), "home");
  const store = newStore(home);
  for (let number = 1; number <= 30; number++) dispatched(store, number);
  const started = await race<number>(home, 4, "drain", 3);
  expect(started.reduce((sum, runs) => sum + runs, 0)).toBe(30);
  const rows = since(store, 0, 999);
  let most = 0;
  for (let until = 0; until <= rows.length; until++) {
    const live = [...replay(rows.slice(0, until)).runs.values()].filter(
      (run) => run.state === "starting",
    ).length;
    most = Math.max(most, live);
  }
  expect(most).toBe(3);
});

test("four processes that read and then write lose nothing", async () => {
  const home = join(newFolder(), "home");
  const store = newStore(home);
  await race(home, 4, "count", 300);
  expect(getSetting(store, "count")).toBe("1200");
});

test("eight processes that open a home for the first time all succeed", async () => {
  const home = join(newFolder(), "home");
  expect(await race<string>(home, 8, "open")).toEqual(Array.from({ length: 8 }, () => "opened"));
  const names = newStore(home)
    .db.query<{ name: string }, []>("SELECT name FROM migrations ORDER BY rowid")
    .all();
  expect(names.map((row) => row.name)).toEqual([
    "0000_start",
    "0001_journal_append_only",
    "0002_chat",
    "0003_contexts",
  ]);
});
