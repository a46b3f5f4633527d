import { afterAll } from "bun:test";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Problem } from "../../src/domain/problem.ts";
import { setGitEnvironment } from "../../src/git/environment.ts";
import { openRepo, type Repo } from "../../src/git/repo.ts";
import { run } from "../../src/process.ts";

/** A folder of the test file's own with an empty HOME; removed at its end. */
export async function sandbox(): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "rally-git-")));
  await mkdir(join(folder, "home"));
  const config =
    "[user]\n\tname = Ana\n\temail = ana@example.org\n[init]\n\tdefaultBranch = main\n\ttemplateDir =\n[gc]\n\tauto = 0\n[maintenance]\n\tauto = false\n";
  await writeFile(join(folder, "home/.gitconfig"), config);
  environment = { PATH: PATH, HOME: join(folder, "home") };
  setGitEnvironment(environment);
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

const PATH = "/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin";
let environment: Record<string, string> = {};

/** Plain git, as a person would call it. Throws when it fails. */
export async function sh(cwd: string, ...args: string[]): Promise<string> {
  const result = await run(["git", ...args], { cwd, env: environment, timeoutMs: 20_000, maxBytes: 1e7 });
  if (result.code !== 0) throw new Error(`git ${args.join(" ")}: ${result.stderr}`);
  return result.stdout.trim();
}

export async function put(root: string, files: Record<string, string | Uint8Array>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), text);
  }
}

export async function commit(root: string, files: Record<string, string>, message = "work"): Promise<string> {
  await put(root, files);
  await sh(root, "add", "--all");
  await sh(root, "commit", "--quiet", "--message", message);
  return sh(root, "rev-parse", "HEAD");
}

let count = 0;

/** A repository with one commit, without a remote. */
export async function localRepo(parent: string, files: Record<string, string> = FILES): Promise<Repo> {
  count += 1;
  const root = join(parent, `local-${count}`);
  await cp(await seed(parent, files), root, { recursive: true });
  return openRepo(root);
}

/** A clone with a bare origin beside it. */
export async function clonedRepo(parent: string, files: Record<string, string> = FILES) {
  count += 1;
  const template = await seed(parent, files);
  if (!existsSync(`${template}.git`)) {
    await sh(parent, "clone", "--quiet", "--bare", template, `${template}.git`);
    await sh(parent, "clone", "--quiet", `${template}.git`, `${template}.clone`);
  }
  const origin = join(parent, `origin-${count}.git`);
  const root = join(parent, `clone-${count}`);
  await Promise.all([
    cp(`${template}.git`, origin, { recursive: true }),
    cp(`${template}.clone`, root, { recursive: true }),
  ]);
  await sh(root, "remote", "set-url", "origin", origin);
  return { repo: await openRepo(root), origin };
}

/** Made once a file, then copied. */
async function seed(parent: string, files: Record<string, string>): Promise<string> {
  const root = join(parent, `seed-${Bun.hash(JSON.stringify(files))}`);
  if (existsSync(root)) return root;
  await mkdir(root);
  await sh(root, "init", "--quiet");
  await commit(root, files, "first");
  return root;
}

/** Commits on a branch of the origin, made by somebody else. */
export async function commitElsewhere(
  origin: string,
  files: Record<string, string>,
  branch = "main",
): Promise<string> {
  count += 1;
  const other = join(dirname(origin), `other-${count}`);
  await sh(dirname(origin), "clone", "--quiet", "--branch", branch, origin, other);
  const sha = await commit(other, files, "by somebody else");
  await sh(other, "push", "--quiet", "origin", `HEAD:${branch}`);
  return sha;
}

const FILES = { "README.md": "# A project\n", "src/main.ts": "one\ntwo\nthree\n" };
export const OWNER = { home: "home-1", dispatch: 7 };
export const NOW = 1_700_000_000_000;

/** The Problem that a promise ends with; anything else fails the test. */
export async function problemOf(promise: Promise<unknown>): Promise<Problem> {
  const error = await promise.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (error instanceof Problem) return error;
  throw error instanceof Error ? error : new Error("it did not fail");
}
