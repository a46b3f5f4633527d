import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Agent, AgentConfig, LaunchRequest } from "../../../src/agents/agent.ts";
import { childEnv } from "../../../src/agents/environment.ts";
import { feed } from "../../../src/agents/feed.ts";
import { agents } from "../../../src/agents/registry.ts";
import { localModel } from "../../../src/agents/scripted/local.ts";
import { type Model, startModel } from "../../../src/agents/scripted/model.ts";
import type { Script } from "../../../src/agents/scripted/step.ts";
import type { Reading } from "../../../src/domain/outcome.ts";
import { type CliName, cliBin, cliCache } from "./clis.ts";

export type Ran = { readonly code: number; readonly reading: Reading; readonly log: string };

export type Going = {
  readonly pid: number;
  readonly log: () => string;
  readonly ended: Promise<Ran>;
};

/** A repository with a bare origin, a linked worktree, a home and a scripted model: all that a real agent needs. */
export type Bench = {
  readonly root: string;
  readonly home: string;
  readonly worktree: string;
  readonly origin: string;
  readonly model: Model;
  git(...args: string[]): string;
  request(script: string, more?: Partial<LaunchRequest>): LaunchRequest;
  start(request: LaunchRequest): Going;
  run(request: LaunchRequest): Promise<Ran>;
  /** The log of a run, read again from its beginning. */
  read(request: LaunchRequest): Omit<Ran, "code">;
  env(request: LaunchRequest, launch: Readonly<Record<string, string>>): Record<string, string>;
  marked(): number[];
  close(): Promise<void>;
};

export function openBench(name: CliName | "scripted", scripts: Readonly<Record<string, Script>>): Bench {
  const agent = agents[name];
  const bin = name === "scripted" ? "/usr/local/bin" : cliBin(name);
  if (!agent || !bin) throw new Error(`${name} is not installed`);
  const root = mkdtempSync(join(tmpdir(), `rally-live-${name}-`));
  const marker = `live-${name}-${process.pid}-${root.slice(-6)}`;
  // Codex makes no helper programs, and so has no sandbox, where its home is under the temporary folder.
  mkdirSync(cliCache(), { recursive: true });
  const home = mkdtempSync(join(cliCache(), "home-"));
  const worktree = join(root, "repo", ".worktrees", "rally-1");
  const model = startModel({ scripts });
  layOut(root, home, worktree);
  let runs = 0;
  const config = (script: string): AgentConfig => localModel(name, model.base(script)) ?? {};
  const place: Place = { agent, bin, root, home, worktree, marker };
  const env: Bench["env"] = (request, launch) => environment(place, request, launch);
  const read: Bench["read"] = (request) => readLog(agent, request);
  const start = (request: LaunchRequest): Going => started(place, request);
  return {
    root,
    home,
    worktree,
    origin: join(root, "origin.git"),
    model,
    git: (...args) => git(worktree, args),
    request(script, more = {}) {
      const runDir = join(root, "rally", "runs", `${++runs}`);
      mkdirSync(runDir, { recursive: true });
      return {
        worktree,
        context: join(worktree, ".rally", "run", "context.md"),
        prompt: "Please do the task.",
        session: agent.sessions === "ours" ? crypto.randomUUID() : null,
        resume: false,
        model: null,
        mode: "work",
        deny: [],
        disallowTempDir: false,
        walled: false,
        runDir,
        config: config(script),
        ...more,
      };
    },
    start,
    run: (request) => start(request).ended,
    read,
    env,
    marked: () => markedProcesses(marker),
    async close() {
      for (const pid of markedProcesses(marker)) process.kill(pid, "SIGKILL");
      await model.stop();
      for (const folder of [root, home]) rmSync(folder, { recursive: true, force: true });
    },
  };
}

type Place = {
  readonly agent: Agent;
  readonly bin: string;
  readonly root: string;
  readonly home: string;
  readonly worktree: string;
  readonly marker: string;
};

function environment(place: Place, request: LaunchRequest, launch: Readonly<Record<string, string>>) {
  const { agent, bin, root, home, worktree, marker } = place;
  const all = {
    HOME: home,
    PATH: `${bin}:${process.env.PATH ?? ""}`,
    TERM: "xterm-256color",
    LANG: "C.UTF-8",
    GITHUB_TOKEN: "ghp_must_not_reach_an_agent",
  };
  return childEnv({
    all,
    agent,
    config: request.config,
    launch,
    worktree,
    run: marker,
    rally: { home: join(root, "rally"), bin: null, more: {} },
    emptyDir: join(root, "empty"),
    identity: { name: "Ana", email: "ana@example.com" },
    remotes: [join(root, "origin.git")],
  });
}

function started(place: Place, request: LaunchRequest): Going {
  const launch = place.agent.launch(request);
  const prompt = join(request.runDir, "prompt");
  const log = join(request.runDir, "log");
  writeFileSync(prompt, launch.stdin);
  const fd = openSync(log, "a");
  const child = Bun.spawn([...launch.argv], {
    cwd: place.worktree,
    env: environment(place, request, launch.env),
    stdin: Bun.file(prompt),
    stdout: fd,
    stderr: fd,
    detached: true,
  });
  closeSync(fd);
  const ended = child.exited.then(
    (): Ran => ({ code: child.exitCode ?? -1, ...readLog(place.agent, request) }),
  );
  return { pid: child.pid, log: () => readFileSync(log, "utf8"), ended };
}

function readLog(agent: Agent, request: LaunchRequest) {
  const bytes = readFileSync(join(request.runDir, "log"));
  const reader = feed(() => agent.reader());
  reader.push(bytes);
  return { reading: reader.finished(), log: bytes.toString("utf8") };
}

function layOut(root: string, home: string, worktree: string): void {
  for (const folder of [
    home,
    join(root, "empty"),
    join(home, ".cache"),
    join(cliCache(), "copilot-home-cache"),
  ])
    mkdirSync(folder, { recursive: true });
  // Copilot unpacks 235 MB on its first run in a new home.
  symlinkSync(join(cliCache(), "copilot-home-cache"), join(home, ".cache", "copilot"));
  writeFileSync(
    join(home, ".gitconfig"),
    "[user]\n\tname = Ana\n\temail = ana@example.com\n[init]\n\tdefaultBranch = main\n",
  );
  git(root, ["init", "-q", "--bare", "-b", "main", "origin.git"]);
  git(root, ["init", "-q", "-b", "main", "repo"]);
  const repo = join(root, "repo");
  writeFileSync(join(repo, "README.md"), "# A project\n");
  writeFileSync(join(repo, ".git", "info", "exclude"), ".worktrees/\n.rally/\n");
  git(repo, ["add", "README.md"]);
  git(repo, ["-c", "user.name=Ana", "-c", "user.email=ana@example.com", "commit", "-qm", "Begin"]);
  git(repo, ["remote", "add", "origin", join(root, "origin.git")]);
  git(repo, ["push", "-q", "origin", "main"]);
  git(repo, ["worktree", "add", "-q", "-b", "rally/1-task", worktree]);
  mkdirSync(join(worktree, ".rally", "run"), { recursive: true });
  writeFileSync(join(worktree, ".rally", "run", "context.md"), "# The task\n");
}

function git(cwd: string, args: readonly string[]): string {
  const done = Bun.spawnSync(["git", ...args], { cwd, stdin: "ignore" });
  if (done.exitCode !== 0) throw new Error(`git ${args.join(" ")}: ${done.stderr}`);
  return done.stdout.toString().trim();
}

/** The live processes that carry the marker in their environment. */
function markedProcesses(marker: string): number[] {
  if (!existsSync("/proc")) return [];
  const listed = Bun.spawnSync([
    "sh",
    "-c",
    `grep -lazZ "^RALLY_RUN=${marker}$" /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n'`,
  ]);
  return listed.stdout
    .toString()
    .split("\n")
    .map((path) => Number(/^\/proc\/(\d+)\//.exec(path)?.[1] ?? 0))
    .filter((pid) => pid > 0 && pid !== process.pid);
}
