import type { Association } from "../../domain/written.ts";
import type { Answer } from "../answer.ts";
import { REASON_HEADER, UNREACHABLE } from "../answer.ts";
import type { NewPull } from "../github.ts";
import { iso, type RepoState, type State, type Thread, type Weather } from "./state.ts";

/** GitHub says no: status, words and headers as it would send them. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  constructor(readonly answer: Answer) {
    super(answer.message);
  }
}

export function refuse(status: number, message: string, headers: Answer["headers"] = {}): Refusal {
  return new Refusal({ status, message, headers });
}

/** What the weather does to every request. `nowMs` dates the end of a limit. */
export function assertWeather(weather: Weather, nowMs: number): void {
  const resetAt = String(Math.floor(nowMs / 1000) + 1_380);
  switch (weather) {
    case "fine":
      return;
    case "offline":
      throw refuse(UNREACHABLE, "", { [REASON_HEADER]: "the connection was cut" });
    case "trouble":
      throw refuse(502, "Server Error");
    case "limited":
      throw refuse(403, "API rate limit exceeded for user ID 1.", {
        "x-ratelimit-limit": "5000",
        "x-ratelimit-remaining": "0",
        "x-ratelimit-reset": resetAt,
      });
    case "secondary":
      throw refuse(403, "You have exceeded a secondary rate limit. Please wait a few minutes.", {
        "retry-after": "60",
      });
    case "bad_token":
      throw refuse(401, "Bad credentials");
  }
}

/** The repository, if the viewer may do that in it. Names match without regard to case, as on GitHub. */
export function repoFor(state: State, name: string, need: "read" | "write"): RepoState {
  const repo = state.repos.find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (!repo || repo.access === "none") throw refuse(404, "Not Found");
  if (repo.access === "forbidden") throw refuse(403, "Resource not accessible by personal access token");
  if (repo.access === "saml")
    throw refuse(403, "Resource protected by organization SAML enforcement.", {
      "x-github-sso": `required; url=https://github.com/orgs/${ownerOf(repo.name)}/sso?authorization_request=A1`,
    });
  if (need === "write" && repo.access === "read")
    throw refuse(403, "Resource not accessible by personal access token", {
      "x-accepted-github-permissions": "pull_requests=write",
    });
  return repo;
}

/** The issue or pull request. A deleted one is gone, one that never was is not found. */
export function threadOf(repo: RepoState, number: number): Thread {
  const thread = repo.threads.find((one) => one.number === number);
  if (!thread) throw refuse(404, "Not Found");
  if (thread.deleted) throw refuse(410, "This issue was deleted");
  return thread;
}

export type PullThread = Thread & { pull: NonNullable<Thread["pull"]> };

export function pullOf(repo: RepoState, number: number): PullThread {
  const thread = threadOf(repo, number);
  if (!thread.pull) throw refuse(404, "Not Found");
  return thread as PullThread;
}

export function association(state: State, repo: RepoState, login: string): Association {
  const owner = ownerOf(repo.name);
  if (login === owner) return "owner";
  if (repo.ownerKind === "organization" && state.members[owner]?.includes(login)) return "member";
  if (repo.collaborators.includes(login)) return "collaborator";
  const merged = repo.threads.some((thread) => thread.author === login && thread.pull?.merged);
  return merged ? "contributor" : "none";
}

export type Heads = { readonly head: string | null; readonly base: string | null };

/** The repository that `head` names: this one, or the fork of that owner. */
export function headRepo(state: State, repo: RepoState, head: string): RepoState | null {
  const colon = head.indexOf(":");
  const owner = colon < 0 ? ownerOf(repo.name) : head.slice(0, colon);
  if (owner.toLowerCase() === ownerOf(repo.name).toLowerCase()) return repo;
  const forks = state.repos.filter((one) => one.parent === repo.name);
  return forks.find((one) => ownerOf(one.name).toLowerCase() === owner.toLowerCase()) ?? null;
}

/** Opens a pull request as GitHub would: one per head and base, of a branch that is there and has commits. */
export function openPull(
  state: State,
  repo: RepoState,
  pull: NewPull,
  heads: Heads,
  by: { readonly author: string; readonly atMs: number },
): Thread {
  const from = headRepo(state, repo, pull.head);
  const ref = pull.head.slice(pull.head.indexOf(":") + 1);
  if (!from || heads.head === null) throw refuse(422, "Validation Failed: head invalid");
  if (heads.base === null) throw refuse(422, "Validation Failed: base invalid");
  const same = repo.threads.some(
    ({ open, pull: other }) =>
      open && other?.head.repo === from.name && other.head.ref === ref && other.base.ref === pull.base,
  );
  const label = `${ownerOf(from.name)}:${ref}`;
  if (same) throw refuse(422, `Validation Failed: A pull request already exists for ${label}.`);
  if (heads.head === heads.base)
    throw refuse(422, `Validation Failed: No commits between ${pull.base} and ${ref}`);
  const thread = addThread(state, repo, pull, by);
  thread.pull = {
    draft: pull.draft,
    merged: false,
    mergeable: true,
    head: { ref, sha: heads.head, repo: from.name, owner: ownerOf(from.name) },
    base: { ref: pull.base, sha: heads.base },
    files: [],
    reviews: [],
    reviewComments: [],
  };
  return thread;
}

export function addThread(
  state: State,
  repo: RepoState,
  text: { readonly title: string; readonly body: string },
  by: { readonly author: string; readonly atMs: number },
): Thread {
  const thread: Thread = {
    number: repo.nextNumber,
    title: text.title,
    body: text.body,
    author: by.author,
    association: association(state, repo, by.author),
    labels: [],
    open: true,
    deleted: false,
    createdAt: iso(by.atMs),
    updatedAt: iso(by.atMs),
    comments: [],
    pull: null,
  };
  repo.nextNumber += 1;
  repo.threads.push(thread);
  return thread;
}

export type NewReview = {
  readonly author: string;
  readonly state: "approved" | "changes_requested" | "commented";
  readonly body: string;
  readonly commit: string;
  readonly atMs: number;
};

/** Nobody approves or refuses their own pull request; a review belongs to its head or an earlier commit of it. */
export function addReview(state: State, repo: RepoState, number: number, review: NewReview): number {
  const thread = pullOf(repo, number);
  if (review.state !== "commented" && review.author === thread.author)
    throw refuse(422, `Unprocessable Entity: Review Can not ${VERBS[review.state]} your own pull request`);
  if (review.commit !== thread.pull.head.sha)
    throw refuse(422, "Unprocessable Entity: The commit_id is not part of the pull request");
  const id = nextId(repo);
  thread.pull.reviews.push({
    id,
    author: review.author,
    association: association(state, repo, review.author),
    state: review.state,
    body: review.body,
    commit: review.commit,
    submittedAt: iso(review.atMs),
  });
  thread.updatedAt = iso(review.atMs);
  return id;
}

const VERBS = { approved: "approve", changes_requested: "request changes on" } as const;

export function nextId(repo: RepoState): number {
  const ids = repo.threads.flatMap((thread) => [
    ...(thread.pull?.reviews.map((one) => one.id) ?? []),
    ...(thread.pull?.reviewComments.map((one) => one.id) ?? []),
  ]);
  return Math.max(0, ...ids) + 1;
}

/** The newest change first; among those of the same second, the newest number. */
export function newest(threads: readonly Thread[]): Thread[] {
  return threads
    .filter((thread) => !thread.deleted)
    .sort((a, b) => (a.updatedAt === b.updatedAt ? b.number - a.number : a.updatedAt < b.updatedAt ? 1 : -1));
}

export function ownerOf(name: string): string {
  return name.split("/", 1)[0] ?? "";
}
