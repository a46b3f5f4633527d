import type { Client } from "./client.ts";
import { failureOf } from "./failure.ts";
import type { GitHub, Issue, Item } from "./github.ts";
import { CACHED_HEADER } from "./http.ts";
import { numbered, split } from "./names.ts";
import { overall } from "./ours.ts";
import { deleted, missing, moved, noCommit, notAPull } from "./problems.ts";
import * as shape from "./shape.ts";

const PAGE = 100;
/** No list is read further than this: 1,000 entries. */
const MAX_PAGES = 10;

type Reads = Omit<GitHub, "createPull" | "createReview" | "reviewComments" | "budget">;

/** What is read, one method of the port each. */
export function reads(client: Client): Reads {
  const { octokit, attempt } = client;
  return {
    viewer: () =>
      attempt({ repo: null, thing: "your account" }, async () => {
        const { data } = await octokit.request("GET /user");
        return { login: data.login };
      }),
    isMember: (organisation) => isMember(client, organisation),
    repo: async (name) => {
      const at = split(name);
      return await attempt({ repo: name, thing: name }, async () =>
        shape.repoOf((await octokit.request("GET /repos/{owner}/{repo}", at)).data),
      );
    },
    issue: (repo, number) => single(client, "issue", repo, number, () => readIssue(client, repo, number)),
    comments: (repo, number) =>
      single(client, "issue", repo, number, async () => {
        const params = { ...split(repo), issue_number: numbered(number), per_page: PAGE };
        const route = "GET /repos/{owner}/{repo}/issues/{issue_number}/comments";
        return (await all(client, octokit.paginate.iterator(route, params))).map(shape.commentOf);
      }),
    pull: (repo, number) =>
      single(client, "pull request", repo, number, async () => {
        const params = { ...split(repo), pull_number: numbered(number) };
        return shape.pullOf(
          (await octokit.request("GET /repos/{owner}/{repo}/pulls/{pull_number}", params)).data,
        );
      }),
    files: (repo, number) =>
      single(client, "pull request", repo, number, async () => {
        const params = { ...split(repo), pull_number: numbered(number), per_page: PAGE };
        const route = "GET /repos/{owner}/{repo}/pulls/{pull_number}/files";
        return (await all(client, octokit.paginate.iterator(route, params))).map(shape.fileOf);
      }),
    reviews: (repo, number) =>
      single(client, "pull request", repo, number, async () => {
        const params = { ...split(repo), pull_number: numbered(number), per_page: PAGE };
        const route = "GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews";
        const data = await all(client, octokit.paginate.iterator(route, params));
        return data.map(shape.reviewOf).filter((review) => review !== null);
      }),
    checks: (repo, sha) => checks(client, repo, sha),
    open: (repo) =>
      attempt({ repo, thing: repo }, async () => {
        const params = { ...split(repo), ...NEWEST, state: "open" as const };
        return (await octokit.request("GET /repos/{owner}/{repo}/issues", params)).data.map(shape.itemOf);
      }),
    changed: (repo, since) => changed(client, repo, since),
    pullsOf: (repo, owner, branch) => pullsOf(client, repo, owner, branch),
  };
}

/** A whole list, as far as `MAX_PAGES`; one that is longer is cut, and the log says so. */
export async function all<T>(
  client: Pick<Client, "log">,
  pages: AsyncIterable<{ readonly data: T[]; readonly url: string }>,
): Promise<T[]> {
  const found: T[] = [];
  let read = 0;
  for await (const page of pages) {
    found.push(...page.data);
    read += 1;
    if (read === MAX_PAGES && page.data.length === PAGE) {
      client.log.warn("github_list_cut", { path: new URL(page.url).pathname, after: found.length });
      break;
    }
  }
  return found;
}

/**
 * Runs requests about one issue or pull request. "Not found" is then asked about once more, because GitHub says the
 * same for a number that does not exist, for the other kind, and for a repository that one may not see.
 */
export async function single<T>(
  client: Client,
  kind: "issue" | "pull request",
  repo: string,
  number: number,
  requests: () => Promise<T>,
): Promise<T> {
  const thing = `${kind} #${numbered(number)} of ${repo}`;
  try {
    return await client.attempt({ repo, thing }, requests);
  } catch (error) {
    const failure = failureOf(error);
    if (failure?.kind === "gone" && failure.status === 410) throw deleted(kind, repo, number);
    if (failure?.kind !== "not_found" || failure.status !== 404) throw error;
    await client.attempt({ repo, thing: repo }, () =>
      client.octokit.request("GET /repos/{owner}/{repo}", split(repo)),
    );
    throw kind === "issue" ? missing(kind, repo, number) : await whyNoPull(client, repo, number);
  }
}

async function whyNoPull(client: Client, repo: string, number: number): Promise<unknown> {
  try {
    const thing = `issue #${number} of ${repo}`;
    const issue = await client.attempt({ repo, thing }, () => readIssue(client, repo, number));
    return issue.isPull ? missing("pull request", repo, number) : notAPull(repo, number);
  } catch (error) {
    const kind = failureOf(error)?.kind;
    return kind === "not_found" || kind === "gone" ? missing("pull request", repo, number) : error;
  }
}

async function readIssue(client: Client, repo: string, number: number): Promise<Issue> {
  const params = { ...split(repo), issue_number: numbered(number) };
  const { data } = await client.octokit.request("GET /repos/{owner}/{repo}/issues/{issue_number}", params);
  // GitHub follows a transferred issue by itself; it is then another one, of another repository.
  if (data.number !== number) throw moved(repo, number, data.html_url);
  return shape.issueOf(data);
}

/** Asks about the viewer's own membership, which GitHub refuses (403) where the token may not know it. */
async function isMember(client: Client, organisation: string): Promise<boolean> {
  const thing = `your membership of ${organisation}`;
  try {
    return await client.attempt({ repo: null, thing }, async () => {
      const route = "GET /user/memberships/orgs/{org}";
      return (await client.octokit.request(route, { org: organisation })).data.state === "active";
    });
  } catch (error) {
    if (failureOf(error)?.kind === "not_found" && client.hasToken) return false;
    throw error;
  }
}

/** Check runs and the older statuses together, of one commit. */
async function checks(client: Client, repo: string, sha: string): ReturnType<GitHub["checks"]> {
  const params = { ...split(repo), ref: sha, per_page: PAGE };
  const { octokit } = client;
  const runsRoute = "GET /repos/{owner}/{repo}/commits/{ref}/check-runs";
  const statusRoute = "GET /repos/{owner}/{repo}/commits/{ref}/status";
  try {
    return await client.attempt({ repo, thing: `the checks of ${sha.slice(0, 12)} in ${repo}` }, async () => {
      const [runs, statuses] = await Promise.all([
        all(client, octokit.paginate.iterator(runsRoute, params)),
        octokit.request(statusRoute, params),
      ]);
      const each = [...runs.map(shape.checkOfRun), ...statuses.data.statuses.map(shape.checkOfStatus)];
      return { overall: overall(each), each };
    });
  } catch (error) {
    throw failureOf(error)?.status === 422 ? noCommit(repo, sha) : error;
  }
}

const NEWEST = { sort: "updated", direction: "desc", per_page: PAGE } as const;

async function changed(client: Client, repo: string, since: string | null): Promise<Item[]> {
  const params = { ...split(repo), state: "all" as const, ...NEWEST };
  return await client.attempt({ repo, thing: repo }, async () => {
    const found = new Map<number, Item>();
    let pages = 0;
    const route = "GET /repos/{owner}/{repo}/issues";
    for await (const page of client.octokit.paginate.iterator(route, params)) {
      const known = (page.headers as Record<string, unknown>)[CACHED_HEADER] !== undefined;
      const items = page.data.map(shape.itemOf);
      // Whole seconds: in a fresh page one of the same second as `since` may be newer; in a known page it is not.
      const news = items.filter(
        (item) => since === null || (known ? item.updatedAt > since : item.updatedAt >= since),
      );
      for (const item of news) if (!found.has(item.number)) found.set(item.number, item);
      pages += 1;
      if (since === null || news.length < items.length) break;
      if (pages === MAX_PAGES) {
        client.log.warn("github_list_cut", { repo, since, after: found.size });
        break;
      }
    }
    return [...found.values()];
  });
}

async function pullsOf(
  client: Client,
  repo: string,
  owner: string,
  branch: string,
): ReturnType<GitHub["pullsOf"]> {
  const params = { ...split(repo), state: "all", head: `${owner}:${branch}` } as const;
  return await client.attempt({ repo, thing: repo }, async () => {
    const { data } = await client.octokit.request("GET /repos/{owner}/{repo}/pulls", {
      ...params,
      sort: "created",
      direction: "desc",
      per_page: PAGE,
    });
    // GitHub leaves the filter out when it does not understand it.
    return data.filter((pull) => shape.isHead(pull, owner, branch)).map(shape.pullOf);
  });
}
