import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig } from "../../src/config.ts";
import { admit } from "../../src/store/admit.ts";
import { addProject } from "../../src/store/projects.ts";
import { record } from "../../src/store/record.ts";
import { takeSlot } from "../../src/store/slot.ts";
import type { StreamLimits } from "../../src/web/events.ts";
import { type ServedPage, servePage } from "../../src/web/serve.ts";
import { program } from "../../src/wiring/program.ts";
import { makeWorld } from "../../src/wiring/world.ts";
import type { World } from "../../src/world.ts";

/** A home, a new one unless one is given, with its page served from this process, at any free port. */
export type Place = {
  readonly world: World;
  readonly home: string;
  readonly page: ServedPage;
  get(path: string, headers?: Record<string, string>): Promise<Response>;
  text(path: string, headers?: Record<string, string>): Promise<string>;
  remove(): Promise<void>;
};

export function newPlace(
  settings: Record<string, unknown> = {},
  limits?: StreamLimits,
  given: string | null = null,
): Place {
  const home = given ?? realpathSync(mkdtempSync(join(tmpdir(), "rally-web-")));
  const web = { port: 0, ...(settings.web as object | undefined) };
  writeFileSync(join(home, "config.yaml"), JSON.stringify({ notify: "none", ...settings, web }), {
    mode: 0o600,
  });
  const env = { HOME: home, RALLY_HOME: home, PATH: process.env.PATH ?? "/usr/bin:/bin", USER: "ana" };
  const world = makeWorld(loadConfig({ env, cwd: home, program: program() }));
  const page = servePage(world, limits);
  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(new URL(path, page.url), { headers, redirect: "manual" });
  return {
    world,
    home,
    page,
    get,
    text: async (path, headers) => (await get(path, headers)).text(),
    remove: async () => {
      await page.stop();
      world.store.close();
      if (given === null) rmSync(home, { recursive: true, force: true });
    },
  };
}

export type Ids = { readonly dispatchId: number; readonly runId: number; readonly projectId: number };

/** A dispatch whose run is at work. */
export function working(
  world: World,
  title: string,
  number = 42,
  more: { readonly branch?: string } = {},
): Ids {
  const by = { actor: "cli:ana", at: world.now() };
  const { id: projectId } = addProject(world.store, by, { name: "app", repo: "acme/app", path: "/srv/app" });
  const target = { projectId, kind: "issue" as const, number, title, agent: "copilot", ...more };
  const fresh = { ...target, mode: "work" as const, sandbox: "none" as const };
  const run = {
    role: "worker" as const,
    agent: "copilot",
    message: null,
    resume: false,
    session: null,
    priority: 1,
  };
  const ids = admit(world.store, { ...by, dispatch: { fresh }, run });
  takeSlot(world.store, { ...by, runId: ids.runId, capacity: 999, starter: "me" });
  record(world.store, by, [{ layer: "run", id: ids.runId, on: "started" }]);
  return { ...ids, projectId };
}

/** Its run has ended well. */
export function ended(world: World, { dispatchId, runId }: Ids): void {
  const at = world.now();
  record(world.store, { actor: "rally", at }, [
    { layer: "run", id: runId, on: "exit", set: { outcome: "ok", exitCode: 0 } },
    { layer: "dispatch", id: dispatchId, on: "session_ended", set: { outcome: "ok", outcomeAt: at } },
  ]);
}
