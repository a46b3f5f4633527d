import { join } from "node:path";
import { type Bench, BUN, environment } from "./bench.ts";
import { type Figure, figure } from "./figure.ts";
import { type Fleet, makeHome, RUNS } from "./fleet.ts";
import { sleeper } from "./homes.ts";
import { ran } from "./measure.ts";
import type { Ticks } from "./ticks.ts";

/** The first ticks load the program, and look at worktrees that nobody has looked at. */
const FIRST = 5;

/** A fast tick while a thousand runs are at work and nothing has happened. */
export async function live(bench: Bench, fleet: Fleet): Promise<readonly Figure[]> {
  const asleep = sleeper();
  try {
    const { identity } = asleep;
    const home = makeHome(bench, fleet, { name: "home-live", identity, committed: RUNS });
    const times = bench.long ? 100 : 30;
    const argv = [...BUN, join(import.meta.dir, "ticks.ts"), `${FIRST + times}`];
    const { out } = await ran({ argv, cwd: bench.root, env: environment(bench, home) });
    const ticks = JSON.parse(out) as Ticks;
    return [
      figure({
        name: "tick",
        what: `a fast tick with ${RUNS} live runs`,
        ms: ticks.ms.slice(FIRST),
        cpuMs: ticks.cpuMs.slice(FIRST),
        aim: { text: "≤ 50 ms", holds: (ms) => ms <= 50 },
        peakMb: ticks.peakMb,
        note: `The first ticks of a process: ${ticks.ms.slice(0, FIRST).map(Math.round).join(", ")} ms.`,
      }),
    ];
  } finally {
    asleep.end();
  }
}
