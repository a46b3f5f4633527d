import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
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
  rally(...words: string[]): Promise<{ readonly out: string; readonly exit: number }>;
  git(...args: string[]): string;
  /** The dispatch of this number as `status --json` has it. */
  shown(id: number): Promise<StatusJson["dispatches"][number]>;
  /** Asks again and again, for 200 times at most. */
  until(what: string, holds: () => Promise<boolean>): Promise<void>;
  /** Live processes that carry this home's marks. */
  marked(): number[];
  /** −9 to all of them, and to what they start meanwhile. */
  killAll(): void;
  close(): Promise<void>;
};

export async function openDesk(name: CliName, script: Script): Promise<Desk> {
  const root = mkdtempSync(join(tmpdir(), `rally-desk-${name}-`));
  // Codex makes no helper programs where its home is under the temporary folder.
  const home = mkdtempSync(join(cliCache(), "home-"));
  const repo = join(root, "app");
  const model = startModel({ scripts: { it: script } });
  const env = environment(name, home, join(root, "rally"));
  const git = (...args: string[]) => spawn(["git", ...args], repo, env).out;
  layOut(name, model, { root, home, repo, env });
  const rally: Desk["rally"] = (...words) => type(words, repo, env);
  await rally("onboard", ".", "--local");
  return {
    repo,
    rally,
    git,
    shown: async (id) => {
      const { dispatches } = JSON.parse((await rally("status", "--json")).out) as StatusJson;
      const found = dispatches.find((one) => one.id === id);
      if (!found) throw new Error(`there is no dispatch ${id}`);
      return found;
    },
    until,
    marked: () => markedBelow(join(root, "rally")),
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

function layOut(name: CliName, model: Model, { root, home, repo, env }: Places): void {
  mkdirSync(join(root, "rally"), { recursive: true });
  writeFileSync(join(home, ".gitconfig"), "[user]\n\tname = Ana\n\temail = ana@example.com\n");
  const agents = { [name]: localModel(name, model.base("it")) };
  // JSON is YAML, too. A short grace: a hanging model needs none.
  const limits = { stop_grace_seconds: 2, log_quiet_seconds: 1 };
  writeFileSync(join(root, "rally", "config.yaml"), JSON.stringify({ agents, limits, notify: "none" }));
  spawn(["git", "init", "-q", "-b", "main", repo], root, env);
  writeFileSync(join(repo, "README.md"), "# App\n");
  spawn(["git", "add", "."], repo, env);
  spawn(["git", "commit", "-qm", "Begin"], repo, env);
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

function spawn(argv: string[], cwd: string, env: Record<string, string>) {
  const done = Bun.spawnSync(argv, { cwd, env, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  return { out: `${done.stdout}${done.stderr}`.trim(), exit: done.exitCode };
}

/** Not in one breath with the model, which this process serves. */
async function type(words: string[], cwd: string, env: Record<string, string>) {
  const argv = [process.execPath, "--no-env-file", MAIN, ...words];
  const child = Bun.spawn(argv, { cwd, env, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const [out, exit] = await Promise.all([new Response(child.stdout).text(), child.exited]);
  return { out: out.trim(), exit };
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (await holds()) return;
    await Bun.sleep(50);
  }
  throw new Error(`it did not come to pass: ${what}`);
}

function killBelow(rallyHome: string): void {
  for (let tries = 0; tries < 50; tries++) {
    const pids = markedBelow(rallyHome).map(String);
    if (pids.length === 0) return;
    Bun.spawnSync(["kill", "-9", ...pids]);
  }
}

function markedBelow(rallyHome: string): number[] {
  const mark = `RALLY_RUN_DIR=${rallyHome}/`;
  return [...new Bun.Glob("[0-9]*").scanSync({ cwd: "/proc", onlyFiles: false })].flatMap((pid) => {
    const found = Bun.spawnSync(["grep", "-qsa", mark, `/proc/${pid}/environ`]);
    return found.exitCode === 0 && Number(pid) !== process.pid ? [Number(pid)] : [];
  });
}
