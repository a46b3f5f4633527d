import { Problem } from "../domain/problem.ts";
import type { RepoAt } from "./admin.ts";
import { lsRemote } from "./remote.ts";

const OURS = "refs/heads/rally/*";
/** What was asked ahead is believed for as long; asking at the last moment would not rule out others' pushes either. */
const FRESH_MS = 5_000;

const ahead = new Map<string, Promise<readonly string[]>>();

/** Begins to ask which branches of Rally's a remote has, while there are other things to do. */
export function askAhead(repo: RepoAt, remote: string, seconds: number): void {
  const names = namesLike(repo, remote, [OURS], seconds);
  // Whoever needs them is told what went wrong; where nobody does, nothing did.
  names.catch(() => undefined);
  const at = key(repo, remote);
  ahead.set(at, names);
  const forget = () => {
    if (ahead.get(at) === names) ahead.delete(at);
  };
  setTimeout(forget, FRESH_MS).unref();
}

/**
 * Names on the remote that are `wanted`, or begin like it; those asked for ahead may be more. It is asked for `seconds`
 * at most; out of reach is no failure.
 */
export function remoteNames(
  repo: RepoAt,
  remote: string,
  wanted: string,
  seconds: number,
): Promise<readonly string[]> {
  const known = ahead.get(key(repo, remote));
  if (known && wanted.startsWith("rally/")) return known;
  const patterns = [`refs/heads/${wanted}`, `refs/heads/${wanted}-*`, `refs/heads/${wanted}/*`];
  return namesLike(repo, remote, patterns, seconds);
}

async function namesLike(
  repo: RepoAt,
  remote: string,
  patterns: readonly string[],
  seconds: number,
): Promise<readonly string[]> {
  try {
    const refs = await lsRemote(repo, remote, patterns, seconds);
    return [...refs.keys()].map((ref) => ref.slice("refs/heads/".length));
  } catch (error) {
    if (error instanceof Problem) return [];
    throw error;
  }
}

function key(repo: RepoAt, remote: string): string {
  return `${repo.commonDir}\0${remote}`;
}
