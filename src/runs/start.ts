import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { detectBwrap } from "../agents/walls/detect.ts";
import { Problem } from "../domain/problem.ts";
import { changing } from "../files.ts";
import { readStart, spawnDetached } from "../process/detached.ts";
import { takeKept } from "../store/kept.ts";
import { dispatchRow, project, runRow } from "../store/read.ts";
import { setDispatch, setRun } from "../store/record.ts";
import type { DispatchRow, ProjectRow, RunRow } from "../store/rows.ts";
import { write } from "../store/write.ts";
import type { World } from "../world.ts";
import { failRun } from "./failed.ts";
import { followPull } from "./follow.ts";
import { launchOf } from "./launch.ts";
import { runFiles } from "./paths.ts";
import { markRunning, recordStart } from "./started.ts";
import { ensureWorktree, type Ready } from "./worktree.ts";

export type Subject = { readonly run: RunRow; readonly dispatch: DispatchRow; readonly owner: ProjectRow };

/**
 * Starts a run that has its slot: worktree, context, then the agent, detached. Whatever goes wrong before the agent is
 * executed ends the run as `failed` (`start`), in one sentence; after that only its own process decides.
 */
export async function startRun(world: World, runId: number): Promise<void> {
  const subject = subjectOf(world, runId);
  const files = runFiles(world.config.home, runId);
  // Somebody started it and died before writing that down: the wrapper's own file says so.
  if (readStart(files.dir)) return markRunning(world, runId);
  // Tried while the worktree is made; whoever needs the answer asks again, and gets this one.
  if (subject.dispatch.sandbox !== "none") void detectBwrap(world.config.env.path);
  try {
    const made = await ensureWorktree(world, subject.dispatch, subject.owner);
    const ready = await followPull(world, subject, made);
    tellKept(world, subject.run);
    await execute(world, subjectOf(world, runId), ready);
  } catch (error) {
    if (readStart(files.dir)) return markRunning(world, runId);
    failStart(world, subject.run, error);
    throw error;
  }
}

export function subjectOf(world: World, runId: number): Subject {
  const run = runRow(world.store, runId);
  const dispatch = run && dispatchRow(world.store, run.dispatchId);
  const owner = dispatch && project(world.store, dispatch.projectId);
  if (!run || !dispatch || !owner)
    throw new Problem("missing", `Run ${runId} is gone.`, { hint: "rally status" });
  return { run, dispatch, owner };
}

/** What people said while it waited in line, or before a stop, it begins with. */
function tellKept(world: World, run: RunRow): void {
  write(world.store, "kept words", () => {
    const kept = takeKept(world.store, run.dispatchId, run.id, world.now());
    if (kept.length === 0) return;
    const told = [run.message, ...kept].filter((part) => part !== null);
    setRun(world.store, run.id, { message: told.join("\n\n") });
  });
}

async function execute(world: World, subject: Subject, ready: Ready): Promise<void> {
  const { run } = subject;
  const files = runFiles(world.config.home, run.id);
  const launch = await launchOf(world, subject, ready, "detached");
  changing(join(files.dir, "prompt"), () => {
    mkdirSync(files.dir, { recursive: true, mode: 0o700 });
    writeFileSync(join(files.dir, "prompt"), launch.stdin, { mode: 0o600 });
  });
  setRun(world.store, run.id, { session: launch.session, headBefore: launch.headBefore });
  if (launch.session !== null) setDispatch(world.store, run.dispatchId, { session: launch.session });
  const { identity } = await spawnDetached(launch.spawn);
  recordStart(world, subject, identity, launch);
}

/** A run whose agent was never executed ends as `failed` (`start`), with what went wrong as its detail. */
export function failStart(world: World, run: RunRow, error: unknown): void {
  const detail = error instanceof Error ? error.message : String(error);
  failRun(world, run, { failure: "start", detail, from: ["starting"] });
}
