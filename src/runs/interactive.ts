import type { Agent, Launch, LaunchRequest } from "../agents/agent.ts";
import { onPath } from "../process/path.ts";

export type Interactive = {
  readonly launch: Launch;
  /** Why a shell is there instead of the agent; null where it is the agent. */
  readonly instead: string | null;
};

type Machine = { readonly path: string; readonly shell: string | null };

/**
 * What a person sits down at: the agent in the dispatch's own session; a shell in the worktree, under the same policy,
 * where the agent has no such way or is not installed.
 */
export function interactive(agent: Agent, request: LaunchRequest, machine: Machine): Interactive {
  const program = request.config.command ?? agent.program;
  if (onPath(program, machine.path) === null) return shell(`${program} is not installed`, machine);
  const launch = agent.attach(request);
  return launch
    ? { launch, instead: null }
    : shell(`${agent.name} has no way to sit down at its session`, machine);
}

/** A shell's exit code is that of the last thing typed in it, which says nothing of the work: it is left out. */
function shell(why: string, { path, shell }: Machine): Interactive {
  const program = (shell && onPath(shell, path)) || "/bin/sh";
  return {
    launch: { argv: ["/bin/sh", "-c", '"$0"; exit 0', program], stdin: "", env: {} },
    instead: `${why}: this is a shell in its worktree instead. Type exit to leave it.`,
  };
}
