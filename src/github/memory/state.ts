import type { Association, ChangedFile, Comment, Review, ReviewComment } from "../../domain/written.ts";
import type { Check } from "../github.ts";

/** All that the embedded GitHub knows, as plain JSON. Times are ISO with whole seconds, as GitHub tells them. */
export type State = {
  version: 1;
  /** Who asks. */
  viewer: string;
  weather: Weather;
  /** Organisation → logins. */
  members: Record<string, string[]>;
  repos: RepoState[];
};

/** How GitHub is today: what a person may switch on to see what Rally says. */
export type Weather = "fine" | "offline" | "trouble" | "limited" | "secondary" | "bad_token";

/** What the viewer may do in a repository. `saml`: its organisation wants single sign-on. */
export type Access = "write" | "read" | "none" | "forbidden" | "saml";

export type RepoState = {
  name: string;
  defaultBranch: string;
  private: boolean;
  ownerKind: "user" | "organization";
  access: Access;
  cloneUrl: string;
  parent: string | null;
  collaborators: string[];
  nextNumber: number;
  /** Branch → commit, where no git repository says it. */
  heads: Record<string, string>;
  threads: Thread[];
  /** Commit → its checks. */
  checks: Record<string, Check[]>;
};

/** An issue, or a pull request when `pull` is there. */
export type Thread = {
  number: number;
  title: string;
  body: string;
  author: string;
  association: Association;
  labels: string[];
  open: boolean;
  deleted: boolean;
  createdAt: string;
  updatedAt: string;
  comments: Comment[];
  pull: PullState | null;
};

export type PullState = {
  draft: boolean;
  merged: boolean;
  mergeable: boolean | null;
  head: { ref: string; sha: string; repo: string | null; owner: string };
  base: { ref: string; sha: string };
  files: ChangedFile[];
  reviews: (Review & { id: number })[];
  reviewComments: (ReviewComment & { id: number; replyTo: number | null })[];
};

/** Where the state is kept. `update` is atomic; its callback must not wait for anything. */
export type StateStore = {
  read(): Promise<State>;
  update<T>(change: (state: State) => T): Promise<T>;
};

export type NewRepo = Partial<Omit<RepoState, "name" | "threads" | "nextNumber">> & { readonly name: string };

export function emptyState(viewer: string): State {
  return { version: 1, viewer, weather: "fine", members: {}, repos: [] };
}

/** Adds a repository that is open for writing unless told otherwise. */
export function addRepo(state: State, repo: NewRepo): RepoState {
  const made: RepoState = {
    defaultBranch: "main",
    private: false,
    ownerKind: "user",
    access: "write",
    cloneUrl: `https://github.com/${repo.name}.git`,
    parent: null,
    collaborators: [],
    heads: {},
    checks: {},
    ...repo,
    nextNumber: 1,
    threads: [],
  };
  state.repos.push(made);
  return made;
}

/** For one process: tests. What is read is a copy, as it would be over a wire. */
export function heldState(state: State): StateStore {
  return {
    read: async () => structuredClone(state),
    update: async (change) => structuredClone(change(state)),
  };
}

export function iso(ms: number): string {
  return new Date(Math.floor(ms / 1000) * 1000).toISOString().replace(".000Z", "Z");
}
