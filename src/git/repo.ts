import { realpath, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { Problem } from "../domain/problem.ts";
import { mainAt, type RepoAt } from "./admin.ts";
import { fields, git, gitResult } from "./git.ts";
import { redact, sentence } from "./sentence.ts";
import { spawnGit } from "./spawn.ts";
import { tame } from "./tame.ts";

export type Repo = RepoAt & {
  /** Real path of the main checkout (of the repository itself when it is bare). */
  readonly root: string;
  readonly gitDir: string;
  readonly commonDir: string;
  /** Of the main checkout; null when it is detached. */
  readonly branch: string | null;
  /** No commits yet. */
  readonly empty: boolean;
  readonly bare: boolean;
  readonly remotes: Readonly<Record<string, { readonly fetch: string; readonly push: string }>>;
  /** Of `origin` (or the only remote) as last heard, else main, master, the current branch. */
  readonly defaultBranchGuess: string | null;
};

/**
 * The repository that a path is in: from a sub-folder, and from a linked worktree the main checkout's.
 * Throws Problem `git` where there is none, `missing` where the path is not there.
 */
export async function openRepo(path: string): Promise<Repo> {
  const from = await realpath(path).catch(() => null);
  if (from === null) throw new Problem("missing", `There is no folder ${path}.`);
  const folder = (await stat(from)).isDirectory() ? from : dirname(from);
  const found = await discover(folder);
  const at = mainAt(found);
  if ((await tame(at)).reftable) {
    throw new Problem("git", `${found.root} keeps its refs in a reftable, which Rally does not read yet.`, {
      hint: "git refs migrate --ref-format=files",
    });
  }
  const [head, commit, remotes, refs] = await Promise.all([
    gitResult(at, ["symbolic-ref", "--quiet", "--short", "HEAD"]),
    gitResult(at, ["rev-parse", "--quiet", "--verify", "HEAD^{commit}"]),
    readRemotes(found),
    git(at, ["for-each-ref", "--format=%(refname) %(symref)", "refs/heads", "refs/remotes"]),
  ]);
  const branch = head.code === 0 ? head.stdout.trim() : null;
  const names = refs.split("\n").filter((line) => line !== "");
  return {
    ...found,
    gitDir: found.commonDir,
    branch,
    empty: commit.code !== 0 && !names.some((line) => line.startsWith("refs/")),
    remotes,
    defaultBranchGuess: guessDefault(names, Object.keys(remotes), branch),
  };
}

async function discover(folder: string): Promise<RepoAt & { readonly bare: boolean }> {
  const asked = ["rev-parse", "--path-format=absolute", "--is-bare-repository", "--git-common-dir"];
  const [result, listed] = await Promise.all([
    spawnGit(asked, { cwd: folder }),
    spawnGit(["worktree", "list", "--porcelain", "-z"], { cwd: folder }),
  ]);
  const [bareText, common] = new TextDecoder().decode(result.stdout).split("\n");
  if (result.code !== 0 || common === undefined || common === "") throw notARepo(folder, result.stderr);
  const commonDir = await realpath(common);
  const first = fields(new TextDecoder().decode(listed.stdout));
  const main = first[0]?.startsWith("worktree ") ? first[0].slice("worktree ".length) : null;
  const bare = first.slice(0, 4).includes("bare") || (bareText === "true" && main === null);
  if (bare) return { root: commonDir, commonDir, bare: true };
  return { root: await mainCheckout(folder, commonDir, main ?? dirname(commonDir)), commonDir, bare: false };
}

/** With a separate git dir, the list names that dir: then the checkout is the one whose `.git` leads to it. */
async function mainCheckout(folder: string, commonDir: string, listed: string): Promise<string> {
  const root = await realpath(listed).catch(() => listed);
  if (root !== commonDir && (await stat(join(root, ".git")).catch(() => null)) !== null) return root;
  const top = await spawnGit(["rev-parse", "--path-format=absolute", "--show-toplevel"], { cwd: folder });
  if (top.code !== 0)
    throw new Problem("git", `Rally cannot find the checkout that belongs to ${commonDir}.`);
  return realpath(new TextDecoder().decode(top.stdout).replace(/\n$/, ""));
}

function notARepo(folder: string, stderr: string): Problem {
  const cause = new Error(redact(stderr));
  if (/dubious ownership/.test(stderr)) {
    const hint = `git config --global --add safe.directory ${folder}`;
    return new Problem("git", `${folder} belongs to another user, so git does not trust it.`, {
      hint,
      cause,
    });
  }
  if (/not a git repository/i.test(stderr)) {
    return new Problem("git", `${folder} is not a git repository.`, {
      hint: "git init, or go to a repository",
      cause,
    });
  }
  return new Problem("git", `Rally cannot open ${folder}: ${sentence(stderr)}`, { cause });
}

/** Names and URLs as git will use them (`insteadOf` applied); credentials in them stay: never print them. */
export async function readRemotes(repo: RepoAt): Promise<Repo["remotes"]> {
  const text = await git(mainAt(repo), ["remote", "--verbose"]);
  const remotes: Record<string, { fetch: string; push: string }> = {};
  for (const line of text.split("\n")) {
    const found = /^([^\t]+)\t(.*) \((fetch|push)\)( \[.*\])?$/.exec(line);
    if (found === null) continue;
    const [, name = "", url = "", way] = found;
    const known = remotes[name] ?? { fetch: url, push: url };
    remotes[name] = way === "push" ? { ...known, push: url } : { ...known, fetch: url };
  }
  return remotes;
}

function guessDefault(
  lines: readonly string[],
  remotes: readonly string[],
  branch: string | null,
): string | null {
  const remote = remotes.includes("origin") ? "origin" : remotes[0];
  const head = lines.find((line) => remote !== undefined && line.startsWith(`refs/remotes/${remote}/HEAD `));
  const said = head?.split(" ")[1];
  if (remote !== undefined && said?.startsWith(`refs/remotes/${remote}/`)) {
    return said.slice(`refs/remotes/${remote}/`.length);
  }
  const refs = new Set(lines.map((line) => line.split(" ")[0]));
  for (const name of ["main", "master"]) {
    if (
      refs.has(`refs/heads/${name}`) ||
      (remote !== undefined && refs.has(`refs/remotes/${remote}/${name}`))
    ) {
      return name;
    }
  }
  return branch;
}

/** Keys of the repository's own configuration that Rally does not let run a program. */
export async function ignoredConfig(repo: RepoAt): Promise<readonly string[]> {
  return (await tame(mainAt(repo))).ignored;
}

/** Whether a path is inside a folder, or is it; both as written. */
export function isInside(path: string, folder: string): boolean {
  const full = resolve(path);
  return full === folder || full.startsWith(folder.endsWith("/") ? folder : `${folder}/`);
}
