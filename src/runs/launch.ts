import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Agent, Launch, LaunchRequest } from "../agents/agent.ts";
import { childEnv } from "../agents/environment.ts";
import { agentNamed } from "../agents/registry.ts";
import { Problem } from "../domain/problem.ts";
import { repoAt } from "../git/admin.ts";
import { tipOf } from "../git/base.ts";
import { committer } from "../git/here.ts";
import { type Repo, readRemotes } from "../git/repo.ts";
import type { DetachedOptions } from "../process/detached.ts";
import { onPath } from "../process/path.ts";
import { homeId } from "../store/settings.ts";
import type { World } from "../world.ts";
import { configured } from "./configuration.ts";
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
  readonly spawn: DetachedOptions;
  /** What the agent is given at first, where nobody sits at it. */
  readonly stdin: string;
  readonly session: string | null;
  /** It goes on in an earlier session. */
  readonly resumed: boolean;
  readonly headBefore: string | null;
  /** All that a person should know, of the worktree too. */
  readonly warnings: readonly string[];
};

/**
 * Everything that a run's process needs, written where it looks for it: context, the shim for stages and questions,
 * the walls, the environment. Throws `agent` where the agent cannot be started here.
 */
export async function launchOf(
  world: World,
  subject: Subject,
  made: Ready,
  how: "detached" | "attached",
): Promise<Launched> {
  const { config } = world;
  // Before the walls: their copy of the index is to know of it.
  const ready = await configured(world, subject, made);
  const files = runFiles(config.home, subject.run.id);
  mkdirSync(files.dir, { recursive: true, mode: 0o700 });
  const agent = agentNamed(subject.run.agent, config);
  const { session, resumed } = sessionOf(subject, agent);
  const repo = await repoAt(subject.owner.path);
  const [walls, identity, remotes, headBefore] = await Promise.all([
    walled(world, subject, ready, agent, how === "attached"),
    committer(repo),
    readRemotes(repo),
    tipOf(repo, `refs/heads/${ready.branch}`),
  ]);
  const request = requestOf(world, subject, ready, { session, resumed, walled: walls.on });
  const machine = { path: config.env.path, shell: config.env.all.SHELL ?? null };
  const { launch, instead } =
    how === "attached"
      ? interactive(agent, request, machine)
      : { launch: agent.launch(request), instead: null };
  const env = environmentOf(world, subject, { agent, request, launch, identity, remotes });
  const inFront = setupInFront(config, { mode: request.mode, worktree: ready.worktree, runDir: files.dir });
  const wall = walls.around({ argv: programFound(launch.argv, env.PATH ?? ""), env, inFront });
  const place = { runDir: files.dir, endedDir: endedFolder(config.home), name: String(subject.run.id) };
  return {
    spawn: { ...place, cwd: ready.worktree, argv: wall.argv, env: wall.env },
    stdin: launch.stdin,
    session,
    resumed,
    headBefore,
    warnings: [
      ...ready.warnings,
      ...walls.warnings,
      ...tempWarnings(agent, request),
      ...(instead === null ? [] : [instead]),
    ],
  };
}

/** The dispatch's session where it is gone on with; else a new one, named by us where the agent lets us. */
function sessionOf(
  { run, dispatch }: Subject,
  agent: Agent,
): { readonly session: string | null; readonly resumed: boolean } {
  const earlier = run.session ?? dispatch.session;
  if (run.resume && earlier !== null && agent.sessions !== "none") return { session: earlier, resumed: true };
  return { session: agent.sessions === "ours" ? crypto.randomUUID() : null, resumed: false };
}

type Asked = { readonly session: string | null; readonly resumed: boolean; readonly walled: boolean };

function requestOf(world: World, subject: Subject, ready: Ready, asked: Asked): LaunchRequest {
  const { run, dispatch } = subject;
  const config = world.config.agents[run.agent] ?? {};
  return {
    worktree: ready.worktree,
    context: writeContext(world, subject, ready),
    prompt: promptOf(world, subject, asked.resumed),
    session: asked.session,
    resume: asked.resumed,
    model: dispatch.model ?? config.model ?? null,
    mode: dispatch.mode,
    deny: world.config.denyTools,
    disallowTempDir: world.config.disallowTempDir,
    walled: asked.walled,
    runDir: runFiles(world.config.home, run.id).dir,
    config,
  };
}

type Starting = {
  readonly agent: Agent;
  readonly request: LaunchRequest;
  readonly launch: Launch;
  readonly identity: Awaited<ReturnType<typeof committer>>;
  readonly remotes: Repo["remotes"];
};

function environmentOf(world: World, { run }: Subject, starting: Starting): Record<string, string> {
  const { agent, request, launch, identity, remotes } = starting;
  return childEnv({
    all: world.config.env.all,
    agent,
    config: request.config,
    launch: launch.env,
    worktree: request.worktree,
    run: marker(homeId(world.store), run.id),
    rally: {
      home: world.config.home,
      bin: writeShim(world, run.id, request.walled),
      more: { RALLY_RUN_DIR: request.runDir },
    },
    emptyDir: emptyFolder(request.runDir),
    identity,
    remotes: Object.values(remotes).flatMap((remote) => [remote.fetch, remote.push]),
  });
}

/** Behind walls there is no temporary folder but the run's own. */
function tempWarnings(agent: Agent, { disallowTempDir, walled }: LaunchRequest): readonly string[] {
  if (!disallowTempDir || walled || agent.leavesTempDir) return [];
  return [
    `disallow_temp_dir: ${agent.name} cannot be told to; without a sandbox it may use the temporary folder`,
  ];
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
