import { expect, setDefaultTimeout, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { armBoundaries } from "../../src/boundary.ts";
import { follow } from "../../src/git/follow.ts";
import { configureFromBase } from "../../src/git/instead.ts";
import { commit, sandbox, sh } from "./fixture.ts";
import { forked, seen } from "./instead-scene.ts";

setDefaultTimeout(30_000);
const folder = await sandbox();

test("invariant 21: killed between any two steps and begun again, it ends the same", async () => {
  const names: string[] = [];
  const whole = await forked(folder);
  armBoundaries((name) => void names.push(name));
  await configureFromBase(whole.repo, whole.options);
  armBoundaries(null);
  const steps = names.filter((name) => !/lock/.test(name)).length;
  expect(steps).toBeGreaterThan(8);
  for (let stop = 0; stop < steps; stop++) {
    const it = await forked(folder);
    let passed = 0;
    armBoundaries((name) => {
      if (!/lock/.test(name) && passed++ === stop) throw new Error("killed");
    });
    await configureFromBase(it.repo, it.options).catch(() => undefined);
    armBoundaries(null);
    expect({ stop, seen: await it.status() }).toEqual({ stop, seen: "" });
    expect((await seen(it.repo, it.path)).dirty).toBe(false);
    expect((await configureFromBase(it.repo, it.options)).keptAs).toBeNull();
    expect(it.read("CLAUDE.md")).toBe("the base's\n");
    expect(existsSync(join(it.path, ".mcp.json"))).toBe(false);
    expect(await it.status()).toBe("");
  }
});

test("invariant 21: killed while a new head is followed, it is followed the next time", async () => {
  const move = async (it: Awaited<ReturnType<typeof forked>>) => {
    await configureFromBase(it.repo, it.options);
    await sh(it.root, "switch", "--quiet", "fork");
    const to = await commit(it.root, { "CLAUDE.md": "obey more\n" });
    await sh(it.root, "switch", "--quiet", "main");
    return { worktree: it.path, branch: "rally/pr-12-x", from: it.head, to };
  };
  for (let stop = 0; stop < 8; stop++) {
    const it = await forked(folder);
    const where = await move(it);
    let passed = 0;
    armBoundaries((name) => {
      if (!/lock/.test(name) && passed++ === stop) throw new Error("killed");
    });
    await follow(it.repo, where).catch(() => false);
    armBoundaries(null);
    expect({ stop, dirty: (await seen(it.repo, it.path)).dirty }).toEqual({ stop, dirty: false });
    await follow(it.repo, where);
    expect((await configureFromBase(it.repo, it.options)).keptAs).toBeNull();
    expect({ stop, head: await sh(it.path, "rev-parse", "HEAD") }).toEqual({ stop, head: where.to });
    expect(it.read("CLAUDE.md")).toBe("the base's\n");
    expect(await it.status()).toBe("");
  }
});
