import { join } from "node:path";
import type { Agent } from "../agents/agent.ts";
import { detectBwrap } from "../agents/walls/detect.ts";
import { chooseWalls, wall } from "../agents/walls.ts";
import { Problem } from "../domain/problem.ts";
import { repoAt, worktreeAt } from "../git/admin.ts";
import { makeCell } from "../git/cell.ts";
import type { World } from "../world.ts";
import { runFiles } from "./paths.ts";
import type { Subject } from "./start.ts";
import type { Ready } from "./worktree.ts";

/** `inFront` is what runs before the agent, within the same walls, and then executes it. */
type Inner = {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly inFront: readonly string[];
};
type Command = Omit<Inner, "inFront">;

export type Walls = {
  readonly on: boolean;
  readonly warnings: readonly string[];
  readonly around: (command: Inner) => Command;
};

/** The walls that this dispatch asked for, as far as this machine has them; the run's own git dir is made with them. */
export async function walled(
  world: World,
  subject: Subject,
  ready: Ready,
  agent: Agent,
  terminal: boolean,
): Promise<Walls> {
  const { config } = world;
  const { dispatch, owner, run } = subject;
  const { bwrap, warning } = chooseWalls(dispatch.sandbox, await detectBwrap(config.env.path));
  if (bwrap === null) return { on: false, warnings: warning === null ? [] : [warning], around: bare };
  const files = runFiles(config.home, run.id);
  const repo = await repoAt(owner.path);
  const at = await worktreeAt(repo, ready.worktree);
  if (at === null)
    throw new Problem("missing", `${ready.worktree} is no worktree of ${owner.path} any more.`);
  const cell = await makeCell({
    runDir: files.dir,
    commonDir: at.commonDir,
    gitDir: at.gitDir,
    worktree: ready.worktree,
    branch: ready.branch,
    mode: dispatch.mode,
    env: config.env.all,
    timeoutMs: config.limits.gitSeconds * 1000,
  });
  const own = [
    { from: files.dir, to: files.dir, writable: false },
    { from: files.inbox, to: files.inbox, writable: true },
    { from: files.answers, to: files.answers, writable: true },
  ];
  return {
    on: true,
    warnings: [],
    around: (command) =>
      wall(bwrap, {
        argv: command.argv,
        inFront: command.inFront,
        env: { ...command.env, ...cell.env },
        worktree: ready.worktree,
        mode: dispatch.mode,
        repository: owner.path,
        home: config.env.home,
        rallyHome: config.home,
        show: config.sandbox.home,
        state: agent.state,
        writable: config.sandbox.writable,
        binds: [...own, ...cell.binds],
        network: config.sandbox.network,
        terminal,
        scratch: join(config.home, "walls"),
      }),
  };
}

function bare({ argv, env, inFront }: Inner): Command {
  return { argv: [...inFront, ...argv], env };
}
