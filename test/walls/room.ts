import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Bubblewrap, detectBwrap } from "../../src/agents/walls/detect.ts";
import { type WallRequest, wall } from "../../src/agents/walls.ts";
import { bringHome, type Home } from "../../src/git/cell/home.ts";
import { makeCell } from "../../src/git/cell.ts";
import { readExit, spawnDetached } from "../../src/process/detached.ts";
import { run } from "../../src/process.ts";

export const PATH = process.env.PATH ?? "/usr/bin:/bin";
const detected = await detectBwrap(PATH);
export const bwrap: Bubblewrap | null = "why" in detected ? null : detected;
if ("why" in detected) console.warn(`THE WALLS ARE NOT TESTED HERE: ${detected.why}.`);

/** A home with secrets, a bare origin, a checkout and a linked worktree on its branch; runs go on inside the walls. */
export type Room = Awaited<ReturnType<typeof makeRoom>>;

export const SECRET = "s3cret-value";

export async function makeRoom() {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "rally-walls-")));
  const [home, repo, origin, rallyHome] = ["home", "home/code/app", "home/origin.git", "home/rally"].map(
    (name) => join(root, name),
  ) as [string, string, string, string];
  const worktree = join(repo, ".worktrees", "rally-42");
  const env = { PATH, HOME: home, LC_ALL: "C.UTF-8" };
  const put = (path: string, text: string) => {
    mkdirSync(dirname(join(home, path)), { recursive: true });
    writeFileSync(join(home, path), text);
  };
  for (const path of HELD) put(path, SECRET);
  put(".gitconfig", "[user]\n\tname = Ana\n\temail = ana@example.com\n[init]\n\tdefaultBranch = main\n");
  const git = async (cwd: string, ...args: string[]) => {
    const result = await run(["git", ...args], { cwd, env, timeoutMs: 60_000, maxBytes: 10_000_000 });
    if (result.code !== 0) throw new Error(`git ${args.join(" ")}: ${result.stderr}`);
    return result.stdout.trim();
  };
  await git(root, "init", "-q", "--bare", origin);
  await git(root, "clone", "-q", origin, repo);
  for (const [name, text] of [
    ["a.txt", "one\n"],
    ["b c/日本.txt", "two\n"],
    [".gitignore", ".worktrees/\n"],
  ] as const) {
    mkdirSync(dirname(join(repo, name)), { recursive: true });
    writeFileSync(join(repo, name), text);
  }
  await git(repo, "add", ".");
  await git(repo, "commit", "-qm", "first");
  await git(repo, "push", "-q", "origin", "HEAD:main");
  await git(repo, "fetch", "-q");
  await git(repo, "worktree", "add", "-q", "--no-track", "-b", "rally/42-x", worktree, "origin/main");
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
  const gitDir = join(commonDir, "worktrees", "rally-42");
  let runs = 0;

  async function prepare(script: string, more: Partial<WallRequest> = {}) {
    if (bwrap === null) throw new Error("no bubblewrap");
    const name = String(++runs);
    const runDir = join(rallyHome, "runs", name);
    mkdirSync(join(runDir, "agent"), { recursive: true });
    writeFileSync(join(runDir, "prompt"), "the prompt\n");
    writeFileSync(join(runDir, "inbox"), "");
    const branch = "rally/42-x";
    const cell = await makeCell({ runDir, commonDir, gitDir, worktree, branch, env, timeoutMs: 20_000 });
    const own = ["agent", "inbox"].map((each) => join(runDir, each));
    const marker = `${root}:${name}`;
    const { argv, env: inner } = wall(bwrap, {
      argv: ["sh", "-c", script],
      env: { ...env, RALLY_RUN: marker },
      ...{ worktree, repository: repo, home, rallyHome, show: "masked", state: [".agent"], writable: [] },
      binds: [...cell.binds, ...own.map((path) => ({ from: path, to: path, writable: true }))],
      ...{ network: true, terminal: false, scratch: join(runDir, "walls") },
      ...more,
    });
    const spawn = { runDir, endedDir: join(rallyHome, "runs/ended"), name, argv, cwd: worktree, env: inner };
    return { runDir, cell, marker, name, spawn, log: () => readFileSync(join(runDir, "log"), "utf8") };
  }

  async function inside(script: string, more: Partial<WallRequest> = {}) {
    const it = await prepare(script, more);
    await spawnDetached(it.spawn);
    for (let waited = 0; readExit(it.runDir) === null; waited += 5) {
      if (waited > 20_000) throw new Error(`never ended: ${it.log()}`);
      await Bun.sleep(5);
    }
    return { ...it, code: readExit(it.runDir), log: it.log() };
  }

  const home_ = (runDir: string, name: string): Promise<Home> =>
    bringHome({ runDir, keepUnder: `refs/rally/archive/7/${name}`, env, timeoutMs: 20_000 });

  /** As a tick reads a worktree: nothing is discovered, nothing of it is run. */
  const status = () =>
    run(["git", "-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", ...STATUS], {
      cwd: root,
      env: { ...env, GIT_DIR: gitDir, GIT_COMMON_DIR: commonDir, GIT_WORK_TREE: worktree },
      timeoutMs: 20_000,
      maxBytes: 1_000_000,
    }).then((result) => result.stdout.replaceAll("\0", "\n"));

  const remove = () => rmSync(root, { recursive: true, force: true });
  const paths = { root, home, repo, origin, rallyHome, worktree, commonDir, gitDir };
  return { ...paths, env, git, put, prepare, inside, bringHome: home_, status, remove };
}

const STATUS = ["-c", "diff.ignoreSubmodules=dirty", "status", "--porcelain", "-z"];

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
