import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ChildEnvironment, childEnv } from "../../src/agents/environment.ts";
import { agents } from "../../src/agents/registry.ts";

let root = "";
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "rally-env-"));
  for (const folder of ["home", "empty", "repo"]) mkdirSync(join(root, folder));
  // A helper for everything, and one for GitHub alone, as `gh auth setup-git` writes it.
  const helper = "!f() { echo username=ana; echo password=leaked; }; f";
  writeFileSync(
    join(root, "home", ".gitconfig"),
    `[credential]\n\thelper = "${helper}"\n[credential "https://github.com"]\n\thelper = "${helper}"\n`,
  );
  git({ ...process.env, HOME: join(root, "home") }, "init", "-q", "-b", "main");
  git({ ...process.env, HOME: join(root, "home") }, "init", "-q", "--bare", "../origin.git");
  git({ ...process.env, HOME: join(root, "home") }, "init", "-q", "--bare", "../other.git");
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

function git(env: Record<string, string | undefined>, ...args: string[]) {
  const done = Bun.spawnSync(["git", ...args], { cwd: join(root, "repo"), env, stdin: "ignore" });
  return { code: done.exitCode, text: `${done.stdout}${done.stderr}` };
}

const SECRETS = {
  GH_TOKEN: "gho_1",
  GITHUB_TOKEN: "gho_2",
  GITHUB_PAT: "x",
  SLACK_BOT_TOKEN: "xoxb-1",
  TELEGRAM_BOT_TOKEN: "1:a",
  AWS_SECRET_ACCESS_KEY: "k",
  AZURE_CLIENT_SECRET: "k",
  GOOGLE_APPLICATION_CREDENTIALS: "/k.json",
  SSH_AUTH_SOCK: "/tmp/agent",
  NPM_TOKEN: "n",
  DATABASE_URL: "postgres://u:p@h/d",
  GIT_DIR: "/elsewhere",
  RALLY_DEBUG: "1",
};

function input(more: Partial<ChildEnvironment> = {}): ChildEnvironment {
  const all = {
    PATH: "/usr/bin:/bin",
    HOME: join(root, "home"),
    LC_ALL: "C.UTF-8",
    XDG_CONFIG_HOME: "/x",
    ...SECRETS,
  };
  return {
    all: { ...all, COPILOT_GITHUB_TOKEN: "gho_3", COPILOT_API_TOKEN: "ghp_classic", ANTHROPIC_API_KEY: "sk" },
    agent: agents.copilot ?? { variables: [] },
    config: {},
    launch: {},
    worktree: "/home/ana/tree",
    run: "home:7",
    rally: { home: "/home/ana/rally", bin: "/opt/rally/bin", more: { RALLY_INBOX: "/inbox" } },
    emptyDir: join(root, "empty"),
    identity: { name: "Ana", email: "ana@example.com" },
    remotes: [join(root, "origin.git")],
    ...more,
  };
}

test("what is not on the list does not reach a child", () => {
  const env = childEnv(input());
  for (const name of Object.keys(SECRETS)) expect([name, env[name]]).toEqual([name, undefined]);
  expect(Object.values(env).filter((value) => /gho_[12]|xoxb|ghp_|postgres/.test(value))).toEqual([]);
});

test("an agent gets its own variables, and no other's; a classic token never", () => {
  const env = childEnv(input());
  expect(env).toMatchObject({ COPILOT_GITHUB_TOKEN: "gho_3", LC_ALL: "C.UTF-8", XDG_CONFIG_HOME: "/x" });
  expect(env.ANTHROPIC_API_KEY).toBeUndefined();
  expect(env.COPILOT_API_TOKEN).toBeUndefined();
});

test("a name that the configuration sets is given; what the launch wants has the last word", () => {
  const config = { env: { GH_TOKEN: "chosen", OPENCODE_PERMISSION: "mine" } };
  const env = childEnv(input({ config, launch: { OPENCODE_PERMISSION: "policy" } }));
  expect(env).toMatchObject({ GH_TOKEN: "chosen", OPENCODE_PERMISSION: "policy" });
});

test("the run's marker, the home, the folder of rally on PATH and the working directory are there", () => {
  expect(childEnv(input())).toMatchObject({
    RALLY_RUN: "home:7",
    RALLY_HOME: "/home/ana/rally",
    RALLY_INBOX: "/inbox",
    PATH: "/opt/rally/bin:/usr/bin:/bin",
    PWD: "/home/ana/tree",
  });
});

test("git finds no credentials, whatever helpers the person has", () => {
  const env = childEnv(input());
  const fill = (variables: Record<string, string | undefined>) =>
    Bun.spawnSync(["git", "credential", "fill"], {
      cwd: root,
      env: variables,
      stdin: new TextEncoder().encode("protocol=https\nhost=github.com\n\n"),
    });
  expect(fill({ PATH: env.PATH, HOME: env.HOME }).stdout.toString()).toContain("leaked");
  expect(fill(env).stdout.toString()).not.toContain("leaked");
  expect(fill(env).exitCode).not.toBe(0);
});

test("git pushes neither to the project's remotes nor over the network, but to a test's own repository", () => {
  const env = { ...childEnv(input()), PATH: process.env.PATH };
  git(env, "commit", "-q", "--allow-empty", "-m", "one");
  expect(git(env, "log", "-1", "--format=%an").text.trim()).toBe("Ana");
  for (const url of [
    join(root, "origin.git"),
    "https://github.com/acme/app.git",
    "git@github.com:acme/app.git",
  ]) {
    const push = git(env, "push", url, "main");
    expect(push.code).not.toBe(0);
    expect(push.text).toContain("Could not read from remote repository");
  }
  expect(git(env, "push", "-q", join(root, "other.git"), "main").code).toBe(0);
});
