import { afterAll, expect, test } from "bun:test";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { spawnDetached } from "../../src/process/detached.ts";
import { alive } from "../../src/process/identity.ts";
import { marked } from "../../src/process/members.ts";
import { leftAlive, stopLeft } from "../../src/process/sweep-all.ts";
import { ENV, scratch, until } from "./scratch.ts";

const folder = scratch();
afterAll(() => folder.remove());
let runs = 0;

/** A run whose own process has ended, with a session of another process left behind by it. */
async function ended(left: string) {
  const name = String(++runs);
  const runDir = join(folder.path, name);
  mkdirSync(runDir);
  writeFileSync(join(runDir, "prompt"), "");
  writeFileSync(join(runDir, "left.sh"), left);
  const marker = `${folder.path}:${name}`;
  const started = await spawnDetached({
    ...{ runDir, name, endedDir: join(folder.path, "ended"), cwd: runDir },
    argv: ["sh", "-c", "setsid sh left.sh & while [ ! -s up ]; do sleep 0.01; done"],
    env: { ...ENV, RALLY_RUN: marker },
  });
  await until("the end", () => alive(started.identity) === "dead");
  const endedAt = statSync(join(runDir, "exit")).mtimeMs;
  const said = () => readFileSync(join(runDir, "log"), "utf8");
  return { ...started, marker, endedAt, graceMs: 5_000, wasAsked: false, said };
}

const SAVES = "trap 'sleep 0.3; echo saved; exit 0' TERM; echo 1 >up; while :; do sleep 0.02; done";
const STUBBORN = "trap '' TERM; echo 1 >up; while :; do sleep 0.02; done";

test("what outlives its run is asked to end, and gets the time to save what it has", async () => {
  const run = await ended(SAVES);
  const stopped = (await stopLeft(leftAlive([run]), 5_000)).get(run.marker);
  expect([stopped?.killed, stopped?.left]).toEqual([[], []]);
  expect(stopped?.found.map(({ command }) => command)).toContain("sh left.sh");
  expect(run.said()).toContain("saved");
  expect(marked(run.marker)).toEqual([]);
});

test("it is asked once, by whom stopped it or by us, however often we look", async () => {
  const run = await ended("trap 'echo asked' TERM; echo 1 >up; while :; do sleep 0.02; done");
  expect(await stopLeft(leftAlive([{ ...run, wasAsked: true }]), 100)).toEqual(new Map());
  expect(run.said()).toBe("");
  for (const _ of [1, 2]) expect(await stopLeft(leftAlive([run]), 100)).toEqual(new Map());
  // Its shell answers when it has slept, which may be late.
  await until("an answer", () => run.said() !== "");
  expect(run.said().split("asked").length - 1).toBe(1);
  const over = await stopLeft(leftAlive([{ ...run, graceMs: 0 }]), 100);
  expect(over.get(run.marker)?.found.map(({ command }) => command)).toContain("sh left.sh");
});

test("when its time is over it is killed, and one that is slow holds up no other", async () => {
  const [slow, quick] = [await ended(STUBBORN), await ended(SAVES)];
  const before = performance.now();
  const stopped = await stopLeft(leftAlive([slow, { ...quick, graceMs: 0 }]), 200);
  expect([...stopped.keys()]).toEqual([quick.marker]);
  expect([quick.said(), performance.now() - before < 2_000]).toEqual(["", true]);
  const rest = await stopLeft(leftAlive([{ ...slow, graceMs: 50 }]), 5_000);
  expect([rest.get(slow.marker)?.left, marked(slow.marker)]).toEqual([[], []]);
});

test("its time is counted by the steady clock: a clock that stands still makes it no longer", async () => {
  const run = await ended(STUBBORN);
  const again = { ...run, graceMs: 300 };
  for (let looks = 1; ; looks++) {
    const stopped = await stopLeft(leftAlive([again]), 100);
    if (stopped.has(run.marker)) break;
    expect(looks).toBeLessThan(10);
  }
  expect(marked(run.marker)).toEqual([]);
});

test("a run that has left nothing alive is not among them", async () => {
  const run = await ended("echo 1 >up");
  // What has ended may stand in the process table for a moment.
  await until("nothing is left", () => leftAlive([run]).length === 0);
  expect(marked(run.marker)).toEqual([]);
});
