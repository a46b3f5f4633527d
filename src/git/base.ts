import { Problem } from "../domain/problem.ts";
import { mainAt, type RepoAt } from "./admin.ts";
import { git, gitResult } from "./git.ts";
import { isBranchName } from "./names.ts";
import { nearest } from "./nearest.ts";
import { remoteProblem, trouble, UPLOAD_PACK } from "./remote.ts";
import type { Repo } from "./repo.ts";
import type { GitResult } from "./spawn.ts";

export type Base = {
  /** `origin/main`, or a local branch. */
  readonly name: string;
  readonly sha: string;
  /** What a person should know: the remote could not be asked, so that the base may be old. */
  readonly warning: string | null;
};

/**
 * The commit that work starts from. With a remote, exactly its branch is fetched, for `fetchSeconds` at most; where
 * that fails, the branch as last seen is used, with a warning. Throws Problem `git` (no commits, nothing ever
 * fetched), `missing` (no such branch; the hint names near ones).
 */
export async function resolveBase(
  repo: Repo,
  options: { readonly remote: string | null; readonly base: string | null; readonly fetchSeconds: number },
): Promise<Base> {
  const { remote } = options;
  if (remote === null) return localBase(repo, options.base);
  if (repo.remotes[remote] === undefined) {
    const hint = `put it back (git -C ${repo.root} remote add ${remote} <url>), or rally onboard ${repo.root} without it`;
    throw new Problem("missing", `${repo.root} has no remote named ${remote}.`, { hint });
  }
  const branch = await branchOf(repo, remote, options.base, options.fetchSeconds);
  const tracking = `refs/remotes/${remote}/${branch}`;
  const name = `${remote}/${branch}`;
  const fetched = await fetchOnce(repo, remote, `+refs/heads/${branch}:${tracking}`, options.fetchSeconds);
  const sha = await tipOf(repo, tracking);
  if (fetched.code === 0 && sha !== null) return { name, sha, warning: null };
  if (trouble(fetched) === "no_ref") throw await unknownBase(repo, `refs/remotes/${remote}/`, branch);
  const problem = remoteProblem(remote, fetched, options.fetchSeconds);
  if (sha === null) throw problem;
  // Somebody else fetched the same branch at the same moment: theirs is as fresh as ours.
  if (/cannot lock ref/.test(fetched.stderr)) return { name, sha, warning: null };
  return { name, sha, warning: `${problem.message} Using ${name} as last fetched (${sha.slice(0, 8)}).` };
}

async function localBase(repo: Repo, wanted: string | null): Promise<Base> {
  if (repo.empty) throw noCommits(repo);
  const name = wanted ?? repo.branch ?? repo.defaultBranchGuess;
  if (name === null) {
    throw new Problem("missing", `${repo.root} is on no branch.`, { hint: "name one with --base" });
  }
  const sha = isBranchName(name) ? await tipOf(repo, `refs/heads/${name}`) : null;
  if (sha === null) throw await unknownBase(repo, "refs/heads/", name);
  return { name, sha, warning: null };
}

/** `origin/main` is understood as well as `main`; without a word, the remote's default branch. */
async function branchOf(repo: Repo, remote: string, base: string | null, seconds: number): Promise<string> {
  if (base !== null) {
    const plain = base.startsWith("refs/heads/") ? base.slice("refs/heads/".length) : base;
    const branch = plain.startsWith(`${remote}/`) ? plain.slice(remote.length + 1) : plain;
    if (!isBranchName(branch)) throw await unknownBase(repo, `refs/remotes/${remote}/`, base);
    return branch;
  }
  const head = await gitResult(mainAt(repo), ["symbolic-ref", "--quiet", `refs/remotes/${remote}/HEAD`]);
  const prefix = `refs/remotes/${remote}/`;
  const said = head.stdout.trim();
  if (head.code === 0 && said.startsWith(prefix)) return said.slice(prefix.length);
  const args = ["ls-remote", "--symref", UPLOAD_PACK, "--", remote, "HEAD"];
  const asked = await gitResult(mainAt(repo), args, { reach: "remote", seconds });
  const found = /^ref: refs\/heads\/(\S+)\tHEAD$/m.exec(asked.stdout)?.[1];
  if (found !== undefined) return found;
  if (asked.code === 0) throw noCommits(repo);
  if (repo.defaultBranchGuess === null) throw remoteProblem(remote, asked, seconds);
  return repo.defaultBranchGuess;
}

const running = new Map<string, Promise<GitResult>>();

/** Several dispatches at once need the same branch: one process fetches it for all. */
function fetchOnce(repo: Repo, remote: string, refspec: string, seconds: number): Promise<GitResult> {
  const key = `${repo.commonDir}\0${remote}\0${refspec}`;
  const known = running.get(key);
  if (known !== undefined) return known;
  const next = fetchRef(repo, remote, refspec, seconds).finally(() => running.delete(key));
  running.set(key, next);
  return next;
}

/** Fetches one ref and nothing else: no tags, no submodules, no FETCH_HEAD of the user's overwritten. */
export function fetchRef(repo: RepoAt, remote: string, refspec: string, seconds: number): Promise<GitResult> {
  const args = [
    "fetch",
    "--quiet",
    "--no-tags",
    "--no-write-fetch-head",
    "--no-recurse-submodules",
    UPLOAD_PACK,
  ];
  return gitResult(mainAt(repo), [...args, "--", remote, refspec], {
    reach: "remote",
    seconds,
    effect: "fetch",
  });
}

/** The commit of a full ref name; null where there is none. */
export async function tipOf(repo: RepoAt, ref: string): Promise<string | null> {
  const result = await gitResult(mainAt(repo), ["rev-parse", "--quiet", "--verify", `${ref}^{commit}`]);
  return result.code === 0 ? result.stdout.trim() : null;
}

function noCommits(repo: Repo): Problem {
  const hint = "git commit something first";
  return new Problem("git", `${repo.root} has no commits yet, so there is nothing to start from.`, { hint });
}

async function unknownBase(repo: Repo, prefix: string, wanted: string): Promise<Problem> {
  const text = await git(mainAt(repo), ["for-each-ref", "--format=%(refname)", prefix.replace(/\/$/, "")]);
  const names = text.split("\n").flatMap((ref) => (ref.startsWith(prefix) ? [ref.slice(prefix.length)] : []));
  const near = nearest(
    wanted,
    names.filter((name) => name !== "HEAD"),
  );
  const where = prefix === "refs/heads/" ? "here" : `on ${prefix.slice("refs/remotes/".length, -1)}`;
  return new Problem("missing", `There is no branch ${wanted} ${where}.`, {
    hint: near.length === 0 ? "git branch --all" : `there are: ${near.join(", ")}`,
  });
}
