import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { newBeat } from "../../src/heartbeat/beat.ts";
import { fastTick } from "../../src/heartbeat/tick.ts";
import { snapshot } from "../../src/store/snapshot.ts";
import { type Bench, bench } from "../app/bench.ts";

setDefaultTimeout(30_000);

let it: Bench;
afterEach(() => it.close());

test("tasks of one title that start at the same moment have branches of their own", async () => {
  it = await bench({ capacity: "1" });
  await it.type(["onboard", "."]);
  await it.type(["dispatch", "task", "First", "--model", "hang"]);
  for (const _ of [1, 2, 3]) await it.type(["dispatch", "task", "Mend the tests"]);
  await fastTick({ ...it.world, config: { ...it.world.config, capacity: 4 } }, newBeat());
  const views = snapshot(it.world.store).slice(1);
  expect(views.map((view) => view.outcomeDetail)).toEqual([null, null, null]);
  expect(views.map((view) => view.branch).toSorted()).toEqual([
    "rally/task-mend-the-tests",
    "rally/task-mend-the-tests-2",
    "rally/task-mend-the-tests-3",
  ]);
  await it.type(["stop", "1"]);
});
