import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { RALLY, type Theatre, theatre } from "../test/tui/stage.ts";

/**
 * `bun bench/tui-live.ts [--seconds 60] [--runs 50] [--binary dist/rally]`: the program itself in a pseudo-terminal,
 * with live runs: its first frame, its memory, what a quiet time costs, and what it starts meanwhile. JSON lines.
 */
const option = (name: string, fallback: string) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? fallback : (process.argv[at + 1] ?? fallback);
};
const seconds = Number(option("seconds", "60"));
const runs = Number(option("runs", "50"));
const binary = option("binary", "");
const say = (figures: Record<string, unknown>) => process.stdout.write(`${JSON.stringify(figures)}\n`);

const play = await theatre(0);
try {
  await fillWith(play, runs);
  const programs = [["source", RALLY] as const, ...(binary === "" ? [] : [["compiled", [binary]] as const])];
  for (const [name, argv] of programs) {
    const times: number[] = [];
    for (let round = 0; round < 7; round++) {
      const shown = await open(play, argv);
      times.push(shown.firstFrameMs);
      await shown.quit();
    }
    times.sort((a, b) => a - b);
    say({
      bench: "tui.first_frame_ms",
      program: name,
      median: Math.round(times[3] ?? 0),
      best: Math.round(times[0] ?? 0),
    });
  }
  const shown = await open(play, RALLY);
  await Bun.sleep(3_000);
  const before = statOf(shown.pid);
  await Bun.sleep(seconds * 1_000);
  const after = statOf(shown.pid);
  say({
    bench: "tui.quiet",
    runs,
    seconds,
    cpu_percent: Math.round(((after.ticks - before.ticks) / seconds) * 100) / 100,
    // Only a child that was started and has ended adds to the faults of children.
    started_anything: after.childFaults !== before.childFaults,
    rss_mb: Math.round(rssOf(shown.pid) / 1024),
  });
  await shown.quit();
} finally {
  await play.end();
}

async function fillWith({ types, stage }: Theatre, count: number): Promise<void> {
  const path = join(stage.home, "config.yaml");
  const settings = JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>;
  writeFileSync(path, JSON.stringify({ ...settings, capacity: count + 1 }));
  await types("onboard", ".", "--agent", "scripted");
  for (let number = 1; number <= count; number++)
    await types("dispatch", "task", `Something quiet, number ${number}`, "--model", "hang");
}

/** Its process, and how long it took until the fleet stood on the terminal. */
async function open({ stage }: Theatre, argv: readonly string[]) {
  const from = performance.now();
  const frame = Promise.withResolvers<number>();
  let said = "";
  const child = Bun.spawn([...argv], {
    cwd: stage.shop,
    env: { ...stage.env, TERM: "xterm-256color" },
    terminal: {
      cols: 160,
      rows: 50,
      data: (_terminal, bytes) => {
        said = (said + new TextDecoder().decode(bytes)).slice(-100_000);
        if (said.includes("Something") || said.includes("quit")) frame.resolve(performance.now() - from);
      },
    },
  });
  const firstFrameMs = await Promise.race([frame.promise, Bun.sleep(10_000).then(() => Number.NaN)]);
  return {
    pid: child.pid,
    firstFrameMs,
    quit: async () => {
      child.terminal?.write("q");
      await child.exited;
    },
  };
}

/** CPU in hundredths of a second, and the page faults of children that have ended. */
function statOf(pid: number): { readonly ticks: number; readonly childFaults: number } {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /, "")
    .split(" ")
    .map(Number);
  return { ticks: (fields[11] ?? 0) + (fields[12] ?? 0), childFaults: fields[8] ?? 0 };
}

function rssOf(pid: number): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0);
}
