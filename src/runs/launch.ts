import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { childEnv } from "../agents/environment.ts";
import { agentNamed } from "../agents/registry.ts";
import { Problem } from "../domain/problem.ts";
import { heads } from "../git/branch.ts";
import { committer } from "../git/here.ts";
import { openRepo } from "../git/repo.ts";
import { onPath } from "../process/path.ts";
import { homeId } from "../store/settings.ts";
import type { World } from "../world.ts";
import { writeContext } from "./context.ts";
import { interactive } from "./interactive.ts";
import { endedFolder, marker, runFiles } from "./paths.ts";
import { promptOf } from "./prompt.ts";
import { setupInFront } from "./setup.ts";
import { writeShim } from "./shim.ts";
import type { Subject } from "./start.ts";
import { walled } from "./walled.ts";
import type { Ready } from "./worktree.ts";

export type Launched = {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: string;
  readonly session: string | null;
  /** It goes on in an earlier session. */
  readonly resumed: boolean;
  readonly headBefore: string | null;
  readonly warnings: readonly string[];
};

/**
 * Everything that a run's process needs, written where it looks for it: context, prompt, the shim for stages and
 * questions, the walls, the environment. Throws `agent` where the agent cannot be started here.
 */
export async function launchOf(
  world: World,
  subject: Subject,
  ready: Ready,
  how: "detached" | "attached",
): Promise<Launched> {
  const { run, dispatch, owner } = subject;
  const { config, store } = world;
  const files = runFiles(config.home, run.id);
  mkdirSync(files.dir, { recursive: true, mode: 0o700 });
  const agent = agentNamed(run.agent, config);
  const resumed = run.resume && (run.session ?? dispatch.session) !== null && agent.sessions !== "none";
  const session = resumed
    ? (run.session ?? dispatch.session)
    : agent.sessions === "ours"
      ? crypto.randomUUID()
      : null;
  const context = writeContext(world, subject, ready);
  const repo = await openRepo(owner.path);
  const walls = await walled(world, subject, ready, agent, how === "attached");
  const request = {
    worktree: ready.worktree,
    context,
    prompt: promptOf(world, subject, resumed),
    session,
    resume: resumed,
    model: dispatch.model ?? config.agents[run.agent]?.model ?? null,
    mode: dispatch.mode,
    deny: config.denyTools,
    walled: walls.on,
    runDir: files.dir,
    config: config.agents[run.agent] ?? {},
  };
  const machine = { path: config.env.path, shell: config.env.all.SHELL ?? null };
  const { launch, instead } =
    how === "attached"
      ? interactive(agent, request, machine)
      : { launch: agent.launch(request), instead: null };
  const env = childEnv({
    all: config.env.all,
    agent,
    config: request.config,
    launch: launch.env,
    worktree: ready.worktree,
    run: marker(homeId(store), run.id),
    rally: { home: config.home, bin: writeShim(world, run.id, walls.on), more: { RALLY_RUN_DIR: files.dir } },
    emptyDir: emptyFolder(files.dir),
    identity: await committer(repo),
    remotes: Object.values(repo.remotes).flatMap((remote) => [remote.fetch, remote.push]),
  });
  const inFront = setupInFront(config, { mode: dispatch.mode, worktree: ready.worktree, runDir: files.dir });
  const wall = walls.around({ argv: programFound(launch.argv, env.PATH ?? ""), env, inFront });
  const head = (await heads(repo)).get(`refs/heads/${ready.branch}`) ?? null;
  mkdirSync(endedFolder(config.home), { recursive: true, mode: 0o700 });
  return {
    argv: wall.argv,
    env: wall.env,
    stdin: launch.stdin,
    session,
    resumed,
    headBefore: head,
    warnings: [...walls.warnings, ...(instead === null ? [] : [instead])],
  };
}

/** By its path, so that a start that cannot be says so now, whatever stands in front of it. */
function programFound(argv: readonly string[], path: string): readonly string[] {
  const [program = "", ...rest] = argv;
  const found = onPath(program, path);
  if (found !== null) return [found, ...rest];
  throw new Problem("agent", `There is no program ${program} on the PATH.`, {
    hint: "Install it, or name it: rally config set agents.<name>.command <program>",
  });
}

function emptyFolder(dir: string): string {
  const path = join(dir, "empty");
  mkdirSync(path, { recursive: true, mode: 0o700 });
  return path;
}
