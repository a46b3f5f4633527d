import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Theatre, theatre } from "../test/tui/stage.ts";

const SETTLE_MS = 3_000;
const FRAME_WITHIN_MS = 15_000;

/** A home with so many live runs that say nothing; no heartbeat's or agent's output disturbs. */
export async function quietHome(runs: number): Promise<Theatre> {
  const play = await theatre(0);
  const { types, stage } = play;
  const path = join(stage.home, "config.yaml");
  const settings = JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>;
  writeFileSync(path, JSON.stringify({ ...settings, capacity: runs + 1 }));
  await types("onboard", ".", "--agent", "scripted");
  for (let number = 1; number <= runs; number++)
    await types("dispatch", "task", `Something quiet, number ${number}`, "--model", "hang");
  return play;
}

/** From the start of the program until the fleet stands on a pseudo-terminal, in milliseconds. */
export async function firstFrame(play: Theatre, argv: readonly string[]): Promise<number> {
  const shown = await open(play, argv);
  await shown.quit();
  return shown.firstFrameMs;
}

export type Quiet = {
  readonly cpuMs: number;
  readonly startedAnything: boolean;
  readonly rssMb: number;
};

/** What the open dashboard costs while nobody touches it. */
export async function quietTime(play: Theatre, argv: readonly string[], seconds: number): Promise<Quiet> {
  const shown = await open(play, argv);
  await Bun.sleep(SETTLE_MS);
  const before = statOf(shown.pid);
  await Bun.sleep(seconds * 1_000);
  const after = statOf(shown.pid);
  const rssMb = Math.round(rssOf(shown.pid) / 1024);
  await shown.quit();
  return {
    cpuMs: (after.ticks - before.ticks) * 10,
    // Only a child that was started and has ended adds to the page faults of children.
    startedAnything: after.childFaults !== before.childFaults,
    rssMb,
  };
}

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
        if (said.includes("Something quiet")) frame.resolve(performance.now() - from);
      },
    },
  });
  const late = setTimeout(() => {
    child.kill();
    frame.reject(new Error(`The dashboard showed nothing for ${FRAME_WITHIN_MS} ms.`));
  }, FRAME_WITHIN_MS);
  const firstFrameMs = await frame.promise;
  clearTimeout(late);
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
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = text
    .replace(/^.*\) /, "")
    .split(" ")
    .map(Number);
  return { ticks: (fields[11] ?? 0) + (fields[12] ?? 0), childFaults: fields[8] ?? 0 };
}

function rssOf(pid: number): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0);
}
