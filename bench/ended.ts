import { join } from "node:path";
import { type Bench, BUN, environment, programs, rally } from "./bench.ts";
import { type Figure, figure } from "./figure.ts";
import { copyOf, endAll, type Fleet, makeHome, RUNS } from "./fleet.ts";
import { ended as endedProcess } from "./homes.ts";
import { ran, watchPeak } from "./measure.ts";
import type { Ticks } from "./ticks.ts";

const COMMITTED = 900;

/** A thousand runs have ended while nobody watched: what the first tick takes, and what `rally refresh` takes. */
export async function ended(bench: Bench, fleet: Fleet): Promise<readonly Figure[]> {
  const identity = endedProcess();
  const mixed = makeHome(bench, fleet, { name: "home-mixed", identity, committed: COMMITTED });
  const moved = makeHome(bench, fleet, { name: "home-moved", identity, committed: RUNS });
  for (const home of [mixed, moved]) endAll(home);
  const rounds = bench.long ? 7 : 2;
  const found = { mixed: [] as Ticks[], moved: [] as Ticks[], refresh: [] as number[], peak: 0 };
  for (let n = 0; n < rounds; n += 1) {
    found.mixed.push(await tick(bench, copyOf(mixed)));
    found.moved.push(await tick(bench, copyOf(moved)));
    const { ms, peakMb } = await refresh(bench, copyOf(mixed));
    found.refresh.push(ms);
    found.peak = Math.max(found.peak, peakMb);
  }
  const first = (ticks: readonly Ticks[]) => ({
    ms: ticks.map(({ ms }) => ms[0] ?? 0),
    cpuMs: ticks.map(({ cpuMs }) => cpuMs[0] ?? 0),
  });
  const peak = (ticks: readonly Ticks[]) => Math.max(...ticks.map(({ peakMb }) => peakMb));
  return [
    figure({
      name: "ended 900",
      what: `the tick that ends ${RUNS} runs, ${COMMITTED} of them with commits`,
      ...first(found.mixed),
      aim: { text: "≤ 1.5 s", holds: (ms) => ms <= 1_500 },
      peakMb: peak(found.mixed),
    }),
    figure({
      name: "ended 1,000",
      what: `the tick that ends ${RUNS} runs, all with commits`,
      ...first(found.moved),
      aim: { text: "≤ 0.3 s", holds: (ms) => ms <= 300 },
      peakMb: peak(found.moved),
    }),
    figure({
      name: "refresh",
      what: `rally refresh, ${RUNS} runs have ended, ${COMMITTED} of them with commits`,
      ms: found.refresh,
      aim: { text: "≤ 1.5 s", holds: (ms) => ms <= 1_500 },
      peakMb: found.peak,
    }),
  ];
}

async function tick(bench: Bench, home: string): Promise<Ticks> {
  const argv = [...BUN, join(import.meta.dir, "ticks.ts"), "ends"];
  const { out } = await ran({ argv, cwd: bench.root, env: environment(bench, home) });
  const ticks = JSON.parse(out) as Ticks;
  if (ticks.done[0] !== RUNS) throw new Error(`${ticks.done[0]} of ${RUNS} runs were ended`);
  return ticks;
}

async function refresh(bench: Bench, home: string) {
  const program = programs(bench)["from source"] ?? [];
  const { argv, cwd, env } = rally(bench, home, program, ["refresh"]);
  const begun = performance.now();
  const child = Bun.spawn([...argv], { cwd, env, stdin: "ignore", stdout: "ignore", stderr: "inherit" });
  const peakMb = await watchPeak(child);
  return { ms: performance.now() - begun, peakMb };
}
