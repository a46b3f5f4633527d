import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Problem } from "../domain/problem.ts";
import type { Hands } from "./demo-hands.ts";
import type { Stage } from "./demo-stage.ts";

const ENDS_WITHIN_MS = 5_000;
const LOOK_EVERY_MS = 50;
const BUSY = new Set(["working", "queued", "asking", "implementing"]);

/** After it no process of the demo is left: asked to end by Rally itself, and what does not listen is killed. */
export async function strike(stage: Stage, { quietly, sees }: Hands): Promise<void> {
  await quietly(["down"]);
  const seen = await sees().catch(() => []);
  for (const { id, display } of seen) if (BUSY.has(display)) await quietly(["stop", `${id}`]);
  const ended = await until(() => left(stage).length === 0);
  if (ended) return;
  const stubborn = left(stage);
  for (const pid of stubborn) kill(pid);
  await until(() => left(stage).length === 0);
  throw new Problem("other", `The demo had to kill what it left behind: processes ${stubborn.join(", ")}.`);
}

/** Whatever carries the demo's own home in its environment: only what the demo started can. Where there is no /proc, none. */
function left(stage: Stage): number[] {
  const mark = `RALLY_HOME=${stage.home}\0`;
  return pids().filter((pid) => pid !== process.pid && environ(pid).includes(mark));
}

function pids(): number[] {
  try {
    return readdirSync("/proc").map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}

/** Of a process that has ended, or of somebody else's, nothing is to be read. */
function environ(pid: number): string {
  try {
    return readFileSync(join("/proc", `${pid}`, "environ"), "utf8");
  } catch {
    return "";
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended in between, which is what was wanted.
  }
}

async function until(done: () => boolean): Promise<boolean> {
  const end = performance.now() + ENDS_WITHIN_MS;
  while (!done()) {
    if (performance.now() > end) return false;
    await Bun.sleep(LOOK_EVERY_MS);
  }
  return true;
}
