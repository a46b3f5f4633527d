import { existsSync } from "node:fs";
import { join } from "node:path";
import { Problem } from "../domain/problem.ts";
import { bringHome } from "../git/cell/home.ts";
import { record } from "../store/record.ts";
import type { RunRow } from "../store/rows.ts";
import type { World } from "../world.ts";
import { runFiles } from "./paths.ts";

/** Whether it ran behind walls, with a git dir of its own. */
export function hasCell(world: World, run: RunRow): boolean {
  return existsSync(join(runFiles(world.config.home, run.id).dir, "git.json"));
}

/** Whether commits of it are nowhere but in its own folder. */
export function isUnbrought(world: Pick<World, "config">, runId: number): boolean {
  const { dir } = runFiles(world.config.home, runId);
  return existsSync(join(dir, "git.json")) && !existsSync(join(dir, "git.home.json"));
}

/**
 * Brings home what a walled run has committed. Gives a sentence where that cannot be done: its commits then stay in the
 * run's folder, and nothing of the repository has changed.
 */
export async function bringCommitsHome(world: World, run: RunRow): Promise<string | null> {
  const { dir } = runFiles(world.config.home, run.id);
  try {
    const home = await bringHome({
      runDir: dir,
      keepUnder: `refs/rally/archive/${run.dispatchId}/run-${run.id}`,
      env: world.config.env.all,
      timeoutMs: world.config.limits.gitSeconds * 1000,
    });
    note(world, run, home.kept, home.unfinished);
    return null;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    world.log.error("cell.home", { run: run.id, message: error.message });
    return `what it committed could not be brought home (it is kept in ${dir}): ${error.message}`;
  }
}

function note(
  world: World,
  run: RunRow,
  kept: readonly { readonly ref: string; readonly was: string }[],
  unfinished: string | null,
): void {
  if (kept.length === 0 && unfinished === null) return;
  record(world.store, { actor: "rally", at: world.now() }, [
    {
      layer: "fact",
      event: "brought_home",
      dispatchId: run.dispatchId,
      runId: run.id,
      data: { kept: kept.map(({ ref, was }) => ({ ref, was })), unfinished },
    },
  ]);
}
