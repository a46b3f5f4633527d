import { afterEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig } from "../../src/config.ts";
import { identity } from "../../src/process/identity.ts";
import { identityText } from "../../src/runs/identity.ts";
import { inTurn } from "../../src/runs/turn.ts";
import { holdLease, lease } from "../../src/store/leases.ts";
import { makeWorld } from "../../src/wiring/world.ts";

const homes: string[] = [];
afterEach(() => {
  for (const home of homes.splice(0)) rmSync(home, { recursive: true, force: true });
});

function newWorld() {
  const home = mkdtempSync(join(tmpdir(), "rally-turn-"));
  homes.push(home);
  return makeWorld(loadConfig({ env: { HOME: home, RALLY_HOME: join(home, "rally") }, cwd: home }));
}

function heldBy(world: ReturnType<typeof newWorld>, pid: number): void {
  const found = identity(pid);
  if (!found) throw new Error(`${pid} is not there`);
  const now = world.now();
  holdLease(world.store, { name: "end:1", holder: identityText(found), until: now + 60_000, now });
}

test("work is done in turn, and nothing of the turn is left", async () => {
  const world = newWorld();
  expect(await inTurn(world, "end:1", async () => "done")).toBe("done");
  expect(lease(world.store, "end:1")).toBeNull();
});

test("where a live process is at it, nothing is done", async () => {
  const world = newWorld();
  const other = Bun.spawn(["sleep", "60"]);
  heldBy(world, other.pid);
  let done = false;
  const answer = await inTurn(world, "end:1", async () => {
    done = true;
    return "done";
  });
  other.kill();
  await other.exited;
  expect({ answer, done }).toEqual({ answer: null, done: false });
});

test("a turn that a killed process left is free at once", async () => {
  const world = newWorld();
  const other = Bun.spawn(["sleep", "60"]);
  heldBy(world, other.pid);
  other.kill("SIGKILL");
  await other.exited;
  expect(await inTurn(world, "end:1", async () => "done")).toBe("done");
});

test("a turn is given back when the work fails", async () => {
  const world = newWorld();
  const failing = inTurn(world, "end:1", async () => {
    throw new Error("no");
  });
  expect(failing).rejects.toThrow("no");
  await failing.catch(() => undefined);
  expect(lease(world.store, "end:1")).toBeNull();
});
