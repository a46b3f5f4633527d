import { afterEach, beforeEach, expect, setDefaultTimeout, test } from "bun:test";
import { armBoundaries } from "../../src/boundary.ts";
import { ownIdentity } from "../../src/process/identity.ts";
import { startAttached } from "../../src/runs/attached.ts";
import { identityText } from "../../src/runs/identity.ts";
import { markRunning } from "../../src/runs/started.ts";
import { admit } from "../../src/store/admit.ts";
import { liveRuns, runRow } from "../../src/store/read.ts";
import { takeSlot } from "../../src/store/slot.ts";
import type { World } from "../../src/world.ts";
import { type Bench, bench } from "../app/bench.ts";

setDefaultTimeout(30_000);

let it: Bench;
beforeEach(async () => {
  it = await bench({ disallow_temp_dir: "true", "agents.mine.command": "true" });
  await it.type(["onboard", "."]);
  // As another process's look does, that sees the pid file before its starter has written anything down.
  armBoundaries((name) => {
    if (/^spawn:.*:after$/.test(name))
      for (const { id } of liveRuns(it.world.store)) markRunning(it.world, id);
  });
});
afterEach(() => {
  armBoundaries(null);
  it.close();
});

test("what a start has to say is told, though somebody else has noted first that it runs", async () => {
  const said = await it.type(["dispatch", "task", "Take notes", "--wait"]);
  expect(said.problems ?? []).toEqual([]);
  expect(JSON.stringify(said.aside)).toContain("disallow_temp_dir: scripted cannot be told to");
});

test("a person who sits down is waited for, though somebody else has noted first that it runs", async () => {
  await it.type(["dispatch", "task", "Take notes", "--agent", "mine", "--wait"]);
  const by = { actor: "cli:ana", at: it.world.now() };
  const run = {
    role: "attached",
    agent: "mine",
    message: null,
    resume: true,
    session: null,
    priority: 0,
  } as const;
  const { runId } = admit(it.world.store, { ...by, dispatch: { id: 1, on: "run_again" }, run });
  takeSlot(it.world.store, { ...by, runId, capacity: 6, starter: identityText(ownIdentity()) });
  const desk = { say: () => undefined, handOver: () => undefined };
  const { exited } = await startAttached(withShell(it.world, "/bin/true"), runId, desk);
  expect(await exited).toBe(0);
  expect(runRow(it.world.store, runId)?.state).toBe("running");
});

function withShell(world: World, path: string): World {
  const { config } = world;
  return { ...world, config: { ...config, env: { ...config.env, all: { ...config.env.all, SHELL: path } } } };
}
