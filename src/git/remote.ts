import { Problem } from "../domain/problem.ts";
import { mainAt, type RepoAt } from "./admin.ts";
import { gitResult } from "./git.ts";
import { redact, sentence } from "./sentence.ts";
import type { GitResult } from "./spawn.ts";

/** The programs on the other side are git's own, whatever `remote.*.uploadpack` says. */
export const UPLOAD_PACK = "--upload-pack=git-upload-pack";
export const RECEIVE_PACK = "--receive-pack=git-receive-pack";

export type Trouble = "auth" | "unreachable" | "timeout" | "no_repo" | "no_ref" | "other";

/** Why a remote said no, as git's words tell it. */
export function trouble(result: Omit<GitResult, "stdout">): Trouble {
  const text = result.stderr;
  if (result.timedOut) return "timeout";
  if (/couldn't find remote ref/i.test(text)) return "no_ref";
  if (
    /Permission denied|Authentication failed|could not read (Username|Password)|terminal prompts disabled|HTTP 40[13]|returned error: 40[13]|Host key verification failed|access denied|invalid credentials|denied to /i.test(
      text,
    )
  ) {
    return "auth";
  }
  if (
    /repository .*(not found|does not exist)|does not appear to be a git repository|not found$|returned error: 404/im.test(
      text,
    )
  ) {
    return "no_repo";
  }
  if (
    /Could not resolve|unable to access|Connection (refused|timed out|reset|closed)|Network is unreachable|Operation timed out|unable to connect|No route to host|hung up unexpectedly|early EOF|Could not read from remote/i.test(
      text,
    )
  ) {
    return "unreachable";
  }
  return "other";
}

/** One sentence for each kind, so that a person knows what to do. */
export function remoteProblem(remote: string, result: Omit<GitResult, "stdout">, seconds: number): Problem {
  const name = redact(remote);
  const cause = new Error(redact(result.stderr).slice(0, 4000));
  switch (trouble(result)) {
    case "timeout":
      return new Problem("git", `${name} did not answer within ${seconds} s.`, { cause });
    case "auth": {
      const hint = `git ls-remote ${name}: shows what git asks for`;
      return new Problem("git", `${name} does not let you in: ${sentence(result.stderr)}`, { hint, cause });
    }
    case "no_repo":
      // A word is the name of a remote: git takes it for a folder where there is none of that name.
      if (/^[\w-]+$/.test(remote) && result.stderr.includes(`'${remote}' does not appear to be`))
        return new Problem("missing", `The repository has no remote named ${name}, or it leads nowhere.`, {
          hint: `git remote -v shows what there is; git remote add ${name} <url> puts it back`,
          cause,
        });
      return new Problem("git", `There is no repository at ${name}, or you may not see it.`, {
        hint: "git remote -v",
        cause,
      });
    case "unreachable":
      return new Problem("git", `${name} cannot be reached: ${sentence(result.stderr)}`, { cause });
    default:
      return new Problem("git", `${name} refused: ${sentence(result.stderr)}`, { cause });
  }
}

/** Refs of a remote by pattern, full name → commit. Throws Problem `git`; `seconds` at most. */
export async function lsRemote(
  repo: RepoAt,
  remote: string,
  patterns: readonly string[],
  seconds: number,
): Promise<Map<string, string>> {
  const args = ["ls-remote", "--quiet", UPLOAD_PACK, "--", remote, ...patterns];
  const result = await gitResult(mainAt(repo), args, { reach: "remote", seconds });
  if (result.code !== 0) throw remoteProblem(remote, result, seconds);
  const refs = new Map<string, string>();
  for (const line of result.stdout.split("\n")) {
    const [sha, ref] = line.split("\t");
    if (sha !== undefined && ref !== undefined) refs.set(ref, sha);
  }
  return refs;
}

/** The commit of a branch on a remote now; null where it has none of that name. */
export async function remoteHead(
  repo: RepoAt,
  remote: string,
  branch: string,
  options: { readonly seconds?: number } = {},
): Promise<string | null> {
  const ref = `refs/heads/${branch}`;
  return (await lsRemote(repo, remote, [ref], options.seconds ?? 15)).get(ref) ?? null;
}
