import type { Checks } from "../domain/words.ts";
import type { ChangedFile, Comment, Review, ReviewComment, Written } from "../domain/written.ts";

export type Issue = Written & {
  readonly state: "open" | "closed";
  readonly updatedAt: string;
  /** Issues and pull requests share their numbers. */
  readonly isPull: boolean;
};

export type Pull = Written & {
  readonly state: "open" | "merged" | "closed";
  readonly draft: boolean;
  /** Branch and commit; `repo` is null when the fork was deleted. */
  readonly head: { readonly ref: string; readonly sha: string; readonly repo: string | null };
  readonly base: { readonly ref: string; readonly sha: string; readonly repo: string };
  /** Null: GitHub has not computed it yet. */
  readonly mergeable: boolean | null;
  readonly createdAt: string;
  readonly updatedAt: string;
};

export type Check = {
  readonly name: string;
  readonly state: "pending" | "passing" | "failing";
  readonly summary: string | null;
};

export type Repo = {
  /** `owner/name`, in GitHub's own spelling. */
  readonly name: string;
  readonly defaultBranch: string;
  readonly private: boolean;
  readonly ownerKind: "user" | "organization";
  readonly canPush: boolean;
  readonly cloneUrl: string;
  readonly parent: string | null;
};

/** An issue or pull request in a list, newest change first. */
export type Item = {
  readonly number: number;
  readonly title: string;
  readonly isPull: boolean;
  readonly state: "open" | "closed";
  readonly author: string;
  readonly labels: readonly string[];
  readonly url: string;
  readonly updatedAt: string;
};

export type Budget = {
  readonly limit: number;
  readonly remaining: number;
  /** Milliseconds, UTC. */
  readonly resetAt: number;
};

/**
 * GitHub as Rally needs it: it reads issues, pull requests, comments, reviews, checks, and writes only what a person
 * asked for. Every failure is a Problem `github` whose sentence tells apart: not found, no access, gone, rate-limited,
 * offline; `missing` where a single issue or pull request does not exist.
 */
export interface GitHub {
  viewer(): Promise<{ readonly login: string }>;
  /** Whether the viewer is a member of the organisation. Throws when it cannot be known: a warning, not a no. */
  isMember(organisation: string): Promise<boolean>;
  repo(name: string): Promise<Repo>;
  issue(repo: string, number: number): Promise<Issue>;
  comments(repo: string, number: number): Promise<Comment[]>;
  pull(repo: string, number: number): Promise<Pull>;
  files(repo: string, number: number): Promise<ChangedFile[]>;
  reviews(repo: string, number: number): Promise<Review[]>;
  reviewComments(repo: string, number: number): Promise<ReviewComment[]>;
  checks(repo: string, sha: string): Promise<{ readonly overall: Checks; readonly each: readonly Check[] }>;
  /** Open issues and pull requests for a picker, newest change first, at most 100. */
  open(repo: string): Promise<Item[]>;
  /**
   * What changed since `since` (an ISO time; null: the newest page only), by one list with a constant URL, at most 1,000.
   * A fresh answer includes what changed within the very second of `since`, because GitHub tells whole seconds. A 304
   * costs nothing and holds only what is newer than `since`: nothing, for whoever recorded what was read before; so what
   * was read and lost in a crash is told again. Further pages are read only when a page holds nothing older.
   */
  changed(repo: string, since: string | null): Promise<Item[]>;
  /** Pull requests of any state whose head is `owner:branch`, newest first. */
  pullsOf(repo: string, owner: string, branch: string): Promise<Pull[]>;
  createPull(repo: string, pull: NewPull): Promise<Pull>;
  /** One review comment bound to the commit reviewed; the event is always COMMENT. */
  createReview(
    repo: string,
    number: number,
    review: { readonly body: string; readonly commit: string },
  ): Promise<{ readonly url: string }>;
  /** The last budget that GitHub told; null before the first answer. */
  budget(): Budget | null;
}

export type NewPull = {
  readonly title: string;
  readonly body: string;
  /** `branch`, or `owner:branch` from a fork. */
  readonly head: string;
  readonly base: string;
  readonly draft: boolean;
};

/** Where conditional requests keep what they know; the store has the real one. */
export interface HttpCache {
  get(key: string): { readonly etag: string; readonly body: string; readonly link: string | null } | null;
  set(
    key: string,
    entry: { readonly etag: string; readonly body: string; readonly link: string | null },
  ): void;
  budget(resource: string, budget: Budget): void;
}
