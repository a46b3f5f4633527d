import { test } from "bun:test";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Bubblewrap, detectBwrap } from "../../src/agents/walls/detect.ts";
import { type WallRequest, wall } from "../../src/agents/walls.ts";
import { bringHome } from "../../src/git/cell/home.ts";
import { makeCell } from "../../src/git/cell.ts";
import { readExit, spawnDetached } from "../../src/process/detached.ts";
import { run } from "../../src/process.ts";

export const SECRET = "s3cret-value";
const PATH = process.env.PATH ?? "/usr/bin:/bin";
const detected = await detectBwrap(PATH);
const bwrap: Bubblewrap | null = "why" in detected ? null : detected;
if ("why" in detected) console.warn(`THE WALLS ARE NOT TESTED HERE: ${detected.why}.`);

/** A test that needs real walls; reported as skipped where there are none, with the reason above. */
export const walled = test.skipIf(bwrap === null);

/** A home with secrets, a bare origin, a checkout and a linked worktree on its branch; runs go on inside the walls. */
export type Room = Awaited<ReturnType<typeof makeRoom>>;

export async function makeRoom(odd: Odd = {}) {
  const place = await layOut(odd);
  const { env, git, worktree, root } = place;
  let runs = 0;

  async function inside(script: string, more: Partial<WallRequest> = {}) {
    const it = await prepareRun(place, String(++runs), script, more);
    await spawnDetached(it.spawn);
    for (let waited = 0; readExit(it.runDir) === null; waited += 5) {
      if (waited > 20_000) throw new Error(`never ended: ${it.log()}`);
      await Bun.sleep(5);
    }
    return { ...it, code: readExit(it.runDir), log: it.log() };
  }

  /** As a tick reads a worktree: nothing is discovered, nothing of it is run. */
  async function status(): Promise<string> {
    const options = ["core.hooksPath=/dev/null", "core.fsmonitor=false", "diff.ignoreSubmodules=dirty"];
    const argv = ["git", ...options.flatMap((each) => ["-c", each]), "status", "--porcelain", "-z"];
    const dirs = { GIT_DIR: place.gitDir, GIT_COMMON_DIR: place.commonDir, GIT_WORK_TREE: worktree };
    const limits = { cwd: root, timeoutMs: 20_000, maxBytes: 1_000_000 };
    return (await run(argv, { ...limits, env: { ...env, ...dirs } })).stdout.replaceAll("\0", "\n");
  }

  return {
    ...place,
    prepare: (script: string) => prepareRun(place, String(++runs), script, {}),
    inside,
    /** The name of the run that comes next. */
    next: () => String(runs + 1),
    status,
    bringHome: (runDir: string, name: string) =>
      bringHome({ runDir, keepUnder: `refs/rally/archive/7/${name}`, env, timeoutMs: 20_000 }),
    /** The worktree as it was at first. */
    reset: async () => {
      await git(worktree, "reset", "-q", "--hard", "origin/main");
      await git(worktree, "clean", "-qffdx");
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

type Place = Awaited<ReturnType<typeof layOut>>;

/** Other kinds of repositories: where the checkout is, and what `git init` of the origin and `git clone` are told. */
type Odd = {
  readonly folder?: string;
  readonly init?: readonly string[];
  readonly clone?: readonly string[];
};

async function layOut({ folder = "code/app", init = [], clone = [] }: Odd) {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "rally-walls-")));
  const home = join(root, "home");
  const repo = join(home, folder);
  const origin = join(home, "origin.git");
  const worktree = join(repo, ".worktrees/rally-42");
  const env = { PATH, HOME: home, LC_ALL: "C.UTF-8" };
  const put = (path: string, text: string) => {
    mkdirSync(dirname(join(home, path)), { recursive: true });
    writeFileSync(join(home, path), text);
  };
  const git = async (cwd: string, ...args: string[]) => {
    const result = await run(["git", ...args], { cwd, env, timeoutMs: 60_000, maxBytes: 10_000_000 });
    if (result.code !== 0) throw new Error(`git ${args.join(" ")}: ${result.stderr}`);
    return result.stdout.trim();
  };
  for (const path of HELD) put(path, SECRET);
  put(".gitconfig", "[user]\n\tname = Ana\n\temail = ana@example.com\n[init]\n\tdefaultBranch = main\n");
  await git(root, "init", "-q", "--bare", ...init, origin);
  const seed = join(root, "seed");
  await git(root, "init", "-q", ...init, seed);
  for (const [name, text] of FILES) put(`../seed/${name}`, text);
  await git(seed, "add", ".");
  await git(seed, "commit", "-qm", "first");
  await git(seed, "push", "-q", origin, "HEAD:main");
  await git(root, "clone", "-q", ...clone, "-b", "main", `file://${origin}`, repo);
  await git(repo, "worktree", "add", "-q", "--no-track", "-b", BRANCH, worktree, "origin/main");
  await git(
    repo,
    "worktree",
    "add",
    "-q",
    "--no-track",
    "-b",
    "rally/43-y",
    join(repo, ".worktrees/rally-43"),
  );
  const commonDir = join(repo, ".git");
  const gitDir = join(commonDir, "worktrees/rally-42");
  return {
    root,
    home,
    repo,
    origin,
    worktree,
    commonDir,
    gitDir,
    rallyHome: join(home, "rally"),
    env,
    git,
    put,
  };
}

async function prepareRun(place: Place, name: string, script: string, more: Partial<WallRequest>) {
  if (bwrap === null) throw new Error("no bubblewrap");
  const { env, root, worktree, rallyHome } = place;
  const runDir = join(rallyHome, "runs", name);
  mkdirSync(join(runDir, "agent"), { recursive: true });
  writeFileSync(join(runDir, "prompt"), "the prompt\n");
  writeFileSync(join(runDir, "inbox"), "");
  const mode = more.mode ?? "work";
  const cell = await makeCell({ ...place, runDir, branch: BRANCH, mode, timeoutMs: 20_000 });
  const own = ["agent", "inbox"].map((each) => join(runDir, each));
  const marker = `${root}:${name}`;
  const { argv, env: inner } = wall(bwrap, {
    ...{ argv: ["sh", "-c", script], env: { ...env, ...cell.env, RALLY_RUN: marker } },
    ...{ worktree, mode, repository: place.repo, home: place.home, rallyHome },
    ...{ show: "masked", state: [".agent"], writable: [] },
    binds: [...cell.binds, ...own.map((path) => ({ from: path, to: path, writable: true }))],
    ...{ network: true, terminal: false, scratch: join(runDir, "walls") },
    ...more,
  });
  const spawn = { runDir, endedDir: join(rallyHome, "runs/ended"), name, argv, cwd: worktree, env: inner };
  return { runDir, cell, marker, name, spawn, log: () => readFileSync(join(runDir, "log"), "utf8") };
}

const BRANCH = "rally/42-x";
const FILES = [
  ["a.txt", "one\n"],
  ["b c/日本.txt", "two\n"],
  [".gitignore", ".worktrees/\n"],
] as const;

/** Files of a home that no agent may read. */
export const HELD = [
  ".ssh/id_ed25519",
  ".gnupg/secring.gpg",
  ".aws/credentials",
  ".config/gh/hosts.yml",
  ".netrc",
  ".git-credentials",
  ".config/git/credentials",
  ".docker/config.json",
  ".npmrc",
  ".bash_history",
  ".mozilla/firefox/key4.db",
  ".claude/.credentials.json",
  ".codex/auth.json",
  "rally/rally.db",
  "rally/config.yaml",
  "rally/runs/99/log",
];
