import type { ChangedFile } from "../../domain/written.ts";
import type { Check, NewPull } from "../github.ts";
import { type HeadOf, headsOf, settled } from "./heads.ts";
import {
  addReview,
  addThread,
  association,
  nextId,
  openPull,
  type PullThread,
  pullOf,
  refuse,
  threadOf,
} from "./rules.ts";
import {
  type Access,
  iso,
  type RepoState,
  type State,
  type StateStore,
  type Thread,
  type Weather,
} from "./state.ts";

export type People = ReturnType<typeof people>;

type Hands = {
  readonly store: StateStore;
  readonly now: () => number;
  readonly headOf: HeadOf | null;
};

/**
 * What persons do on GitHub, for the demo and the tests. It changes the embedded state alone: who merges here merges in
 * git, too. Throws what GitHub would refuse.
 */
export function people(
  store: StateStore,
  { now, headOf = null }: { readonly now: () => number; readonly headOf?: HeadOf | null },
) {
  const hands: Hands = { store, now, headOf };
  return { ...onThreads(hands), ...onReviews(hands), ...onPulls(hands), ...elsewhere(hands) };
}

/** A change of one issue or pull request; it counts as an update of it. */
function touch<T>(
  { store, now }: Hands,
  repo: string,
  number: number,
  change: (thread: Thread, at: { readonly repo: RepoState; readonly state: State }) => T,
): Promise<T> {
  return store.update((state) => {
    const found = repoNamed(state, repo);
    const thread = threadOf(found, number);
    thread.updatedAt = iso(now());
    return change(thread, { repo: found, state });
  });
}

function touchPull(
  hands: Hands,
  repo: string,
  number: number,
  change: (pull: PullThread) => void,
): Promise<void> {
  return touch(hands, repo, number, (_thread, at) => change(pullOf(at.repo, number)));
}

function onThreads(hands: Hands) {
  const { store, now } = hands;
  return {
    openIssue: (repo: string, issue: NewIssue) =>
      store.update((state) => {
        const by = { author: issue.author ?? state.viewer, atMs: now() };
        const text = { title: issue.title, body: issue.body ?? "" };
        const thread = addThread(state, repoNamed(state, repo), text, by);
        thread.labels = [...(issue.labels ?? [])];
        return thread.number;
      }),
    edit: (repo: string, number: number, text: Partial<Pick<Thread, "title" | "body" | "labels">>) =>
      touch(hands, repo, number, (thread) => void Object.assign(thread, text)),
    comment: (repo: string, number: number, author: string, body: string) =>
      touch(hands, repo, number, (thread, at) => {
        const who = { author, association: association(at.state, at.repo, author) };
        thread.comments.push({ ...who, body, createdAt: iso(now()) });
      }),
    close: (repo: string, number: number) =>
      touch(hands, repo, number, (thread) => {
        thread.open = false;
      }),
    reopen: (repo: string, number: number) =>
      touch(hands, repo, number, (thread) => {
        if (thread.pull?.merged)
          throw refuse(422, "Validation Failed: state cannot be changed, it was merged");
        thread.open = true;
      }),
    /** Deleted for good: from then on it is gone. */
    remove: (repo: string, number: number) =>
      touch(hands, repo, number, (thread) => {
        thread.deleted = true;
      }),
  };
}

function onReviews(hands: Hands) {
  return {
    /** At the head as it is, unless a commit is named. */
    review: (repo: string, number: number, review: ReviewBy) =>
      touch(hands, repo, number, (_thread, at) => {
        const commit = review.commit ?? pullOf(at.repo, number).pull.head.sha;
        return addReview(at.state, at.repo, number, { body: "", ...review, commit, atMs: hands.now() });
      }),
    dismiss: (repo: string, number: number, author: string) =>
      touchPull(hands, repo, number, ({ pull }) => {
        pull.reviews = pull.reviews.map((one) =>
          one.author === author ? { ...one, state: "dismissed" } : one,
        );
      }),
    reviewComment: (repo: string, number: number, comment: CommentBy) =>
      touch(hands, repo, number, (_thread, at) => {
        const { author, path, body, line = null, replyTo = null } = comment;
        const who = { author, association: association(at.state, at.repo, author) };
        const id = nextId(at.repo);
        const createdAt = iso(hands.now());
        const { pull } = pullOf(at.repo, number);
        pull.reviewComments.push({ id, ...who, path, line, body, resolved: false, createdAt, replyTo });
        return id;
      }),
    /** A thread is named by its first comment. */
    resolve: (repo: string, number: number, id: number) =>
      touchPull(hands, repo, number, ({ pull }) => {
        pull.reviewComments = pull.reviewComments.map((one) =>
          one.id === id || one.replyTo === id ? { ...one, resolved: true } : one,
        );
      }),
  };
}

function onPulls(hands: Hands) {
  return {
    openPull: (repo: string, pull: NewPull, by: PullBy = {}) => openedPull(hands, repo, pull, by),
    merge: async (repo: string, number: number) => {
      await settled(hands.store, hands.headOf, hands.now);
      await touchPull(hands, repo, number, (thread) => {
        if (!thread.open || thread.pull.draft) throw refuse(405, "Pull Request is not mergeable");
        thread.open = false;
        thread.pull.merged = true;
        thread.pull.mergeable = null;
      });
    },
    ready: (repo: string, number: number) =>
      touchPull(hands, repo, number, ({ pull }) => {
        pull.draft = false;
      }),
    setMergeable: (repo: string, number: number, mergeable: boolean | null) =>
      touchPull(hands, repo, number, ({ pull }) => {
        pull.mergeable = mergeable;
      }),
    setFiles: (repo: string, number: number, files: readonly ChangedFile[]) =>
      touchPull(hands, repo, number, ({ pull }) => {
        pull.files = [...files];
      }),
  };
}

function elsewhere({ store }: Hands) {
  return {
    /** Where no git repository says what was pushed; null deletes the branch. */
    push: (repo: string, branch: string, sha: string | null) =>
      store.update((state) => {
        const { heads } = repoNamed(state, repo);
        if (sha === null) delete heads[branch];
        else heads[branch] = sha;
      }),
    setChecks: (repo: string, sha: string, checks: readonly Check[]) =>
      store.update((state) => {
        repoNamed(state, repo).checks[sha] = [...checks];
      }),
    /** A fork that is deleted leaves its pull requests without a head repository. */
    removeRepo: (name: string) =>
      store.update((state) => {
        state.repos = state.repos.filter((one) => one.name !== name);
        for (const { pull } of state.repos.flatMap((one) => one.threads))
          if (pull?.head.repo === name) pull.head.repo = null;
      }),
    join: (organisation: string, login: string) =>
      store.update((state) => {
        state.members[organisation] = [...(state.members[organisation] ?? []), login];
      }),
    setAccess: (repo: string, access: Access) =>
      store.update((state) => {
        repoNamed(state, repo).access = access;
      }),
    setWeather: (weather: Weather) =>
      store.update((state) => {
        state.weather = weather;
      }),
  };
}

export type NewIssue = {
  readonly title: string;
  readonly body?: string;
  readonly author?: string;
  readonly labels?: readonly string[];
};
export type PullBy = { readonly author?: string; readonly files?: readonly ChangedFile[] };
export type ReviewBy = {
  readonly author: string;
  readonly state: "approved" | "changes_requested" | "commented";
  readonly body?: string;
  readonly commit?: string;
};
export type CommentBy = {
  readonly author: string;
  readonly path: string;
  readonly body: string;
  readonly line?: number | null;
  readonly replyTo?: number | null;
};

async function openedPull(hands: Hands, repo: string, pull: NewPull, by: PullBy): Promise<number> {
  const before = await hands.store.read();
  const heads = await headsOf(before, repoNamed(before, repo), pull, hands.headOf);
  return await hands.store.update((state) => {
    const who = { author: by.author ?? state.viewer, atMs: hands.now() };
    const thread = openPull(state, repoNamed(state, repo), pull, heads, who);
    if (thread.pull && by.files) thread.pull.files = [...by.files];
    return thread.number;
  });
}

/** People see every repository, whatever Rally's viewer may see. */
function repoNamed(state: State, name: string): RepoState {
  const repo = state.repos.find((one) => one.name === name);
  if (!repo) throw refuse(404, "Not Found");
  return repo;
}
