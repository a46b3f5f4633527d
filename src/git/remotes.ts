import { mkdir, readdir, rename, rm, rmdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { passing } from "../boundary.ts";
import { Problem } from "../domain/problem.ts";
import { mainAt, type RepoAt } from "./admin.ts";
import { git } from "./git.ts";
import { remoteProblem, UPLOAD_PACK } from "./remote.ts";
import { readRemotes } from "./repo.ts";
import { redact } from "./sentence.ts";
import { spawnGit } from "./spawn.ts";
import { ownName, sweepAbandoned } from "./temporary.ts";

export type Coordinates = {
  readonly host: string;
  /** `owner/name`, as it is spelled there. */
  readonly repo: string;
};

/** Host and `owner/name` of a remote's URL (https, ssh, git, `user@host:path`); null for anything else. */
export function parseRemote(url: string): Coordinates | null {
  const text = url.trim();
  const full = /^(?:https?|ssh|git|git\+ssh|git\+https):\/\/(?:[^/@]*@)?([^/:@]+)(?::\d+)?\/(.*)$/i.exec(
    text,
  );
  const short = /^(?:[^/@:\s]+@)?([^/:@\s]+):(?!\/\/)(.*)$/.exec(text);
  const found = full ?? short;
  if (found === null) return null;
  const path = (found[2] ?? "")
    .replace(/^\/+/, "")
    .replace(/\/+$/, "")
    .replace(/\.git$/i, "");
  const parts = path.split("/");
  const [owner = "", name = ""] = parts;
  if (parts.length !== 2 || !/^[A-Za-z0-9][\w.-]*$/.test(owner)) return null;
  if (!/^[\w.-]+$/.test(name) || name === "." || name === "..") return null;
  return { host: plainHost(found[1] ?? ""), repo: `${owner}/${name}` };
}

/** GitHub's other names, and the aliases that people with two accounts give it in their SSH configuration. */
function plainHost(host: string): string {
  const lower = host.toLowerCase();
  return /^((www|ssh)\.)?github\.com(-.+)?$/.test(lower) ? "github.com" : lower;
}

/** A clone at `path`, whole or not at all. Throws `conflict` where something is, `usage` for a URL that runs programs. */
export async function cloneRepo(
  url: string,
  path: string,
  options: { readonly seconds: number },
): Promise<void> {
  checkUrl(url);
  if ((await readdir(path).catch(() => [])).length > 0) {
    throw new Problem("conflict", `${path} exists already and is not empty.`, {
      hint: `rally onboard ${path}`,
    });
  }
  await mkdir(dirname(path), { recursive: true });
  const prefix = `${basename(path)}.part-`;
  await sweepAbandoned(dirname(path), prefix);
  const part = join(dirname(path), ownName(prefix));
  const args = ["clone", "--quiet", "--no-recurse-submodules", UPLOAD_PACK, "--", url, part];
  try {
    const result = await spawnGit(args, {
      cwd: dirname(path),
      reach: "remote",
      seconds: options.seconds,
      effect: "clone",
    });
    if (result.code !== 0) throw remoteProblem(url, result, options.seconds);
    await rmdir(path).catch(() => undefined);
    await passing("file", "clone-move", () => rename(part, path));
  } finally {
    await rm(part, { recursive: true, force: true });
  }
}

/** A remote of that name and URL is there afterwards. Throws `conflict` where the name has another URL. */
export async function addRemote(repo: RepoAt, name: string, url: string): Promise<void> {
  checkUrl(url);
  const known = (await readRemotes(repo))[name];
  if (known?.fetch === url) return;
  if (known !== undefined) {
    throw new Problem("conflict", `The remote ${name} is there already, for ${redact(known.fetch)}.`, {
      hint: `git -C ${repo.root} remote -v`,
    });
  }
  await git(mainAt(repo), ["remote", "add", "--", name, url], { effect: "remote-add" });
}

/**
 * The remotes of a repository that is worked on through a fork: what there is is used under its own name, what is
 * missing is added; nothing is renamed or given another URL.
 */
export async function setUpstreamRemotes(
  repo: RepoAt,
  urls: { readonly upstream: string; readonly fork: string },
): Promise<{ readonly remote: string; readonly pushRemote: string }> {
  const remote = await remoteFor(repo, urls.upstream, ["upstream", "rally-upstream"]);
  const pushRemote = await remoteFor(repo, urls.fork, ["origin", "fork", "rally-fork"]);
  return { remote, pushRemote };
}

async function remoteFor(repo: RepoAt, url: string, names: readonly string[]): Promise<string> {
  const remotes = await readRemotes(repo);
  const wanted = parseRemote(url);
  const found = Object.entries(remotes).find(
    ([, one]) => one.fetch === url || isSame(parseRemote(one.fetch), wanted),
  );
  if (found !== undefined) return found[0];
  const free = names.find((name) => remotes[name] === undefined);
  if (free === undefined) {
    throw new Problem("conflict", `The remotes ${names.join(", ")} are all in use.`, {
      hint: `git -C ${repo.root} remote add <name> ${redact(url)}`,
    });
  }
  await addRemote(repo, free, url);
  return free;
}

function isSame(a: Coordinates | null, b: Coordinates | null): boolean {
  return a !== null && b !== null && a.host === b.host && a.repo.toLowerCase() === b.repo.toLowerCase();
}

function checkUrl(url: string): void {
  if (url.startsWith("-") || /^[a-z0-9+.-]+::/i.test(url) || /[\p{Cc}]/u.test(url)) {
    throw new Problem("usage", `"${redact(url)}" is no URL that Rally clones.`, {
      hint: "https://…, ssh://…, user@host:owner/name, or a path",
    });
  }
}
