import { loadConfig, processEnv } from "../src/config.ts";
import { newBeat } from "../src/heartbeat/beat.ts";
import { fastTick } from "../src/heartbeat/tick.ts";
import { makeWorld } from "../src/wiring/world.ts";
import { residentPeakMb } from "./measure.ts";

/**
 * What one process of the heartbeat measures of itself in `RALLY_HOME`: so many fast ticks, one after the other; or, with
 * `ends`, the one that it begins with, which ends what has ended and starts nothing.
 */
export type Ticks = {
  readonly cpuMs: readonly number[];
  readonly ms: readonly number[];
  readonly done: readonly number[];
  readonly peakMb: number;
};

const [how = "1"] = process.argv.slice(2);
const endsOnly = how === "ends";
const times = endsOnly ? 1 : Number(how);
const world = makeWorld(loadConfig(processEnv()));
const beat = newBeat();
const ms: number[] = [];
const cpuMs: number[] = [];
const done: number[] = [];
for (let n = 0; n < times; n += 1) {
  const begun = performance.now();
  const worked = process.cpuUsage();
  const report = await fastTick(world, beat, { endsOnly });
  ms.push(performance.now() - begun);
  const { user, system } = process.cpuUsage(worked);
  cpuMs.push((user + system) / 1_000);
  done.push(report.done.length);
  if (report.failed.length > 0) throw new Error(`${report.failed.length} actions failed`);
}
world.store.close();
const ticks: Ticks = { ms, cpuMs, done, peakMb: residentPeakMb("self") };
process.stdout.write(JSON.stringify(ticks));
