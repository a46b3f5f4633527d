import { readStart, spawnHere } from "../process/detached.ts";
import { setDispatch, setRun } from "../store/record.ts";
import type { World } from "../world.ts";
import { launchOf } from "./launch.ts";
import { runFiles } from "./paths.ts";
import { failStart, type Subject, subjectOf } from "./start.ts";
import { markRunning, recordStart } from "./started.ts";
import { ensureWorktree, type Ready } from "./worktree.ts";

type Desk = {
  /** Told what a person should know before the agent has the terminal. */
  readonly say: (line: string) => void;
  /** Called at the last moment before it has. */
  readonly handOver: () => void;
};

/**
 * Starts a run that has its slot on this terminal, with a person at it; `exited` gives the agent's exit code. What
 * goes wrong before the agent is executed ends the run as `failed` (`start`); after that only its own process decides.
 */
export async function startAttached(
  world: World,
  runId: number,
  desk: Desk,
): Promise<{ readonly exited: Promise<number> }> {
  const subject = subjectOf(world, runId);
  try {
    const ready = await ensureWorktree(world, subject.dispatch, subject.owner);
    return await execute(world, subjectOf(world, runId), ready, desk);
  } catch (error) {
    if (readStart(runFiles(world.config.home, runId).dir)) markRunning(world, runId);
    else failStart(world, subject.run, error);
    throw error;
  }
}

async function execute(
  world: World,
  subject: Subject,
  ready: Ready,
  { say, handOver }: Desk,
): Promise<{ readonly exited: Promise<number> }> {
  const { run, dispatch } = subject;
  const launch = await launchOf(world, subject, ready, "attached");
  for (const warning of launch.warnings) say(warning);
  setRun(world.store, run.id, { session: launch.session, headBefore: launch.headBefore });
  // Nothing of it is logged, so a session that is lost is not known to be: one that there was stays.
  if (dispatch.session === null && launch.session !== null)
    setDispatch(world.store, dispatch.id, { session: launch.session });
  handOver();
  const { identity, exited } = await spawnHere(launch.spawn);
  recordStart(world, subject, identity, launch);
  return { exited };
}
