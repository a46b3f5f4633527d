import type { Review, ReviewComment } from "../../domain/written.ts";
import type { Check, Issue, Item, Pull, Repo } from "../github.ts";
import { type PullThread, refuse } from "./rules.ts";
import type { RepoState, Thread } from "./state.ts";

/** The embedded state as the port's plain types. */

export function issueOf(repo: RepoState, thread: Thread): Issue {
  const { number, title, body, author, association, labels, updatedAt } = thread;
  const state = thread.open ? "open" : "closed";
  const url = urlOf(repo, thread);
  return {
    number,
    title,
    body,
    url,
    author,
    association,
    labels,
    state,
    updatedAt,
    isPull: thread.pull !== null,
  };
}

export function itemOf(repo: RepoState, thread: Thread): Item {
  const { number, title, isPull, state, author, labels, url, updatedAt } = issueOf(repo, thread);
  return { number, title, isPull, state, author, labels, url, updatedAt };
}

/** Lists do not say whether it can be merged. */
export function pullOf(repo: RepoState, thread: PullThread, listed: boolean): Pull {
  const { isPull: _isPull, ...text } = issueOf(repo, thread);
  const { head, base, merged, draft, mergeable } = thread.pull;
  return {
    ...text,
    state: merged ? "merged" : text.state,
    draft,
    head: { ref: head.ref, sha: head.sha, repo: head.repo },
    base: { ...base, repo: repo.name },
    mergeable: listed ? null : mergeable,
    createdAt: thread.createdAt,
  };
}

export function reviewsOf(thread: PullThread): Review[] {
  return thread.pull.reviews.map(({ id: _id, ...review }) => review);
}

export function reviewCommentsOf(thread: PullThread): ReviewComment[] {
  return thread.pull.reviewComments.map(({ id: _id, replyTo: _replyTo, ...comment }) => comment);
}

export function repoOf(repo: RepoState): Repo {
  const { name, defaultBranch, ownerKind, cloneUrl, parent, access } = repo;
  return {
    name,
    defaultBranch,
    private: repo.private,
    ownerKind,
    canPush: access === "write",
    cloneUrl,
    parent,
  };
}

export function urlOf(repo: RepoState, thread: Thread): string {
  return `https://github.com/${repo.name}/${thread.pull ? "pull" : "issues"}/${thread.number}`;
}

/** GitHub knows a commit when a branch, a pull request or a check has it. */
export function checksOf(repo: RepoState, sha: string): readonly Check[] {
  const heads = repo.threads.flatMap(({ pull }) => (pull ? [pull.head.sha, pull.base.sha] : []));
  const known = repo.checks[sha] || heads.includes(sha) || Object.values(repo.heads).includes(sha);
  if (!known) throw refuse(422, `No commit found for SHA: ${sha}`);
  return repo.checks[sha] ?? [];
}
