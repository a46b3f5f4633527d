import { join } from "node:path";
import { RALLY } from "../test/tui/stage.ts";
import { type Bench, BUN, programs } from "./bench.ts";
import { firstFrame, quietHome, quietTime } from "./dashboard-live.ts";
import { type Figure, figure } from "./figure.ts";

/** What `dashboard-keys.ts` is called with, and what that is. */
const KEYS = [
  ["100", "100 rows"],
  ["1000", "1000 rows"],
  ["10000", "10000 rows"],
  ["review", "a diff of 20000 lines"],
] as const;
const FRAME_MS = 16;

/** How soon the dashboard is there and follows a key, and what it costs while nobody touches it. */
export async function dashboard(bench: Bench): Promise<readonly Figure[]> {
  return [...(await keys(bench)), ...(await live(bench))];
}

async function keys(bench: Bench): Promise<Figure[]> {
  const found: Figure[] = [];
  for (const [what, name] of KEYS) {
    bench.say(`keys: ${name}`);
    const argv = [...BUN, join(import.meta.dir, "dashboard-keys.ts"), what];
    const done = Bun.spawnSync(argv, { stderr: "inherit" });
    const { times, rssMb } = JSON.parse(done.stdout.toString()) as { times: number[]; rssMb: number };
    const p99 = times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? 0;
    found.push(
      figure({
        name: `dashboard: key to frame, ${name}`,
        what: "160×50, moving about",
        ms: times,
        aim: { text: `${FRAME_MS} ms, p99; 110 MB`, holds: () => p99 <= FRAME_MS && rssMb <= 110 },
        peakMb: rssMb,
        note: `p99 ${p99.toFixed(1)} ms`,
      }),
    );
  }
  return found;
}

async function live(bench: Bench): Promise<Figure[]> {
  const runs = bench.long ? 50 : 12;
  const seconds = bench.long ? 60 : 15;
  bench.say(`${runs} live runs`);
  const play = await quietHome(runs);
  try {
    const found: Figure[] = [];
    for (const [name, argv] of Object.entries(programs(bench))) {
      const aimMs = name === "compiled" ? 100 : 150;
      const ms: number[] = [];
      for (let round = 0; round < (bench.long ? 21 : 7); round++) ms.push(await firstFrame(play, argv));
      const aim = { text: `${aimMs} ms`, holds: (took: number) => took <= aimMs };
      found.push(
        figure({
          name: `dashboard: first frame, ${name}`,
          what: "until the fleet is on the terminal",
          ms,
          aim,
        }),
      );
    }
    const quiet = await quietTime(play, RALLY, seconds);
    const share = quiet.cpuMs / (seconds * 10);
    found.push(
      figure({
        name: `dashboard: ${seconds} quiet seconds, ${runs} live runs`,
        what: "CPU of its process",
        ms: [quiet.cpuMs],
        aim: {
          text: "0.5 % of a core, nothing started",
          holds: () => share <= 0.5 && !quiet.startedAnything,
        },
        peakMb: quiet.rssMb,
        note: `${share.toFixed(2)} % of a core; ${quiet.startedAnything ? "something" : "nothing"} was started`,
      }),
    );
    return found;
  } finally {
    await play.end();
  }
}
