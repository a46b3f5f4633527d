import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../../src/process.ts";
import { openStore } from "../../src/store/open.ts";
import { program } from "../../src/wiring/program.ts";
import { served, TOKEN } from "../contract/github-bench.ts";
import { BOUND_BY_MODES } from "../fixtures/bound-by-modes.ts";
import { CONFIG, type Home, newHome } from "./home.ts";

setDefaultTimeout(30_000);

type Check = { readonly name: string; readonly state: string; readonly says: string; readonly hint?: string };
type Report = { readonly code: number | null; readonly checks: Record<string, Check>; readonly text: string };

let home: Home | null = null;
afterEach(() => {
  home?.remove();
  home = null;
});

async function aHome(config = CONFIG): Promise<Home> {
  home = await newHome(config);
  return home;
}

async function examined(at: Home, more: Record<string, string> = {}, before: string[] = []): Promise<Report> {
  const argv = [...before, ...program(), "doctor", "--json"];
  const done = await run(argv, {
    cwd: at.repo,
    env: { ...at.env, ...more },
    timeoutMs: 25_000,
    maxBytes: 1e6,
  });
  const { ok, checks } = JSON.parse(done.stdout) as { ok: boolean; checks: Check[] };
  expect(done.code).toBe(ok ? 0 : 1);
  expect(ok).toBe(checks.every((check) => check.state !== "bad"));
  const text = done.stdout + done.stderr;
  return { code: done.code, checks: Object.fromEntries(checks.map((check) => [check.name, check])), text };
}

test("a sound machine: no fault, and no home is made by looking", async () => {
  const at = await aHome("");
  rmSync(at.rallyHome, { recursive: true });
  const agent = join(at.folder, "copilot");
  writeFileSync(agent, "#!/bin/sh\necho GitHub Copilot CLI 1.0.102.\n");
  chmodSync(agent, 0o755);
  const report = await examined(at, { PATH: `${at.folder}:${at.env.PATH}`, COPILOT_GITHUB_TOKEN: "t" });
  expect(report.code).toBe(0);
  expect(report.checks["agent copilot"]).toEqual({
    name: "agent copilot",
    state: "ok",
    says: `1.0.102 (${agent})`,
  });
  expect(report.checks.database?.says).toContain("made by the first command");
  expect(existsSync(at.rallyHome)).toBe(false);
});

test("agents: a login that was not seen, one that does not answer, none at all", async () => {
  const at = await aHome(CONFIG.replace("agent: scripted\n", ""));
  expect((await examined(at)).checks.agents).toMatchObject({ state: "bad" });
  const bin = join(at.folder, "bin");
  mkdirSync(bin);
  writeFileSync(join(bin, "claude"), "#!/bin/sh\nexec sleep 30\n");
  writeFileSync(join(bin, "codex"), "#!/bin/sh\necho codex-cli 0.169.0\n");
  for (const name of readdirSync(bin)) chmodSync(join(bin, name), 0o755);
  const report = await examined(at, { PATH: `${bin}:${at.env.PATH}`, ANTHROPIC_API_KEY: "sk-something" });
  expect(report.checks["agent claude"]).toMatchObject({
    state: "ok",
    says: `version unknown (${bin}/claude)`,
  });
  expect(report.checks["agent codex"]).toMatchObject({
    state: "warn",
    hint: expect.stringContaining("codex login"),
  });
  expect(report.checks["agent codex"]?.says).toContain("no login was seen");
  const claude = async (text: string) => {
    writeFileSync(join(at.env.HOME ?? "", ".claude.json"), text);
    return (await examined(at, { PATH: `${bin}:${at.env.PATH}` })).checks["agent claude"]?.state;
  };
  expect([await claude('{ "numStartups": 1 }'), await claude('{ "oauthAccount": {} }')]).toEqual([
    "warn",
    "ok",
  ]);
  expect(report.code).toBe(0);
});

test("a broken config is a fault that says where it is, and the rest is looked at even so", async () => {
  const at = await aHome("capacity: many\n");
  const report = await examined(at);
  expect(report.checks.config).toMatchObject({ state: "bad", says: expect.stringContaining("capacity") });
  expect(report.checks.git?.state).toBe("ok");
});

test("a damaged database is a fault; a copy of it is made where it is asked for, over nothing", async () => {
  const at = await aHome();
  const bytes = "no database ".repeat(1000);
  writeFileSync(join(at.rallyHome, "rally.db"), bytes);
  expect((await examined(at)).checks.database).toMatchObject({
    state: "bad",
    says: expect.stringContaining("is damaged"),
    hint: expect.stringContaining("rally doctor --backup"),
  });
  const copy = join(at.repo, "copy.db");
  expect((await at.rally("doctor", "--backup", "copy.db")).code).toBe(1);
  expect(readFileSync(copy, "utf8")).toBe(bytes);
  writeFileSync(copy, "mine");
  const again = await at.rally("doctor", "--backup", "copy.db");
  expect(again).toMatchObject({ code: 7, err: expect.stringContaining("is there already") });
  expect(readFileSync(copy, "utf8")).toBe("mine");
  expect(readFileSync(join(at.rallyHome, "rally.db"), "utf8")).toBe(bytes);
});

test("a database of a newer Rally, and a copy of a sound one that holds what was written last", async () => {
  const at = await aHome();
  await at.rally("onboard", ".", "--local");
  expect((await at.rally("doctor", "--backup", "copy.db")).code).toBe(0);
  const elsewhere = join(at.folder, "elsewhere");
  mkdirSync(elsewhere);
  writeFileSync(join(elsewhere, "rally.db"), readFileSync(join(at.repo, "copy.db")));
  const copied = openStore(elsewhere);
  expect(copied.db.query("SELECT name FROM projects").all()).toEqual([{ name: "app" }]);
  copied.close();
  const store = openStore(at.rallyHome);
  store.db.run("PRAGMA user_version = 999");
  store.close();
  expect((await examined(at)).checks.database).toMatchObject({
    state: "bad",
    says: expect.stringContaining("newer Rally"),
  });
});

test("a read-only home is told, and nothing in it changes", async () => {
  const at = await aHome();
  await at.rally("onboard", ".", "--local");
  const before = readdirSync(at.rallyHome);
  chmodSync(at.rallyHome, 0o500);
  const report = await examined(at, {}, [...BOUND_BY_MODES]);
  chmodSync(at.rallyHome, 0o700);
  expect(report.checks.home).toMatchObject({
    state: "bad",
    says: expect.stringContaining("cannot be written"),
  });
  expect(report.checks.database).toMatchObject({
    state: "bad",
    says: expect.stringContaining("not written"),
  });
  expect(readdirSync(at.rallyHome)).toEqual(before);
});

test("GitHub: whose token, what is left; a refused one is a fault, being offline is not; no token is ever shown", async () => {
  const at = await aHome();
  const github = await served();
  const good = await examined(at, { GH_TOKEN: TOKEN, GITHUB_API_URL: github.server.url });
  expect(good.checks["github.com"]).toMatchObject({ state: "ok", says: "ana, with the token from GH_TOKEN" });
  const wrong = "ghp_0123456789012345678901234567890123ab";
  const refused = await examined(at, { GH_TOKEN: wrong, GITHUB_API_URL: github.server.url });
  expect(refused.checks["github.com"]).toMatchObject({
    state: "bad",
    says: expect.stringContaining("does not accept the token"),
  });
  await github.server.close();
  const offline = await examined(at, { GH_TOKEN: wrong, GITHUB_API_URL: github.server.url });
  expect(offline.checks["github.com"]).toMatchObject({
    state: "warn",
    says: expect.stringContaining("cannot be reached"),
  });
  for (const report of [good, refused, offline])
    for (const token of [wrong, TOKEN]) expect(report.text).not.toContain(token);
});

test("what is left of the budget is told, as all processes of the home know it", async () => {
  const at = await aHome();
  await at.rally("onboard", ".", "--local");
  const github = await served();
  github.server.limit.resetAt = Date.now() + 600_000;
  const report = await examined(at, { GH_TOKEN: TOKEN, GITHUB_API_URL: github.server.url });
  await github.server.close();
  expect(report.checks[`budget ${new URL(github.server.url).host}:core`]?.says).toMatch(
    /^\d+ of 5000 requests left, reset in \d+ min$/,
  );
});

test("projects: a checkout that is gone is a fault, a remote that does not answer is a warning", async () => {
  const at = await aHome();
  const other = join(at.folder, "other");
  await at.git("clone", "--quiet", at.repo, other);
  await at.git("-C", other, "remote", "set-url", "origin", join(at.folder, "nowhere.git"));
  await at.rally("onboard", other);
  await at.rally("onboard", ".", "--local");
  rmSync(at.repo, { recursive: true });
  mkdirSync(at.repo);
  rmSync(at.repo, { recursive: true });
  const done = await run([...program(), "doctor", "--json"], {
    cwd: at.folder,
    env: at.env,
    timeoutMs: 25_000,
    maxBytes: 1e6,
  });
  const checks = (JSON.parse(done.stdout) as { checks: Check[] }).checks;
  expect(checks.find((check) => check.name === "project app")).toMatchObject({
    state: "bad",
    hint: expect.stringContaining("rally offboard app"),
  });
  expect(checks.find((check) => check.name === "project other")?.state).toBe("warn");
});

test("projects: programs that a repository's own configuration names are told to be left alone", async () => {
  const at = await aHome();
  await at.rally("onboard", ".", "--local");
  const settings = async () => (await examined(at)).checks["settings of app"];
  expect(await settings()).toBeUndefined();
  await at.git("-C", at.repo, "config", "core.sshCommand", "/tmp/evil ssh");
  await at.git("-C", at.repo, "config", "filter.lfs.smudge", "git-lfs smudge -- %f");
  const told = await settings();
  expect(told).toMatchObject({ state: "warn", hint: expect.stringContaining("--global") });
  expect(told?.says).toEndWith("does not run: core.sshcommand.");
});

test("an agent may look, and may not copy", async () => {
  const at = await aHome();
  await at.rally("onboard", ".", "--local");
  const inRun = { ...at.env, RALLY_RUN: "home:1" };
  const limits = { cwd: at.repo, env: inRun, timeoutMs: 25_000, maxBytes: 1e6 };
  expect((await run([...program(), "doctor"], limits)).code).toBe(0);
  expect((await run([...program(), "doctor", "--backup", "copy.db"], limits)).code).toBe(5);
  expect(existsSync(join(at.repo, "copy.db"))).toBe(false);
});
