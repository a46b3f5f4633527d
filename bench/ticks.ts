import { loadConfig, processEnv } from "../src/config.ts";
import { newBeat } from "../src/heartbeat/beat.ts";
import { fastTick } from "../src/heartbeat/tick.ts";
import { makeWorld } from "../src/wiring/world.ts";
import { residentPeakMb } from "./measure.ts";

/** What one process of the heartbeat measures of itself: so many fast ticks, one after the other, in `RALLY_HOME`. */
export type Ticks = {
  readonly ms: readonly number[];
  readonly done: readonly number[];
  readonly peakMb: number;
};

const [times = "1"] = process.argv.slice(2);
const world = makeWorld(loadConfig(processEnv()));
const beat = newBeat();
const ms: number[] = [];
const done: number[] = [];
for (let n = 0; n < Number(times); n += 1) {
  const begun = performance.now();
  const report = await fastTick(world, beat);
  ms.push(performance.now() - begun);
  done.push(report.done.length);
  if (report.failed.length > 0) throw new Error(`${report.failed.length} actions failed`);
}
world.store.close();
const ticks: Ticks = { ms, done, peakMb: residentPeakMb("self") };
process.stdout.write(JSON.stringify(ticks));
