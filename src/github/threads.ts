import type { ReviewComment } from "../domain/written.ts";
import type { Client } from "./client.ts";
import { numbered, split } from "./names.ts";
import { all, single } from "./reads.ts";
import { reviewCommentOf } from "./shape.ts";

const MAX_PAGES = 10;

const THREADS = `query ($owner: String!, $repo: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $repo) {
    pullRequest(number: $number) {
      reviewThreads(first: 100, after: $after) {
        pageInfo { hasNextPage endCursor }
        nodes { isResolved comments(first: 1) { nodes { fullDatabaseId } } }
      }
    }
  }
}`;

type Page = {
  readonly repository: {
    readonly pullRequest: {
      readonly reviewThreads: {
        readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
        readonly nodes: readonly {
          readonly isResolved: boolean;
          readonly comments: { readonly nodes: readonly { readonly fullDatabaseId: string | number }[] };
        }[];
      };
    } | null;
  } | null;
};

/**
 * The comments of a pull request's review threads. REST does not tell whether a thread is resolved, so GraphQL is
 * asked for that alone; where it is out of reach, every thread counts as open: a person may see too many, never too few.
 */
export async function reviewComments(client: Client, repo: string, number: number): Promise<ReviewComment[]> {
  return await single(client, "pull request", repo, number, async () => {
    const params = { ...split(repo), pull_number: numbered(number), per_page: 100 };
    const route = "GET /repos/{owner}/{repo}/pulls/{pull_number}/comments";
    const data = await all(client, client.octokit.paginate.iterator(route, params));
    const resolved = data.length === 0 ? new Set<string>() : await resolvedThreads(client, repo, number);
    return data.map((comment) =>
      reviewCommentOf(comment, resolved.has(String(comment.in_reply_to_id ?? comment.id))),
    );
  });
}

/** The ids of the first comments of the threads that are resolved. */
async function resolvedThreads(client: Client, repo: string, number: number): Promise<ReadonlySet<string>> {
  const resolved = new Set<string>();
  if (!client.hasToken) return resolved;
  try {
    let after: string | null = null;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const answer: Page = await client.octokit.graphql<Page>(THREADS, { ...split(repo), number, after });
      const threads = answer.repository?.pullRequest?.reviewThreads;
      for (const thread of threads?.nodes ?? []) {
        const first = thread.comments.nodes[0];
        if (thread.isResolved && first) resolved.add(String(first.fullDatabaseId));
      }
      if (!threads?.pageInfo.hasNextPage) break;
      after = threads.pageInfo.endCursor;
    }
  } catch (error) {
    client.log.warn("github_threads_unknown", {
      repo,
      number,
      error: error instanceof Error ? error.name : "",
    });
  }
  return resolved;
}
