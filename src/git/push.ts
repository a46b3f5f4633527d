import { Problem } from "../domain/problem.ts";
import { mainAt, type RepoAt } from "./admin.ts";
import { tipOf } from "./base.ts";
import { isOurs } from "./branch.ts";
import { gitResult } from "./git.ts";
import { RECEIVE_PACK, remoteProblem } from "./remote.ts";
import { redact } from "./sentence.ts";

export type PushOptions = {
  readonly branch: string;
  readonly remote: string;
  readonly remoteBranch: string;
  /** What the remote's branch was last seen at (`remoteHead`); null: it must not be there. */
  readonly expected: string | null;
  readonly seconds: number;
};

/**
 * Pushes a branch of Rally's and answers the commit that the remote has now. Commits that were not seen are never
 * overwritten. The repository's hooks do not run: their files can be what an agent wrote (`core.hooksPath` into the
 * tree). Throws `refused` for other branches, `missing` without the branch, `conflict` where the remote's moved,
 * `git` where it refuses, lets nobody in or cannot be reached.
 */
export async function push(repo: RepoAt, options: PushOptions): Promise<string> {
  const { branch, remote, remoteBranch, expected, seconds } = options;
  for (const name of [branch, remoteBranch]) {
    if (!isOurs(name)) {
      throw new Problem("refused", `Rally pushes only branches named rally/…, not ${name}.`, {
        hint: `git push ${remote} ${branch}`,
      });
    }
  }
  const sha = await tipOf(repo, `refs/heads/${branch}`);
  if (sha === null)
    throw new Problem("missing", `There is no branch ${branch} any more.`, { hint: "rally clean" });
  const ref = `refs/heads/${remoteBranch}`;
  const flags = ["--porcelain", "--no-verify", "--no-follow-tags", "--recurse-submodules=no", RECEIVE_PACK];
  // No `+` before the refspec: it would cancel the check of what was seen.
  const args = [
    "push",
    ...flags,
    `--force-with-lease=${ref}:${expected ?? ""}`,
    "--",
    remote,
    `${sha}:${ref}`,
  ];
  const result = await gitResult(mainAt(repo), args, { reach: "remote", seconds, effect: "push" });
  if (result.code === 0) return sha;
  const row = /^!\t[^\t]*\t(.*)$/m.exec(result.stdout)?.[1] ?? "";
  if (row === "") throw remoteProblem(remote, result, seconds);
  throw rejected(row, options, result.stderr);
}

function rejected(row: string, options: PushOptions, stderr: string): Problem {
  const { branch, remote, remoteBranch } = options;
  const cause = new Error(redact(`${row}\n${stderr}`).slice(0, 4000));
  if (/stale info|non-fast-forward|fetch first|already exists|needs force/.test(row)) {
    return new Problem(
      "conflict",
      `${remote} has commits on ${remoteBranch} that Rally has not seen; nothing was pushed.`,
      {
        hint: `git fetch ${remote} ${remoteBranch}, look at them, then rally push again`,
        cause,
      },
    );
  }
  const said = redact(stderr)
    .split("\n")
    .map((line) => /^remote: (?:error: |fatal: )?(.*\S)\s*$/.exec(line)?.[1])
    .find((line) => line !== undefined && /[a-z]{3}/i.test(line));
  const why = said ?? row.replace(/^\[(remote )?rejected\] /, "");
  return new Problem("git", `${remote} refused ${branch}: ${why}`, { cause });
}
