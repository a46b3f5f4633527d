import type { Association, ChangedFile, Comment, Review, ReviewComment } from "../domain/written.ts";
import type { Check, Issue, Item, Pull, Repo } from "./github.ts";
import type * as wire from "./wire.ts";

/** GitHub's answers as Rally's plain types. Whoever deleted their account is `ghost`, as on GitHub's pages. */

const ASSOCIATIONS: Readonly<Record<string, Association>> = {
  OWNER: "owner",
  MEMBER: "member",
  COLLABORATOR: "collaborator",
  CONTRIBUTOR: "contributor",
};

/** Whatever else GitHub says (first-timers, mannequins) is nobody with rights. */
function association(word: string | undefined): Association {
  return ASSOCIATIONS[word ?? ""] ?? "none";
}

function login(user: { readonly login: string } | null | undefined): string {
  return user?.login ?? "ghost";
}

function labelNames(labels: wire.Text["labels"]): string[] {
  return labels.map((label) => (typeof label === "string" ? label : (label.name ?? ""))).filter(Boolean);
}

export function issueOf(data: wire.Issue): Issue {
  return {
    number: data.number,
    title: data.title,
    body: data.body ?? "",
    url: data.html_url,
    author: login(data.user),
    association: association(data.author_association),
    labels: labelNames(data.labels),
    state: data.state === "closed" ? "closed" : "open",
    updatedAt: data.updated_at,
    isPull: data.pull_request !== undefined,
  };
}

export function itemOf(data: wire.Issue): Item {
  return {
    number: data.number,
    title: data.title,
    isPull: data.pull_request !== undefined,
    state: data.state === "closed" ? "closed" : "open",
    author: login(data.user),
    labels: labelNames(data.labels),
    url: data.html_url,
    updatedAt: data.updated_at,
  };
}

export function commentOf(data: wire.Comment): Comment {
  return {
    author: login(data.user),
    association: association(data.author_association),
    body: data.body ?? "",
    createdAt: data.created_at,
  };
}

export function pullOf(data: wire.Pull): Pull {
  return {
    number: data.number,
    title: data.title,
    body: data.body ?? "",
    url: data.html_url,
    author: login(data.user),
    association: association(data.author_association),
    labels: labelNames(data.labels),
    state: data.merged_at ? "merged" : data.state === "closed" ? "closed" : "open",
    draft: data.draft === true,
    head: { ref: data.head.ref, sha: data.head.sha, repo: data.head.repo?.full_name ?? null },
    base: { ref: data.base.ref, sha: data.base.sha, repo: data.base.repo.full_name },
    mergeable: data.mergeable ?? null,
    createdAt: data.created_at,
    updatedAt: data.updated_at,
  };
}

/** Whether a pull request's head is `owner:branch`; a fork's owner outlives the fork. */
export function isHead(data: wire.Pull, owner: string, branch: string): boolean {
  const of = data.head.user?.login ?? data.head.label?.split(":")[0] ?? "";
  return data.head.ref === branch && of.toLowerCase() === owner.toLowerCase();
}

export function fileOf(data: wire.File): ChangedFile {
  return {
    path: data.filename,
    status: data.status,
    additions: data.additions,
    deletions: data.deletions,
  };
}

const REVIEW_STATES: Readonly<Record<string, Review["state"]>> = {
  APPROVED: "approved",
  CHANGES_REQUESTED: "changes_requested",
  COMMENTED: "commented",
  DISMISSED: "dismissed",
};

/** Null for a review that its author has not submitted. */
export function reviewOf(data: wire.Review): Review | null {
  const state = REVIEW_STATES[data.state];
  if (!state || !data.submitted_at) return null;
  return {
    author: login(data.user),
    association: association(data.author_association),
    state,
    body: data.body,
    commit: data.commit_id ?? "",
    submittedAt: data.submitted_at,
  };
}

/** `line` is null where the code that it was about is no longer in the diff. */
export function reviewCommentOf(data: wire.ReviewComment, resolved: boolean): ReviewComment {
  return {
    author: login(data.user),
    association: association(data.author_association),
    path: data.path,
    line: data.line ?? null,
    body: data.body,
    resolved,
    createdAt: data.created_at,
  };
}

const PASSING = new Set(["success", "neutral", "skipped"]);
/** GitHub calls a check that was given up on `stale`: it said nothing, so it is not a failure. */
const UNDECIDED = new Set(["stale"]);

export function checkOfRun(data: wire.Run): Check {
  const ended = data.status === "completed" && data.conclusion !== null && !UNDECIDED.has(data.conclusion);
  const state = !ended ? "pending" : PASSING.has(data.conclusion ?? "") ? "passing" : "failing";
  return { name: data.name, state, summary: data.output.title ?? data.output.summary ?? null };
}

export function checkOfStatus(data: wire.Status): Check {
  const state = data.state === "success" ? "passing" : data.state === "pending" ? "pending" : "failing";
  return { name: data.context, state, summary: data.description ?? null };
}

export function repoOf(data: wire.Repo): Repo {
  return {
    name: data.full_name,
    defaultBranch: data.default_branch,
    private: data.private,
    ownerKind: data.owner.type === "Organization" ? "organization" : "user",
    canPush: data.permissions?.push === true,
    cloneUrl: data.clone_url,
    parent: data.parent?.full_name ?? null,
  };
}
