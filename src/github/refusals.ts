import { Problem } from "../domain/problem.ts";
import { failureOf } from "./failure.ts";
import type { NewPull } from "./github.ts";

/** What GitHub's validation says of a new pull request, in a person's words; any other error as it is. */
export function pullRefusal(error: unknown, repo: string, pull: NewPull): unknown {
  const failure = failureOf(error);
  if (failure?.status !== 422) return error;
  const said = failure.message;
  if (/no commits between/i.test(said))
    return new Problem(
      "conflict",
      `There is nothing to pull: ${pull.head} has no commit that ${pull.base} lacks.`,
      {
        hint: "rally diff shows what there is",
        cause: failure,
      },
    );
  if (/\bhead\b.*\binvalid\b/i.test(said))
    return new Problem("missing", `The branch ${pull.head} is not on GitHub.`, {
      hint: "rally push, then again",
      cause: failure,
    });
  if (/\bbase\b.*\binvalid\b/i.test(said))
    return new Problem("missing", `${repo} has no branch ${pull.base} to pull into.`, {
      hint: "rally config set base <branch>",
      cause: failure,
    });
  if (/draft/i.test(said))
    return new Problem("refused", `${repo} has no draft pull requests.`, {
      hint: "leave --draft out",
      cause: failure,
    });
  return error;
}

/** What GitHub's validation says of a review; any other error as it is. */
export function reviewRefusal(error: unknown, repo: string, number: number, commit: string): unknown {
  const failure = failureOf(error);
  if (failure?.status !== 422) return error;
  if (/commit/i.test(failure.message))
    return new Problem(
      "conflict",
      `${commit.slice(0, 12)} is no longer a commit of pull request #${number} of ${repo}.`,
      { hint: "rally retry, to review what is there now", cause: failure },
    );
  return error;
}
