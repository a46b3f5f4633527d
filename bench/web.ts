import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadConfig } from "../src/config.ts";
import { newBeat } from "../src/heartbeat/beat.ts";
import { fastTick } from "../src/heartbeat/tick.ts";
import { identity } from "../src/process/identity.ts";
import { columnsOf } from "../src/runs/identity.ts";
import { liveRuns } from "../src/store/read.ts";
import { record, setRun } from "../src/store/record.ts";
import { write } from "../src/store/write.ts";
import { type ServedPage, servePage } from "../src/web/serve.ts";
import { program } from "../src/wiring/program.ts";
import { makeWorld } from "../src/wiring/world.ts";
import type { World } from "../src/world.ts";
import { fillFleet } from "../test/fixtures/fleet.ts";
import type { Bench, Measurement } from "./bench.ts";
import { type Figure, figure } from "./figure.ts";

/** No run is too long or too quiet, so that nothing is stopped. */
const SETTINGS = "notify: none\nweb:\n  port: 0\nlimits:\n  run_minutes: 43200\n  silence_minutes: 43200\n";
const DISPATCHES = 1000;
const READERS = 200;
const TICKS = 100;

/** The status page with a thousand dispatches: its time and size; readers of its events, and what they cost a tick. */
export const web: Measurement = async (bench) => {
  // One process stands for all agents, so that every tick has them to look at.
  const agent = Bun.spawn(["sleep", "3600"], { detached: true });
  const world = worldIn(bench, agent.pid);
  const page = servePage(world);
  try {
    return [await written(bench, page), ...(await read(bench, world, page))];
  } finally {
    agent.kill();
    await page.stop();
    world.store.close();
  }
};

function worldIn(bench: Bench, agent: number): World {
  writeFileSync(join(bench.root, "config.yaml"), SETTINGS);
  const env = { HOME: bench.root, RALLY_HOME: bench.root, PATH: process.env.PATH ?? "", USER: "bench" };
  const world = makeWorld(loadConfig({ env, cwd: bench.root, program: program() }));
  bench.say(`a home with ${DISPATCHES} dispatches`);
  fillFleet(world.store, 1, DISPATCHES, world.now());
  const known = identity(agent);
  if (known === null) throw new Error("The process that stands for the agents is not there.");
  write(world.store, "stand in", () => {
    for (const run of liveRuns(world.store)) setRun(world.store, run.id, columnsOf(known));
  });
  return world;
}

async function written(bench: Bench, page: ServedPage): Promise<Figure> {
  const ms: number[] = [];
  let bytes = 0;
  for (let i = 0; i < (bench.long ? 30 : 10); i++) {
    // What was written out before is older than this.
    await Bun.sleep(1_100);
    const from = performance.now();
    const answer = await fetch(new URL("/?all", page.url), { headers: { "accept-encoding": "gzip" } });
    bytes = Number(answer.headers.get("content-length"));
    await answer.arrayBuffer();
    ms.push(performance.now() - from);
  }
  return figure({
    name: "page",
    what: `the status page with ${DISPATCHES} dispatches`,
    ms,
    aim: { text: "≤ 50 ms, ≤ 200 kB", holds: (time) => time <= 50 && bytes <= 200_000 },
    note: `${Math.round(bytes / 1000)} kB compressed`,
  });
}

/** Each of the readers looks again at every piece of news, as a browser does. */
async function read(bench: Bench, world: World, page: ServedPage): Promise<Figure[]> {
  const seconds = bench.long ? 60 : 20;
  const alone = await ticks(world);
  Bun.gc(true);
  const memory = process.memoryUsage.rss();
  bench.say(`${READERS} readers for ${seconds} s`);
  const argv = [process.execPath, import.meta.path, page.url, String(READERS)];
  const readers = Bun.spawn(argv, { stdout: "ignore", stderr: "inherit" });
  try {
    while (page.readers() < READERS) await Bun.sleep(20);
    const cpu = process.cpuUsage();
    const end = performance.now() + seconds * 1000;
    while (performance.now() < end) {
      record(world.store, { actor: "rally", at: world.now() }, [{ layer: "tick", event: "noted" }]);
      await Bun.sleep(world.config.heartbeat.fastSeconds * 1000);
    }
    const { user, system } = process.cpuUsage(cpu);
    const share = (user + system) / 1e4 / seconds;
    const more = (process.memoryUsage.rss() - memory) / 1e6;
    const beside = await ticks(world);
    return [
      figure({
        name: "tick beside readers",
        what: `a fast tick while ${READERS} people look at the page`,
        ms: beside,
        baseline: { what: "alone", ms: alone },
        aim: { text: "≤ 1.2 × of alone", holds: (time, before) => time <= 1.2 * before },
        note: `${share.toFixed(1)} % of a CPU, ${more.toFixed(0)} MB more`,
      }),
    ];
  } finally {
    readers.kill();
    await readers.exited;
  }
}

async function ticks(world: World): Promise<number[]> {
  const beat = newBeat();
  const ms: number[] = [];
  for (let i = 0; i < TICKS; i++) {
    const from = performance.now();
    await fastTick(world, beat, { endsOnly: true });
    ms.push(performance.now() - from);
    await Bun.sleep(50);
  }
  return ms.slice(TICKS / 10);
}

/** The readers are a process of their own: their work is not the page's. */
async function readersOf(url: string, count: number): Promise<void> {
  const one = async () => {
    const answer = await fetch(new URL("/events", url));
    let etag = "";
    for await (const _ of answer.body ?? []) {
      const page = await fetch(url, { headers: { "if-none-match": etag, "accept-encoding": "gzip" } });
      etag = page.headers.get("etag") ?? etag;
      await page.arrayBuffer();
    }
  };
  await Promise.allSettled(Array.from({ length: count }, one));
}

if (import.meta.main) await readersOf(process.argv[2] ?? "", Number(process.argv[3]));
