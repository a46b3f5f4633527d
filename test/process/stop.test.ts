import { afterAll, expect, test } from "bun:test";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { armBoundaries } from "../../src/boundary.ts";
import { readExit, spawnDetached } from "../../src/process/detached.ts";
import { alive, identity, ownIdentity } from "../../src/process/identity.ts";
import { groupMembers, inRun, marked } from "../../src/process/members.ts";
import { stopTree, sweep } from "../../src/process/stop.ts";
import { run } from "../../src/process.ts";
import { ENV, needs, scratch, until, wroteIn } from "./scratch.ts";

const folder = scratch();
afterAll(() => folder.remove());
let runs = 0;

async function agent(script: string) {
  const name = String(++runs);
  const marker = `${folder.path}:${name}`;
  const runDir = join(folder.path, name);
  mkdirSync(runDir);
  writeFileSync(join(runDir, "prompt"), "");
  const argv = ["sh", "-c", script];
  const env = { ...ENV, RALLY_RUN: marker };
  const started = await spawnDetached({
    runDir,
    endedDir: join(folder.path, "ended"),
    name,
    argv,
    cwd: runDir,
    env,
  });
  const file = (path: string) => readFileSync(join(runDir, path), "utf8").trim();
  const wrote = (path: string) => until(path, () => Bun.file(join(runDir, path)).size > 0);
  return { ...started, marker, runDir, file, wrote };
}

test("an agent that ends when asked keeps its own code, and nothing is killed", async () => {
  const it = await agent("trap 'exit 9' TERM; echo yes >ready; while :; do sleep 0.02; done");
  await it.wrote("ready");
  expect(await stopTree({ ...it, graceMs: 5_000 })).toEqual({ killed: [], left: [] });
  expect([readExit(it.runDir), alive(it.identity)]).toEqual([9, "dead"]);
});

test("what ignores TERM is killed after the grace period, and the code is still recorded", async () => {
  const it = await agent("trap '' TERM; echo yes >ready; while :; do sleep 0.02; done");
  await it.wrote("ready");
  const { killed, left } = await stopTree({ ...it, graceMs: 100 });
  expect(killed.map((each) => each.command).join()).toContain("trap '' TERM");
  expect([left, readExit(it.runDir), alive(it.identity)]).toEqual([[], 137, "dead"]);
  expect(marked(it.marker)).toEqual([]);
});

test("an orphan in a session of its own is found by its marker and swept after the end", async () => {
  needs("setsid");
  const it = await agent(`setsid sh -c 'echo $$ >orphan; exec sleep 60' & ${wroteIn("orphan")}`);
  await until("the end", () => alive(it.identity) === "dead");
  const orphan = Number(it.file("orphan"));
  await until("its own program", () => marked(it.marker).length === 1);
  expect(marked(it.marker)).toEqual([orphan]);
  const { killed } = await sweep(it);
  expect(killed).toEqual([{ pid: orphan, start: expect.any(String), command: "sleep 60" }]);
  expect(identity(orphan)).toBeNull();
  expect(await sweep(it)).toEqual({ killed: [], left: [] });
});

test("a child that has cleared its environment is found by its group, and by its parent", async () => {
  needs("setsid");
  const clear = "env -i sh -c 'echo $$ >bare; exec sleep 60'";
  const inGroup = await agent(`${clear} & ${wroteIn("bare")}`);
  await until("the end", () => alive(inGroup.identity) === "dead");
  expect(groupMembers(inGroup.pid)).toEqual([Number(inGroup.file("bare"))]);
  const endedAt = statSync(join(inGroup.runDir, "exit")).mtimeMs;
  expect((await sweep({ ...inGroup, endedAt })).killed).toHaveLength(1);
  const apart = await agent(`setsid ${clear} & exec sleep 60`);
  await apart.wrote("bare");
  const bare = Number(apart.file("bare"));
  await stopTree({ ...apart, graceMs: 2_000 });
  expect(identity(bare)).toBeNull();
});

test("invariant 9: neither a process nor a group that took the number of an ended run is touched", async () => {
  const other = Bun.spawn(["sh", "-c", "sleep 60 & sleep 60"], { detached: true, env: ENV });
  await until("its child", () => groupMembers(other.pid).length === 3);
  const before = { ...ownIdentity(), pid: other.pid, start: "1" };
  expect(await stopTree({ identity: before, marker: "none", graceMs: 100 })).toEqual({
    killed: [],
    left: [],
  });
  process.kill(other.pid, "SIGKILL");
  await other.exited;
  const ended = { identity: before, marker: "none", endedAt: 1_000 };
  expect(await sweep(ended)).toEqual({ killed: [], left: [] });
  expect(groupMembers(other.pid)).toHaveLength(2);
  process.kill(-other.pid, "SIGKILL");
});

test("invariant 8: a run of another namespace is not signalled", async () => {
  const foreign = { ...ownIdentity(), ns: "pid:[1]" };
  const stopping = stopTree({ identity: foreign, marker: "none", graceMs: 100 });
  await expect(stopping).rejects.toMatchObject({ code: "conflict" });
});

test("inRun sees the marker of an ancestor, though the variable was taken out", async () => {
  const module = JSON.stringify(join(import.meta.dir, "../../src/process/members.ts"));
  const ask = `const { inRun } = await import(${module}); console.info(inRun());`;
  const bun = `"${process.execPath}" -e '${ask}'`;
  const it = await agent(`env -u RALLY_RUN sh -c '${bun.replaceAll("'", `'"'"'`)}; true'`);
  await until("the end", () => readExit(it.runDir) !== null);
  expect(it.file("log")).toBe(it.marker);
  const outside = await run([process.execPath, "-e", ask], {
    cwd: folder.path,
    env: ENV,
    timeoutMs: 10_000,
    maxBytes: 1_000,
  });
  expect([outside.stdout, outside.stderr]).toEqual([`${inRun()}\n`, ""]);
});

test("inRun sees a descendant that was orphaned with an empty environment, by the run's session", async () => {
  const it = await agent("env -i sh -c '(sh -c \"echo \\$\\$ >bare; exec sleep 60\" &)'; exec sleep 60");
  await it.wrote("bare");
  const bare = Number(it.file("bare"));
  expect(inRun(bare)).toBeNull();
  expect(inRun(bare, [it.identity])).toBe(String(it.pid));
  await stopTree({ ...it, graceMs: 2_000 });
});

test("an agent that is stopped while it is being started ends all the same", async () => {
  for (let round = 0; round < 20; round += 1) {
    const it = await agent("exec sleep 60");
    expect(await stopTree({ ...it, graceMs: 5_000 })).toEqual({ killed: [], left: [] });
    expect(readExit(it.runDir)).toBe(143);
  }
});

test("every signal passes a boundary", async () => {
  const it = await agent("exec sleep 60");
  const passed = new Set<string>();
  armBoundaries((name) => passed.add(name));
  await stopTree({ ...it, graceMs: 2_000 });
  armBoundaries(null);
  expect([...passed]).toEqual(["signal:term:before", "signal:term:after"]);
});
