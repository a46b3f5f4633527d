import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { localModel } from "../../../src/agents/scripted/local.ts";
import { type Model, startModel } from "../../../src/agents/scripted/model.ts";
import type { Script } from "../../../src/agents/scripted/step.ts";
import type { StatusJson } from "../../../src/app/status-json.ts";
import { type CliName, cliBin, cliCache } from "./clis.ts";

const MAIN = join(import.meta.dir, "../../../src/main.ts");

/** A person's desk: a home, a repository, the real agent on the PATH, the real `rally` as processes. */
export type Desk = {
  readonly repo: string;
  rally(...words: string[]): Promise<Typed>;
  git(...args: string[]): Promise<string>;
  /** What the model does from now on. */
  teach(script: Script): void;
  /** What it was asked so far, as text. */
  heard(): readonly string[];
  /** The dispatch of this number as `status --json` has it. */
  shown(id: number): Promise<StatusJson["dispatches"][number]>;
  /** Asks again and again, for two minutes at most. */
  until(what: string, holds: () => Promise<boolean>): Promise<void>;
  /** Live processes that carry this home's marks. */
  marked(): number[];
  /** −9 to the agent: not to what Rally has put around it. */
  crash(): void;
  /** −9 to all of them, and to what they start meanwhile. */
  killAll(): void;
  close(): Promise<void>;
};

type Typed = { readonly out: string; readonly exit: number };

export async function openDesk(name: CliName, script: Script): Promise<Desk> {
  const root = mkdtempSync(join(tmpdir(), `rally-desk-${name}-`));
  // Codex makes no helper programs where its home is under the temporary folder.
  const home = mkdtempSync(join(cliCache(), "home-"));
  const repo = join(root, "app");
  const scripts = { it: script };
  const model = startModel({ scripts });
  const env = environment(name, home, join(root, "rally"));
  const git = async (...args: string[]) => (await type(["git", ...args], repo, env)).out;
  await layOut(name, model, { root, home, repo, env });
  const rally: Desk["rally"] = (...words) => type([...RALLY, ...words], repo, env);
  await rally("onboard", ".", "--local");
  return {
    repo,
    rally,
    git,
    teach: (next) => {
      scripts.it = next;
    },
    heard: () => model.seen().map(({ body }) => JSON.stringify(body)),
    shown: async (id) => {
      const { dispatches } = JSON.parse((await rally("status", "--json")).out) as StatusJson;
      const found = dispatches.find((one) => one.id === id);
      if (!found) throw new Error(`there is no dispatch ${id}`);
      return found;
    },
    until,
    marked: () => markedBelow(join(root, "rally")),
    crash: () => {
      for (const pid of markedBelow(join(root, "rally"))) if (!isAround(pid)) kill(pid);
    },
    killAll: () => killBelow(join(root, "rally")),
    close: async () => {
      killBelow(join(root, "rally"));
      await rally("down");
      await model.stop();
      for (const folder of [root, home]) rmSync(folder, { recursive: true, force: true });
    },
  };
}

type Places = {
  readonly root: string;
  readonly home: string;
  readonly repo: string;
  readonly env: Record<string, string>;
};

async function layOut(name: CliName, model: Model, { root, home, repo, env }: Places): Promise<void> {
  mkdirSync(join(root, "rally"), { recursive: true });
  writeFileSync(join(home, ".gitconfig"), "[user]\n\tname = Ana\n\temail = ana@example.com\n");
  const agents = { [name]: localModel(name, model.base("it")) };
  // JSON is YAML, too. A short grace: a hanging model needs none.
  const limits = { stop_grace_seconds: 5, log_quiet_seconds: 1 };
  writeFileSync(join(root, "rally", "config.yaml"), JSON.stringify({ agents, limits, notify: "none" }));
  const git = (...args: string[]) => type(["git", ...args], root, env);
  await git("init", "-q", "--bare", "-b", "main", "origin.git");
  await git("init", "-q", "-b", "main", repo);
  writeFileSync(join(repo, "README.md"), "# App\n");
  await git("-C", repo, "add", ".");
  await git("-C", repo, "commit", "-qm", "Begin");
  await git("-C", repo, "remote", "add", "origin", join(root, "origin.git"));
  await git("-C", repo, "push", "-q", "origin", "main");
}

function environment(name: CliName, home: string, rallyHome: string): Record<string, string> {
  const bin = cliBin(name);
  if (!bin) throw new Error(`${name} is not installed`);
  return {
    HOME: home,
    USER: "ana",
    PATH: `${bin}:${process.env.PATH ?? ""}`,
    LANG: "C.UTF-8",
    TERM: "dumb",
    RALLY_HOME: rallyHome,
    // It must reach no agent: copilot would refuse to start.
    GITHUB_TOKEN: "ghp_must_not_reach_an_agent",
  };
}

const RALLY = [process.execPath, "--no-env-file", MAIN];

/** Never in one breath: this process serves the model, which an agent may be asking meanwhile. */
async function type(argv: string[], cwd: string, env: Record<string, string>): Promise<Typed> {
  const child = Bun.spawn(argv, { cwd, env, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const [out, errors, exit] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { out: `${out}${errors}`.trim(), exit };
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + 120_000;
  while (performance.now() < end) {
    if (await holds()) return;
    await Bun.sleep(50);
  }
  throw new Error(`it did not come to pass: ${what}`);
}

function killBelow(rallyHome: string): void {
  for (let tries = 0; tries < 50; tries++) {
    const pids = markedBelow(rallyHome);
    if (pids.length === 0) return;
    for (const pid of pids) kill(pid);
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}

function markedBelow(rallyHome: string): number[] {
  const mark = `RALLY_RUN_DIR=${rallyHome}/`;
  return [...new Bun.Glob("[0-9]*").scanSync({ cwd: "/proc", onlyFiles: false })]
    .map(Number)
    .filter((pid) => pid !== process.pid && proc(pid, "environ").includes(mark));
}

/** The wrapper that records the exit code, and bubblewrap. */
function isAround(pid: number): boolean {
  return /^(bwrap|sh)$/.test(proc(pid, "comm").trim());
}

function proc(pid: number, file: "environ" | "comm"): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return "";
  }
}
