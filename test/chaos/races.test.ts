import { afterEach, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { line } from "../../src/store/line.ts";
import { liveRuns, since } from "../../src/store/read.ts";
import { replay } from "../../src/store/replay.ts";
import { snapshot } from "../../src/store/snapshot.ts";
import { leaveNothing, newFolder, newProject, newStore } from "../store/fixture.ts";
import { race } from "../store/race.ts";
import { CHAOS } from "./chaos.ts";
import { observe, read } from "./observe.ts";
import { makeRoom, type Room } from "./room.ts";
import { settle, typed } from "./story.ts";

/** One race is one issue that all processes want at the same time. */
const RACES = CHAOS.long ? { rounds: 10, issues: 1_000 } : { rounds: 1, issues: 40 };
const TICKS = CHAOS.long ? 50 : 1;
const RACERS = 4;

afterEach(leaveNothing);

test(`invariants 1, 3 and 5: ${RACES.rounds * RACES.issues} races for an issue and a slot have one winner each`, async () => {
  for (let round = 0; round < RACES.rounds; round += 1) {
    const home = join(newFolder(), "home");
    const store = newStore(home);
    newProject(store);
    const won = await race<number>(home, RACERS, "admitMany", RACES.issues);
    expect(won.reduce((sum, count) => sum + count, 0)).toBe(RACES.issues);
    expect(snapshot(store)).toHaveLength(RACES.issues);
    expect(line(store)).toHaveLength(RACES.issues);
    const started = await race<number>(home, RACERS, "drain", 3);
    expect(started.reduce((sum, count) => sum + count, 0)).toBe(RACES.issues);
    expect(line(store)).toHaveLength(0);
    const rows = since(store, 0, 1_000_000);
    expect(mostAtOnce(rows)).toBeLessThanOrEqual(3);
    expect(replay(rows).runs.size).toBe(RACES.issues);
    expect(rows.filter((row) => row.event === "take_slot")).toHaveLength(RACES.issues);
    await Promise.resolve(liveRuns(store));
  }
}, 1_800_000);

function mostAtOnce(rows: readonly { readonly event: string; readonly layer: string }[]): number {
  let [now, most] = [0, 0];
  for (const { layer, event } of rows) {
    if (layer !== "run") continue;
    if (event === "take_slot") now += 1;
    else if (event !== "admit" && event !== "started") now -= 1;
    most = Math.max(most, now);
  }
  return most;
}

test("invariant 2: many ticks at once start a run that waits exactly once, and end it once", async () => {
  const room = await makeRoom();
  try {
    await typed(room, ["onboard", "."]);
    const words = ["dispatch", "1", "--agent", "scripted", "--model", "finish"];
    // It dies when it has been admitted, and its run waits in line.
    await room.rally(words, { RALLY_FAULT_AT: "4" });
    room.keep();
    const first = await once(room, 1);
    for (let round = 0; round < TICKS; round += 1) expect(await once(room, RACERS)).toEqual(first);
  } finally {
    room.remove();
  }
}, 600_000);

async function once(room: Room, ticks: number): Promise<string[]> {
  room.restore();
  expect(read(room, "SELECT state FROM runs")).toEqual([{ state: "queued" }]);
  const said = await Promise.all(Array.from({ length: ticks }, () => room.rally(["refresh"])));
  expect(said.map(({ code }) => code)).toEqual(said.map(() => 0));
  await settle(room);
  expect(existsSync(join(room.rallyHome, "runs/2"))).toBeFalse();
  return observe(room);
}
