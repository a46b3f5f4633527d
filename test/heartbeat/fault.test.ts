import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { newBeat } from "../../src/heartbeat/beat.ts";
import { up } from "../../src/heartbeat/up.ts";
import { type Bench, bench } from "../app/bench.ts";
import { until } from "../app/home.ts";

setDefaultTimeout(30_000);

let it: Bench;
afterEach(() => it.at.close());

test("a database that fails between two ticks is logged, and does not end the heartbeat", async () => {
  it = await bench({ "heartbeat.fast_seconds": "60" });
  const log = join(it.at.home, "rally.log");
  const stop = new AbortController();
  let held = false;
  const ended = up(it.world, newBeat(), {
    untilIdle: false,
    signal: stop.signal,
    say: () => undefined,
    took: () => {
      held = true;
    },
  }).catch((error: unknown) => error);
  await until(
    () => "its first tick",
    () => held,
  );
  it.world.store.close();
  await until(
    () => "what was logged",
    () => existsSync(log) && readFileSync(log, "utf8").includes("beat.failed"),
  );
  stop.abort();
  expect(await ended).toBeInstanceOf(Error);
});
