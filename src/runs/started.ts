import { statSync } from "node:fs";
import { join } from "node:path";
import { readStart } from "../process/detached.ts";
import type { Identity } from "../process/identity.ts";
import { runRow } from "../store/read.ts";
import { record, setRun } from "../store/record.ts";
import { write } from "../store/write.ts";
import type { World } from "../world.ts";
import { columnsOf } from "./identity.ts";
import { runFiles } from "./paths.ts";
import type { Subject } from "./start.ts";

/** Records that a run's process is there, as its own wrapper wrote it down. Does nothing where that is recorded. */
export function markRunning(world: World, runId: number): void {
  const row = runRow(world.store, runId);
  const { dir } = runFiles(world.config.home, runId);
  const identity = readStart(dir);
  if (row?.state !== "starting" || !identity) return;
  const startedAt = Math.floor(statSync(join(dir, "pid")).mtimeMs);
  record(world.store, { actor: "rally", at: world.now() }, [
    {
      layer: "run",
      id: runId,
      on: "started",
      set: { ...columnsOf(identity), startedAt },
      data: { pid: identity.pid },
    },
  ]);
}

/**
 * The same by whoever has just started it, with what it was started with. Somebody else may have seen its process first,
 * or its end: then only the rest is told.
 */
export function recordStart(
  world: World,
  { run }: Subject,
  identity: Identity,
  how: { readonly resumed: boolean; readonly warnings: readonly string[] },
): void {
  const { store } = world;
  const by = { actor: "rally", at: world.now() };
  const { warnings } = how;
  write(store, "record start", () => {
    setRun(store, run.id, { resume: how.resumed });
    const data = { pid: identity.pid, agent: run.agent, warnings };
    if (runRow(store, run.id)?.state === "starting")
      record(store, by, [{ layer: "run", id: run.id, on: "started", set: columnsOf(identity), data }]);
    else record(store, by, [{ layer: "fact", event: STARTED_WITH, runId: run.id, data }]);
  });
}

/** Tells what a run was started with, where that it runs was told before. */
export const STARTED_WITH = "started_with";
