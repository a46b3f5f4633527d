import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../../src/process.ts";
import { program } from "../../src/wiring/program.ts";
import { CONFIG, type Home, newHome } from "./home.ts";

setDefaultTimeout(30_000);

let home: Home | null = null;
afterEach(() => {
  home?.remove();
  home = null;
});

type Row = {
  readonly id: number;
  readonly kind: string;
  readonly number: number | null;
  readonly title: string;
  readonly branch: string;
  readonly worktree: string;
  readonly status: string;
  readonly display: string;
  readonly outcome: string | null;
  readonly base: string | null;
  readonly changes: { readonly commits: number; readonly dirty: boolean } | null;
  readonly attention: readonly { readonly code: string; readonly message: string }[];
};

/** A repository of `acme/app` as the earlier tool leaves one: worktrees on branches, its files in their root. */
async function earlier(dispatches: string, projects?: string): Promise<Home> {
  const at = await newHome(CONFIG);
  home = at;
  await at.git("remote", "add", "origin", "https://github.com/acme/app.git");
  const list =
    projects ??
    `- name: app\n    repo: acme/app\n    path: ${at.repo}\n    onboarded: 2026-02-21T10:00:00.000Z\n`;
  writeFileSync(join(at.rallyHome, "projects.yaml"), `projects:\n  ${list}`);
  writeFileSync(join(at.rallyHome, "active.yaml"), dispatches.replaceAll("REPO", at.repo));
  return at;
}

async function worktree(at: Home, name: string, branch: string, commits = 1): Promise<string> {
  const path = join(at.repo, ".worktrees", name);
  await at.git("worktree", "add", "--quiet", path, "-b", branch);
  for (let n = 0; n < commits; n += 1)
    await at.git("-C", path, "commit", "--quiet", "--allow-empty", "--message", "work");
  return path;
}

const ENTRY = (n: number, more: string) =>
  `  - {id: app-issue-${n}, repo: acme/app, number: ${n}, type: issue, branch: rally/${n}-it, worktreePath: REPO/.worktrees/rally-${n}, title: "Fix ${n}", ${more}}\n`;

const fleet = async (at: Home) =>
  (await at.json<{ dispatches: Row[] }>("status", "--all")).dispatches.sort((a, b) => a.id - b.id);

test("projects and dispatches with their worktrees, once; the files byte for byte as they were", async () => {
  const at = await earlier(
    `dispatches:\n${ENTRY(42, "status: reviewing, session_id: 5e0c4b2a-1111-4222-8333-444455556666, pid: 12")}` +
      ENTRY(43, 'status: upstream, session_id: "99999999"') +
      "  - {id: app-branch-x1, repo: acme/app, number: 0, type: branch, branch: rally/tidy, worktreePath: REPO/.worktrees/rally-branch-x1, status: implementing, session_id: pending, title: Tidy up}\n",
  );
  const path = await worktree(at, "rally-42", "rally/42-it", 2);
  writeFileSync(join(path, "half.txt"), "not committed\n");
  await worktree(at, "rally-43", "rally/43-it");
  await worktree(at, "rally-branch-x1", "rally/tidy", 0);
  const files = ["projects.yaml", "active.yaml"].map((name) =>
    readFileSync(join(at.rallyHome, name), "utf8"),
  );

  const first = await at.rally("status");
  expect(first.err).toContain("Imported from the earlier Rally: 1 project and 3 dispatches");
  const rows = await fleet(at);
  expect(rows).toMatchObject([
    {
      id: 1,
      kind: "issue",
      number: 42,
      title: "Fix 42",
      branch: "rally/42-it",
      worktree: path,
      status: "reviewing",
      display: "ready",
      outcome: "ok",
      base: "main",
      changes: { commits: 2, dirty: true },
    },
    { id: 2, kind: "issue", number: 43, status: "upstream", display: "upstream", outcome: "ok" },
    {
      id: 3,
      kind: "task",
      number: null,
      title: "Tidy up",
      status: "reviewing",
      display: "needs_you",
      outcome: "lost",
    },
  ]);
  expect(rows[2]?.attention[0]?.message).toBeString();
  expect((await at.rally("status")).err).not.toContain("mported");
  expect(
    ["projects.yaml", "active.yaml"].map((name) => readFileSync(join(at.rallyHome, name), "utf8")),
  ).toEqual(files);
  expect(readFileSync(join(at.repo, ".git/worktrees/rally-42/rally-owner"), "utf8")).toContain(
    '"dispatch":1',
  );
  expect(await at.git("-C", path, "status", "--porcelain")).toBe("?? half.txt");
});

test("what was imported is worked on like anything else: in its own session and worktree, nothing of it lost", async () => {
  const at = await earlier(
    `dispatches:\n${ENTRY(42, "status: reviewing, session_id: 5e0c4b2a-1111-4222-8333-444455556666")}`,
  );
  const path = await worktree(at, "rally-42", "rally/42-it");
  writeFileSync(join(path, "half.txt"), "not committed\n");
  const bin = join(at.folder, "bin");
  mkdirSync(bin);
  writeFileSync(join(bin, "copilot"), '#!/bin/sh\necho "$@" >>"$HOME/asked"\npwd >>"$HOME/asked"\n', {
    mode: 0o755,
  });
  const env = { ...at.env, PATH: `${bin}:${at.env.PATH}` };
  const limits = { cwd: at.repo, env, timeoutMs: 20_000, maxBytes: 1e6 };
  const said = await run([...program(), "continue", "1", "also the empty password"], limits);
  expect([said.code, said.stderr.includes("Imported")]).toEqual([0, true]);
  const asked = readFileSync(join(at.folder, "home/asked"), "utf8");
  expect(asked).toContain("--resume=5e0c4b2a-1111-4222-8333-444455556666");
  expect(asked).toContain(`${path}\n`);
  expect(readFileSync(join(path, "half.txt"), "utf8")).toBe("not committed\n");
});

test("the earlier tool's agent is not touched, and a person is told that it may be at work", async () => {
  const at = await earlier("dispatches: []\n");
  const path = await worktree(at, "rally-42", "rally/42-it");
  const agent = join(at.folder, "copilot");
  writeFileSync(agent, "#!/bin/sh\nexec sleep 60 # copilot\n", { mode: 0o755 });
  const child = Bun.spawn(["sh", "-c", ": copilot; sleep 60; :"], { cwd: path });
  try {
    writeFileSync(
      join(at.rallyHome, "active.yaml"),
      `dispatches:\n${ENTRY(42, `status: implementing, session_id: "${child.pid}", pid: ${child.pid}`)}`.replaceAll(
        "REPO",
        at.repo,
      ),
    );
    expect((await at.rally("show", "1")).out).toContain(`process ${child.pid}) may still be at work`);
    expect(child.exitCode).toBeNull();
    expect((await fleet(at))[0]).toMatchObject({ status: "reviewing", outcome: "lost" });
  } finally {
    child.kill("SIGKILL");
  }
});

test("what cannot be taken is said once, with its reason, and again by the doctor; the command does its own work", async () => {
  const at = await earlier(
    `dispatches:\n${ENTRY(1, "status: reviewing")}${ENTRY(2, "status: reviewing")}${ENTRY(3, "status: reviewing")}${ENTRY(4, "status: reviewing")}` +
      "  - {id: other-issue-9, repo: acme/other, number: 9, type: issue, worktreePath: /nowhere/rally-9}\n" +
      "  - {id: odd, repo: acme/app, number: 0x, type: issue, worktreePath: REPO/../x}\n" +
      "  - just a text\n",
    "- {name: app, repo: acme/app, path: PATH}\n  - {name: gone, repo: acme/gone, path: /nowhere/gone}\n",
  );
  writeFileSync(
    join(at.rallyHome, "projects.yaml"),
    readFileSync(join(at.rallyHome, "projects.yaml"), "utf8").replace("PATH", at.repo),
  );
  await worktree(at, "rally-1", "rally/1-it");
  // 2: nothing is there. 3: a folder that is no worktree. 4: another home's.
  mkdirSync(join(at.repo, ".worktrees/rally-3"));
  await at.git("branch", "rally/3-it");
  await worktree(at, "rally-4", "rally/4-it");
  writeFileSync(join(at.repo, ".git/worktrees/rally-4/rally-owner"), '{"home":"another","dispatch":7}\n');
  const said = await at.rally("projects");
  expect(said).toMatchObject({ code: 0, out: expect.stringContaining("acme/app") });
  expect(said.err).toContain("1 project and 1 dispatch");
  for (const why of [
    "project gone: There is no folder /nowhere/gone.",
    "dispatch app-issue-2: its worktree and its branch are gone",
    `dispatch app-issue-3: ${at.repo}/.worktrees/rally-3 is no worktree of ${at.repo}`,
    `dispatch app-issue-4: ${at.repo}/.worktrees/rally-4 belongs to another Rally`,
    "dispatch other-issue-9: its project acme/other is not known",
    "active.yaml, entry 6: odd has no absolute worktreePath",
    "active.yaml, entry 7: it is no mapping",
  ])
    expect(said.err).toContain(`Not imported: ${why}`);
  expect((await at.rally("projects")).err).toBe("");
  expect((await at.rally("doctor")).out).toContain("its worktree and its branch are gone");
  expect((await fleet(at)).map((row) => row.number)).toEqual([1]);
});

test("a worktree behind a link, or the main checkout itself, is not adopted", async () => {
  const at = await earlier(
    `dispatches:\n${ENTRY(5, "status: reviewing")}  - {id: main, repo: acme/app, number: 6, type: issue, branch: main, worktreePath: REPO, status: reviewing}\n`,
  );
  const real = join(at.folder, "elsewhere");
  await at.git("worktree", "add", "--quiet", real, "-b", "rally/5-it");
  mkdirSync(join(at.repo, ".worktrees"));
  symlinkSync(real, join(at.repo, ".worktrees/rally-5"));
  const said = await at.rally("status");
  expect(said.err).toContain("1 project and 0 dispatches");
  expect(await fleet(at)).toEqual([]);
});

test("broken YAML: one sentence, nothing imported, tried again with the next command", async () => {
  const at = await earlier("dispatches: [\n");
  const said = await at.rally("status");
  expect(said.code).toBe(0);
  expect(said.err).toContain(
    `${join(at.rallyHome, "active.yaml")}, of the earlier Rally, was not imported: it is not valid YAML`,
  );
  expect((await at.json<unknown[]>("projects")).length).toBe(0);
  const doctor = await at.rally("doctor");
  expect([doctor.code, doctor.out.includes("it is not valid YAML")]).toEqual([1, true]);
  writeFileSync(join(at.rallyHome, "active.yaml"), "{}\n");
  expect((await at.rally("status")).err).toContain("1 project and 0 dispatches");
});

test("invariant 21: killed at any step, the next command ends it as if nothing had happened", async () => {
  const at = await earlier(`dispatches:\n${ENTRY(42, "status: upstream")}`);
  await worktree(at, "rally-42", "rally/42-it");
  const trace = join(at.folder, "trace");
  const mark = join(at.repo, ".git/worktrees/rally-42/rally-owner");
  const said = async (more: Record<string, string>) => {
    const limits = { cwd: at.repo, env: { ...at.env, ...more }, timeoutMs: 20_000, maxBytes: 1e6 };
    const done = await run([...program(), "status", "--json"], limits);
    if (done.code !== 0) return null;
    const { dispatches } = JSON.parse(done.stdout) as { dispatches: Row[] };
    const rows = dispatches.map(({ id, number, status, outcome, worktree: path }) => ({
      id,
      number,
      status,
      outcome,
      path,
    }));
    return { marked: existsSync(mark), rows };
  };
  rmSync(join(at.repo, ".git/info/exclude"), { force: true });
  const undisturbed = await said({ RALLY_FAULTS: trace });
  expect(undisturbed).toMatchObject({ marked: true, rows: [{ id: 1, number: 42, status: "upstream" }] });
  const names = readFileSync(trace, "utf8").trim().split("\n");
  // What comes before the first row of the earlier tool's is tried where the database is opened.
  const first = names.findIndex((name) => name.startsWith("store:add project"));
  expect(first).toBeGreaterThanOrEqual(0);
  for (let step = first; step < names.length; step += 1) {
    for (const name of ["rally.db", "rally.db-wal", "rally.db-shm"])
      rmSync(join(at.rallyHome, name), { force: true });
    for (const path of [mark, join(at.repo, ".git/info/exclude")]) rmSync(path, { force: true });
    expect(await said({ RALLY_FAULT_AT: String(step + 1) })).toBeNull();
    expect(await said({})).toEqual(undisturbed);
  }
}, 90_000);

test("a home without the earlier tool's files is not looked at, and an agent's call takes nothing over", async () => {
  const at = await earlier(`dispatches:\n${ENTRY(42, "status: reviewing")}`);
  const limits = { cwd: at.repo, env: { ...at.env, RALLY_RUN: "home:1" }, timeoutMs: 20_000, maxBytes: 1e6 };
  expect((await run([...program(), "status"], limits)).stderr).toBe("");
  rmSync(join(at.rallyHome, "active.yaml"));
  rmSync(join(at.rallyHome, "projects.yaml"));
  expect((await at.rally("status")).err).toBe("");
});
