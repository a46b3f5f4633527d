import { afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { detectBwrap } from "../../src/agents/walls/detect.ts";
import { setupFailure, setupInFront } from "../../src/runs/setup.ts";
import { CONFIG, type Home, newHome, until } from "../app/home.ts";

setDefaultTimeout(30_000);

let home: Home | null = null;
afterEach(() => {
  home?.remove();
  home = null;
});

async function prepared(setup: string, files: Record<string, string> = {}, config = CONFIG): Promise<Home> {
  home = await newHome(`${config}setup:\n${setup}`, files);
  await home.rally("onboard", ".", "--local");
  return home;
}

type Row = {
  outcome: string | null;
  failure: string | null;
  worktree: string;
  display: string;
  run: { log: string };
};

async function task(mood: string, ...more: string[]): Promise<Row> {
  if (!home) throw new Error("no home");
  const said = await home.rally("dispatch", "task", "Do it", "--model", mood, "--wait", ...more);
  if (said.code !== 0) throw new Error(said.err);
  return first();
}

async function first(): Promise<Row> {
  const all = await home?.json<{ dispatches: Row[] }>("status", "--all");
  const row = all?.dispatches[0];
  if (!row) throw new Error("nothing is dispatched");
  return row;
}

describe("the script", () => {
  test("runs before the agent, in the worktree, once, its output in the run's log and the prompt untouched", async () => {
    const { rally } = await prepared('  script: "echo prepared in $PWD; cat; echo x >>made"\n', {
      ".gitignore": "made\n",
    });
    const row = await task("finish");
    expect(row).toMatchObject({ outcome: "ok", failure: null });
    const log = readFileSync(row.run.log, "utf8");
    expect(log.split("\n").slice(0, 2)).toEqual([
      `prepared in ${row.worktree}`,
      expect.stringContaining('"type":"start"'),
    ]);
    await rally("continue", "1", "more");
    await until(
      () => "the second end",
      async () => (await first()).outcome === "ok",
    );
    expect(readFileSync(join(row.worktree, "made"), "utf8")).toBe("x\n");
    rmSync(row.worktree, { recursive: true });
    await rally("continue", "1", "again");
    await until(
      () => "the third end",
      async () => (await first()).outcome === "ok" && existsSync(join(row.worktree, "made")),
    );
    expect(readFileSync(join(row.worktree, "made"), "utf8")).toBe("x\n");
  });

  test("that fails ends the run as a start that failed, in its own last words; the agent never ran", async () => {
    const { rally } = await prepared('  script: "echo one; echo no such package >&2; exit 3"\n');
    const row = await task("finish");
    expect(row).toMatchObject({ outcome: "failed", failure: "start", display: "needs_you" });
    expect(readFileSync(row.run.log, "utf8")).not.toContain('"type":"start"');
    expect((await rally("show", "1")).out).toContain("the setup script failed (exit 3): no such package");
    await rally("config", "set", "setup.script", "true");
    await rally("retry", "1");
    await until(
      () => "the end",
      async () => (await first()).outcome === "ok",
    );
  });

  test("a person's stop during it is a stop, and nothing of it lives on", async () => {
    const { rally } = await prepared('  script: "sleep 71 & sleep 72"\n');
    await rally("dispatch", "task", "Do it");
    await until(
      () => "the script",
      async () => (await sleepers()).length === 2,
    );
    expect((await rally("stop", "1")).code).toBe(0);
    expect(await first()).toMatchObject({ display: "stopped", outcome: "interrupted" });
    expect(await sleepers()).toEqual([]);
  });

  test("is not run where nothing is trusted", async () => {
    await prepared('  script: "exit 3"\n  copy: [".env"]\n', { ".gitignore": ".env\n" });
    writeFileSync(join(home?.repo ?? "", ".env"), "TOKEN=1\n");
    const row = await task("nothing", "--mode", "read-only");
    expect(row.failure).toBeNull();
    expect(existsSync(join(row.worktree, ".env"))).toBe(false);
  });

  test("stands within the same walls", async () => {
    const bwrap = await detectBwrap(process.env.PATH ?? "");
    if ("why" in bwrap) return console.error(`left out: ${bwrap.why}`);
    const walls = CONFIG.replace("kind: none", "kind: bwrap");
    await prepared('  script: "touch $HOME/outside; touch inside"\n', { ".gitignore": "inside\n" }, walls);
    const row = await task("finish");
    expect(row).toMatchObject({ outcome: "ok", failure: null });
    expect(existsSync(join(row.worktree, "inside"))).toBe(true);
    expect(existsSync(join(home?.env.HOME ?? "", "outside"))).toBe(false);
  });

  test("that takes too long is stopped, and says which limit it was", async () => {
    home = await newHome();
    const runDir = join(home.folder, "run");
    mkdirSync(join(home.repo, ".rally/run"), { recursive: true });
    mkdirSync(runDir);
    // The declared unit is minutes; the same words, in seconds, are what the shell is given.
    const setup = {
      script: "trap '' TERM; echo at it; sleep 73; sleep 73",
      copy: [],
      timeoutMinutes: 1 / 60,
    };
    const front = setupInFront({ setup } as never, { mode: "work", worktree: home.repo, runDir });
    const child = Bun.spawn([...front, "touch", "executed"], {
      cwd: home.repo,
      env: home.env,
      stdout: "pipe",
      stderr: "pipe",
      stdin: "ignore",
    });
    expect(await child.exited).toBe(124);
    writeFileSync(
      join(runDir, "log"),
      "at it\nrally: the setup script took more than 0 min (setup.timeout_minutes)\n",
    );
    expect(setupFailure(runDir, 124)).toBe(
      "the setup script took more than 0 min (setup.timeout_minutes): at it",
    );
    expect(setupFailure(runDir, 1)).toBeNull();
    expect(existsSync(join(home.repo, "executed"))).toBe(false);
    for (const pid of await sleepers()) process.kill(pid, "SIGKILL");
  });
});

test("one that hangs, in a real dispatch: killed at the limit, the truth is told, and nothing is left", async () => {
  const { env, folder, rallyHome } = await prepared(
    "  script: \"trap '' TERM; sleep 72 & echo at it; sleep 71; sleep 73\"\n  timeout_minutes: 1\n",
  );
  // The limit's minute takes a second here.
  mkdirSync(join(folder, "bin"));
  const quick = '#!/bin/sh\n[ "$1" = 60 ] && set -- 1\nexec /bin/sleep "$@"\n';
  writeFileSync(join(folder, "bin/sleep"), quick, { mode: 0o755 });
  env.PATH = `${join(folder, "bin")}:${env.PATH}`;
  const row = await task("finish");
  expect(row).toMatchObject({ outcome: "failed", failure: "start", display: "needs_you" });
  const why = "the setup script took more than 1 min (setup.timeout_minutes)";
  const said = (await home?.rally("show", "1"))?.out ?? "";
  expect(said).toContain(`${why}: at it`);
  const log = readFileSync(row.run.log, "utf8");
  expect(log).toContain(why);
  expect(log).not.toContain('"type":"start"');
  expect(await sleepers()).toEqual([]);
  expect(readFileSync(join(rallyHome, "runs/1/exit"), "utf8")).toBe("124\n");
});

/** Processes of the scripts above, told by how long they sleep. */
async function sleepers(): Promise<number[]> {
  const child = Bun.spawn(["ps", "-eo", "pid=,args="], { stdout: "pipe" });
  const lines = (await new Response(child.stdout).text()).split("\n");
  return lines.filter((line) => /^\s*\d+ sleep 7[123]$/.test(line)).map((line) => Number.parseInt(line, 10));
}

describe("what is copied", () => {
  test("files, folders and globs of the checkout; nothing is written over, and git ignores what it did not", async () => {
    const { repo, git } = await prepared('  copy: [".env", "local", "*.secret"]\n', {
      ".gitignore": ".env\n",
      "kept.secret": "tracked\n",
    });
    mkdirSync(join(repo, "local/deep"), { recursive: true });
    for (const [name, text] of Object.entries({
      ".env": "A=1\n",
      "local/deep/x [1].json": "{}\n",
      "kept.secret": "changed\n",
      "new.secret": "s\n",
    }))
      writeFileSync(join(repo, name), text, { mode: 0o600 });
    const { worktree, outcome } = await task("nothing");
    expect(readFileSync(join(worktree, ".env"), "utf8")).toBe("A=1\n");
    expect(statSync(join(worktree, ".env")).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(worktree, "local/deep/x [1].json"), "utf8")).toBe("{}\n");
    expect(readFileSync(join(worktree, "new.secret"), "utf8")).toBe("s\n");
    expect(readFileSync(join(worktree, "kept.secret"), "utf8")).toBe("tracked\n");
    expect(await git("-C", worktree, "status", "--porcelain")).toBe("");
    expect(outcome).toBe("empty");
  });

  test("no link is followed, on either side", async () => {
    const { repo, folder, git } = await prepared('  copy: ["link.env", "linked/secret", "safe/*"]\n');
    writeFileSync(join(folder, "secret"), "outside\n");
    symlinkSync(join(folder, "secret"), join(repo, "link.env"));
    symlinkSync(folder, join(repo, "linked"));
    mkdirSync(join(repo, "safe"));
    writeFileSync(join(repo, "safe/a"), "a\n");
    // The branch brings a link in the folder's place.
    await git("checkout", "--quiet", "-b", "evil");
    rmSync(join(repo, "safe"), { recursive: true });
    symlinkSync(folder, join(repo, "safe"));
    await git("add", "safe");
    await git("commit", "--quiet", "--message", "A link");
    await git("checkout", "--quiet", "main");
    mkdirSync(join(repo, "safe"));
    writeFileSync(join(repo, "safe/a"), "a\n");
    const { worktree } = await task("nothing", "--base", "evil");
    expect(existsSync(join(worktree, "link.env"))).toBe(false);
    expect(existsSync(join(worktree, "linked"))).toBe(false);
    expect(existsSync(join(folder, "a"))).toBe(false);
  });

  test("a pattern that leads out of the checkout fails the start, and nothing is left behind", async () => {
    const { rally, repo, git } = await prepared('  copy: ["../secret"]\n');
    const row = await task("finish");
    expect(row).toMatchObject({ outcome: "failed", failure: "start" });
    expect((await rally("show", "1")).out).toContain('"../secret" is no path inside the checkout');
    expect(existsSync(join(repo, ".worktrees/rally-task-1"))).toBe(false);
    expect(await git("branch", "--list", "rally/*")).toBe("");
  });
});
