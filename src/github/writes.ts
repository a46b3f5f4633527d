import { passing } from "../boundary.ts";
import { Problem } from "../domain/problem.ts";
import type { Client } from "./client.ts";
import { failureOf, isLostAnswer } from "./failure.ts";
import type { GitHub, NewPull, Pull } from "./github.ts";
import { headOf, numbered, split } from "./names.ts";
import { all } from "./reads.ts";
import { pullRefusal, reviewRefusal } from "./refusals.ts";
import { pullOf } from "./shape.ts";

/** A write is sent once: what may have been lost is looked for, never repeated. */
const ONCE = { retries: 0 } as const;

/**
 * Opens a pull request, or returns the open one of the same head and base: the one that GitHub says is there already,
 * or the one that was opened by a request whose answer was lost. Throws `conflict` where there is nothing to pull, and
 * `missing` where the branch is not on GitHub.
 */
export async function createPull(
  client: Client,
  read: Pick<GitHub, "pullsOf" | "repo">,
  repo: string,
  pull: NewPull,
): Promise<Pull> {
  const subject = { repo, thing: repo, write: `open a pull request in ${repo}` };
  const route = "POST /repos/{owner}/{repo}/pulls";
  try {
    return await passing("github", "create-pull", () =>
      client.attempt(subject, async () =>
        pullOf((await client.octokit.request(route, { ...split(repo), ...pull, request: ONCE })).data),
      ),
    );
  } catch (error) {
    const failure = failureOf(error);
    // GitHub says "not found" to whoever may not write; only whoever cannot read either is told so here.
    if (failure?.status === 404) await read.repo(repo);
    const exists = failure?.status === 422 && /already exists/i.test(failure.message);
    if (!exists && !isLostAnswer(error)) throw pullRefusal(error, repo, pull);
    const found = await lookedFor(client, () => existing(read.pullsOf, repo, pull));
    if (found) return found;
    throw error;
  }
}

/** The first failure is the one to tell; when looking fails too, the log says so. */
async function lookedFor<T>(client: Client, look: () => Promise<T | null>): Promise<T | null> {
  try {
    return await look();
  } catch (error) {
    client.log.warn("github_write_unknown", { error: error instanceof Error ? error.message : "" });
    return null;
  }
}

async function existing(pullsOf: GitHub["pullsOf"], repo: string, pull: NewPull): Promise<Pull | null> {
  const { owner, branch } = headOf(repo, pull.head);
  const pulls = await pullsOf(repo, owner, branch);
  return pulls.find((one) => one.state === "open" && one.base.ref === pull.base) ?? null;
}

/** One COMMENT review, bound to the commit; one whose answer was lost is looked for by its text and commit. */
export async function createReview(
  client: Client,
  read: Pick<GitHub, "pull">,
  repo: string,
  number: number,
  review: { readonly body: string; readonly commit: string },
): Promise<{ readonly url: string }> {
  if (review.body.trim() === "")
    throw new Problem("usage", "There is nothing to post: the review is empty.", {
      hint: "rally review --edit",
    });
  const at = { ...split(repo), pull_number: numbered(number) };
  const thing = `pull request #${number} of ${repo}`;
  const subject = { repo, thing, write: `review ${thing}` };
  const route = "POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews";
  const body = { body: review.body, commit_id: review.commit, event: "COMMENT" } as const;
  try {
    return await passing("github", "create-review", () =>
      client.attempt(subject, async () => ({
        url: (await client.octokit.request(route, { ...at, ...body, request: ONCE })).data.html_url,
      })),
    );
  } catch (error) {
    if (failureOf(error)?.status === 404) await read.pull(repo, number);
    if (!isLostAnswer(error)) throw reviewRefusal(error, repo, number, review.commit);
    const url = await lookedFor(client, () => posted(client, at, review));
    if (url) return { url };
    throw error;
  }
}

async function posted(
  client: Client,
  at: { readonly owner: string; readonly repo: string; readonly pull_number: number },
  review: { readonly body: string; readonly commit: string },
): Promise<string | null> {
  const { octokit } = client;
  const me = (await octokit.request("GET /user")).data.login;
  const route = "GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews";
  const reviews = await all(client, octokit.paginate.iterator(route, { ...at, per_page: 100 }));
  const mine = reviews.findLast(
    (one) =>
      one.user?.login === me && one.commit_id === review.commit && one.body.trim() === review.body.trim(),
  );
  return mine?.html_url ?? null;
}
