import { Problem } from "../domain/problem.ts";
import type { RepoAt } from "./admin.ts";
import { fetchRef, tipOf } from "./base.ts";
import { remoteProblem, trouble } from "./remote.ts";

/**
 * The head of a pull request, fetched into `refs/rally/pull/<n>` (no branch is touched). Throws `missing` where the
 * remote has no such pull request, `git` where it cannot be reached.
 */
export async function fetchPull(
  repo: RepoAt,
  options: { readonly remote: string; readonly number: number; readonly seconds: number },
): Promise<string> {
  const { remote, number, seconds } = options;
  const ref = `refs/rally/pull/${number}`;
  const result = await fetchRef(repo, remote, `+refs/pull/${number}/head:${ref}`, seconds);
  if (result.code !== 0) {
    const problem = remoteProblem(remote, result, seconds);
    if (trouble(result) !== "no_ref") throw problem;
    throw new Problem("missing", `${remote} has no pull request #${number}.`, { cause: problem });
  }
  const sha = await tipOf(repo, ref);
  if (sha === null) throw new Problem("git", `The head of pull request #${number} did not arrive.`);
  return sha;
}
