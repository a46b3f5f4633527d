import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Config } from "../config.ts";
import { Problem } from "../domain/problem.ts";
import { setGitEnvironment } from "../git/environment.ts";
import { headsBelow } from "../git/here.ts";
import { createState, fileState } from "../github/memory/file.ts";
import { type People, people } from "../github/memory/people.ts";
import { addRepo, emptyState } from "../github/memory/state.ts";
import { run } from "../process.ts";

const REPO = "acme/shop";
const FIRST_NUMBER = 41;
const GIT_MS = 30_000;
const MAX_BYTES = 1024 * 1024;

/** Everything that the demo plays on: all of it is below `root`, and nothing of it is anywhere else. */
export type Stage = {
  readonly root: string;
  /** RALLY_HOME. */
  readonly home: string;
  /** The checkout of the person who types. */
  readonly shop: string;
  /** What every process of the demo sees of the environment. */
  readonly env: Readonly<Record<string, string>>;
  /** What other people do on GitHub. */
  readonly people: People;
  git(cwd: string, ...args: readonly string[]): Promise<string>;
};

/** A repository with a bare origin and the embedded GitHub around it, seeded; `made` hears of the folder first. */
export async function setStage(config: Config, made: (root: string) => void): Promise<Stage> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "rally-demo-")));
  made(root);
  const at = (name: string) => join(root, name);
  for (const folder of ["user", "home", "tmp"]) mkdirSync(at(folder), { mode: 0o700 });
  const env = environment(config, root);
  const git = gitIn(env);
  setGitEnvironment(env);
  await layOut(git, root);
  const hub = await seed(at("github"));
  return { root, home: at("home"), shop: at("shop"), env, people: hub, git };
}

/** No token, no login and no setting of the caller's: only what finds programs and speaks to the terminal. */
const PROGRAMS = ["PATH", "SHELL", "EDITOR", "VISUAL"];
const TERMINAL = ["LANG", "LC_ALL", "LC_CTYPE", "TERM", "COLORTERM", "NO_COLOR", "TZ"];
const KEPT = [...PROGRAMS, ...TERMINAL, "RALLY_DEBUG"];

function environment(config: Config, root: string): Record<string, string> {
  const { all } = config.env;
  const kept = KEPT.flatMap((name) => (all[name] === undefined ? [] : [[name, all[name]] as const]));
  return {
    ...Object.fromEntries(kept),
    HOME: join(root, "user"),
    USER: "ana",
    TMPDIR: join(root, "tmp"),
    RALLY_HOME: join(root, "home"),
    GIT_CONFIG_NOSYSTEM: "1",
    COLUMNS: String(process.stdout.columns || 100),
  };
}

function gitIn(env: Readonly<Record<string, string>>): Stage["git"] {
  return async (cwd, ...args) => {
    const done = await run(["git", ...args], { cwd, env, timeoutMs: GIT_MS, maxBytes: MAX_BYTES });
    if (done.code === 0) return done.stdout.trim();
    throw new Problem("git", `git ${args.join(" ")} failed: ${done.stderr.trim()}`);
  };
}

async function layOut(git: Stage["git"], root: string): Promise<void> {
  const origin = join(root, "github", "git", `${REPO}.git`);
  mkdirSync(origin, { recursive: true });
  await git(origin, "init", "--quiet", "--bare", "--initial-branch=main");
  const shop = join(root, "shop");
  mkdirSync(shop);
  await git(shop, "init", "--quiet", "--initial-branch=main");
  await asPerson(git, shop, root, "Ana");
  await git(shop, "remote", "add", "origin", `https://github.com/${REPO}.git`);
  writeFileSync(join(shop, "README.md"), "# Shop\n\nSells things.\n");
  writeFileSync(join(shop, "login.txt"), "name, password\n");
  await git(shop, "add", ".");
  await git(shop, "commit", "--quiet", "--message", "Begin");
  await git(shop, "push", "--quiet", "--set-upstream", "origin", "main");
  await pullRequest(git, root, origin);
}

/** Their name, and the way to GitHub: a folder. Both in the checkout alone, which agents' worktrees share. */
async function asPerson(git: Stage["git"], checkout: string, root: string, name: string): Promise<void> {
  await git(checkout, "config", "user.name", name);
  await git(checkout, "config", "user.email", `${name.toLowerCase()}@example.com`);
  await git(checkout, "config", "commit.gpgSign", "false");
  await git(checkout, "config", `url.${join(root, "github", "git")}/.insteadOf`, "https://github.com/");
}

/** Bob's checkout, and a branch of his with a commit. GitHub keeps a ref for each pull request. */
async function pullRequest(git: Stage["git"], root: string, origin: string): Promise<void> {
  const bob = join(root, "bob");
  await git(root, "clone", "--quiet", origin, bob);
  await asPerson(git, bob, root, "Bob");
  await git(bob, "switch", "--quiet", "--create", "cache-prices");
  writeFileSync(join(bob, "prices.txt"), "cached for one hour\n");
  await git(bob, "add", ".");
  await git(bob, "commit", "--quiet", "--message", "Cache the prices");
  await git(bob, "push", "--quiet", "origin", "cache-prices", `cache-prices:refs/pull/${PULL}/head`);
  await git(bob, "switch", "--quiet", "main");
}

const ISSUES = [
  { title: "Login accepts an empty password", labels: ["bug"] },
  { title: "Dark mode", labels: ["enhancement"] },
  { title: "Large uploads fail", labels: ["bug"] },
  { title: "Sign-up takes an empty password", labels: ["bug", "question"] },
  { title: "Typo in the README", labels: ["documentation"] },
  { title: "Search is slow", labels: ["performance"] },
] as const;

export const PULL = FIRST_NUMBER + ISSUES.length;

async function seed(folder: string): Promise<People> {
  const state = emptyState("ana");
  addRepo(state, { name: REPO, collaborators: ["bob"] }).nextNumber = FIRST_NUMBER;
  await createState(folder, state);
  const hub = people(fileState(folder), { now: () => Date.now(), headOf: headsBelow(join(folder, "git")) });
  for (const { title, labels } of ISSUES)
    await hub.openIssue(REPO, { title, labels, body: `${title}. Please see to it.` });
  await hub.comment(REPO, FIRST_NUMBER, "bob", "Happens to me, too, with any name.");
  const files = [{ path: "prices.txt", status: "added", additions: 1, deletions: 0 }] as const;
  await hub.openPull(
    REPO,
    { title: "Cache the prices", body: "For an hour.", head: "cache-prices", base: "main", draft: false },
    { author: "bob", files },
  );
  return hub;
}

/** What a person does on GitHub with the green button: a squash, as git and as GitHub see it. */
export async function mergeOnGitHub(stage: Stage, number: number, branch: string): Promise<void> {
  const bob = join(stage.root, "bob");
  await stage.git(bob, "fetch", "--quiet", "origin");
  await stage.git(bob, "merge", "--quiet", "--squash", `origin/${branch}`);
  await stage.git(bob, "commit", "--quiet", "--message", `Refuse an empty password (#${number})`);
  await stage.git(bob, "push", "--quiet", "origin", "main");
  await stage.people.merge(REPO, number);
  await stage.people.close(REPO, FIRST_NUMBER);
}
