import { passing } from "../boundary.ts";
import { Problem } from "../domain/problem.ts";
import type { Time } from "../domain/words.ts";
import { failureOf } from "./failure.ts";
import type { Budget, GitHub, NewPull, Pull } from "./github.ts";
import { type HeadOf, headsOf, settled } from "./memory/heads.ts";
import * as rules from "./memory/rules.ts";
import type { RepoState, State, StateStore, Thread } from "./memory/state.ts";
import * as told from "./memory/told.ts";
import { headOf as headNamed, numbered, split } from "./names.ts";
import { overall } from "./ours.ts";
import { deleted, missing, noCommit, notAPull, problemOf } from "./problems.ts";
import { pullRefusal, reviewRefusal } from "./refusals.ts";

const PAGE = 100;
const LIST_MAX = 1_000;
const HOUR_MS = 3_600_000;
const LIMIT = 5_000;

export type MemoryOptions = {
  readonly now: () => Time;
  /** Where branches point, asked of git; without it the state says so (`people.push`). */
  readonly headOf?: HeadOf | null;
};

/** What is asked, so that a refusal gets the words that the one over HTTP would give it. */
type Asked = {
  readonly repo: string | null;
  readonly thing: string;
  readonly write?: string;
  readonly single?: { readonly kind: "issue" | "pull request"; readonly number: number };
};

type Desk = {
  readonly store: StateStore;
  readonly now: () => Time;
  readonly headOf: HeadOf | null;
  /** The state as it is now, if the weather lets one ask at all; its refusals become Problems. */
  readonly ask: <T>(asked: Asked, answer: (state: State) => T | Promise<T>) => Promise<T>;
};

/** GitHub without a network: the same refusals in the same words, over a state that `people` change. */
export function memoryGitHub(store: StateStore, { now, headOf = null }: MemoryOptions): GitHub {
  let budget: Budget | null = null;
  const desk: Desk = {
    store,
    now,
    headOf,
    ask: async (asked, answer) => {
      const state = await settled(store, headOf, now);
      try {
        rules.assertWeather(state.weather, now());
        budget = spent(budget, now());
        return await answer(state);
      } catch (error) {
        throw error instanceof rules.Refusal ? explained(asked, state, error, now()) : error;
      }
    },
  };
  return { ...lists(desk), ...ofThreads(desk), ...writes(desk), budget: () => budget };
}

function lists(desk: Desk) {
  return {
    viewer: () => desk.ask({ repo: null, thing: "your account" }, ({ viewer }) => ({ login: viewer })),
    isMember: (organisation) =>
      desk.ask({ repo: null, thing: `your membership of ${organisation}` }, ({ members, viewer }) =>
        (members[organisation] ?? []).includes(viewer),
      ),
    repo: (name) => inRepo(desk, name, told.repoOf),
    open: (repo) =>
      inRepo(desk, repo, (at) =>
        rules
          .newest(at.threads.filter((thread) => thread.open))
          .slice(0, PAGE)
          .map((thread) => told.itemOf(at, thread)),
      ),
    changed: (repo, since) =>
      inRepo(desk, repo, (at) =>
        rules
          .newest(at.threads)
          .filter((thread) => since === null || thread.updatedAt >= since)
          .slice(0, since === null ? PAGE : LIST_MAX)
          .map((thread) => told.itemOf(at, thread)),
      ),
    pullsOf: (repo, owner, branch) =>
      inRepo(desk, repo, (at) =>
        at.threads
          .filter((thread) => isPull(thread) && !thread.deleted)
          .map((thread) => rules.pullOf(at, thread.number))
          .filter(({ pull }) => pull.head.ref === branch && sameName(pull.head.owner, owner))
          .reverse()
          .slice(0, PAGE)
          .map((thread) => told.pullOf(at, thread, true)),
      ),
    checks: async (repo, sha) => {
      const thing = `the checks of ${sha.slice(0, 12)} in ${repo}`;
      try {
        const each = await inRepo(desk, repo, (at) => told.checksOf(at, sha), thing);
        return { overall: overall(each), each };
      } catch (error) {
        throw failureOf(error)?.status === 422 ? noCommit(repo, sha) : error;
      }
    },
  } satisfies Partial<GitHub>;
}

function ofThreads(desk: Desk) {
  const pull = <T>(repo: string, number: number, tell: (at: RepoState, thread: rules.PullThread) => T) =>
    inThread(desk, "pull request", repo, number, (at) => tell(at, rules.pullOf(at, number)));
  return {
    issue: (repo, number) =>
      inThread(desk, "issue", repo, number, (at) => told.issueOf(at, rules.threadOf(at, number))),
    comments: (repo, number) =>
      inThread(desk, "issue", repo, number, (at) => rules.threadOf(at, number).comments.slice(0, LIST_MAX)),
    pull: (repo, number) => pull(repo, number, (at, thread) => told.pullOf(at, thread, false)),
    files: (repo, number) => pull(repo, number, (_at, thread) => thread.pull.files.slice(0, LIST_MAX)),
    reviews: (repo, number) => pull(repo, number, (_at, thread) => told.reviewsOf(thread)),
    reviewComments: (repo, number) => pull(repo, number, (_at, thread) => told.reviewCommentsOf(thread)),
  } satisfies Partial<GitHub>;
}

function writes(desk: Desk) {
  return {
    createPull: (repo, pull) => createPull(desk, repo, pull),
    createReview: async (repo, number, review) => {
      if (review.body.trim() === "")
        throw new Problem("usage", "There is nothing to post: the review is empty.", {
          hint: "rally review --edit",
        });
      const thing = `pull request #${numbered(number)} of ${repo}`;
      const asked = { repo, thing, write: `review ${thing}` };
      try {
        return await passing("github", "create-review", () =>
          desk.ask(asked, (before) => {
            rules.repoFor(before, repo, "write");
            return desk.store.update((state) => {
              const at = rules.repoFor(state, repo, "write");
              const by = { author: state.viewer, state: "commented", atMs: desk.now() } as const;
              const id = rules.addReview(state, at, number, { ...by, ...review });
              const thread = rules.threadOf(at, number);
              return { url: `${told.urlOf(at, thread)}#pullrequestreview-${id}` };
            });
          }),
        );
      } catch (error) {
        if (failureOf(error)?.status === 404) await ofThreads(desk).pull(repo, number);
        throw reviewRefusal(error, repo, number, review.commit);
      }
    },
  } satisfies Partial<GitHub>;
}

async function createPull(desk: Desk, repo: string, pull: NewPull): Promise<Pull> {
  const asked = { repo, thing: repo, write: `open a pull request in ${repo}` };
  const { owner, branch } = headNamed(repo, pull.head);
  const need = sameName(owner, split(repo).owner) ? "write" : "read";
  try {
    return await passing("github", "create-pull", () =>
      desk.ask(asked, async (before) => {
        const heads = await headsOf(before, rules.repoFor(before, repo, need), pull, desk.headOf);
        return await desk.store.update((state) => {
          const at = rules.repoFor(state, repo, need);
          const by = { author: state.viewer, atMs: desk.now() };
          const { number } = rules.openPull(state, at, pull, heads, by);
          return told.pullOf(at, rules.pullOf(at, number), true);
        });
      }),
    );
  } catch (error) {
    const failure = failureOf(error);
    if (failure?.status === 404) await lists(desk).repo(repo);
    if (failure?.status !== 422 || !/already exists/.test(failure.message))
      throw pullRefusal(error, repo, pull);
    const pulls = await lists(desk).pullsOf(repo, owner, branch);
    const found = pulls.find((one) => one.state === "open" && one.base.ref === pull.base);
    if (found) return found;
    throw error;
  }
}

async function inRepo<T>(desk: Desk, name: string, tell: (repo: RepoState) => T, thing = name): Promise<T> {
  split(name);
  return await desk.ask({ repo: name, thing }, (state) => tell(rules.repoFor(state, name, "read")));
}

async function inThread<T>(
  desk: Desk,
  kind: "issue" | "pull request",
  repo: string,
  number: number,
  tell: (repo: RepoState) => T,
): Promise<T> {
  split(repo);
  const asked = { repo, thing: `${kind} #${number} of ${repo}`, single: { kind, number: numbered(number) } };
  return await desk.ask(asked, (state) => tell(rules.repoFor(state, repo, "read")));
}

function explained(asked: Asked, state: State, { answer }: rules.Refusal, now: Time): Problem {
  const { repo, single } = asked;
  const told = { write: null, ...asked, host: "github.com", hasToken: true };
  if (repo === null || !single) return problemOf(told, answer, now);
  if (answer.status === 410) return deleted(single.kind, repo, single.number);
  if (answer.status !== 404) return problemOf(told, answer, now);
  const at = state.repos.find((one) => sameName(one.name, repo) && one.access !== "none");
  if (!at) return problemOf({ ...told, thing: repo }, answer, now);
  const thread = at.threads.find((one) => one.number === single.number);
  return thread && !thread.deleted && !isPull(thread)
    ? notAPull(repo, single.number)
    : missing(single.kind, repo, single.number);
}

function spent(budget: Budget | null, now: Time): Budget {
  if (budget === null || budget.resetAt <= now)
    return { limit: LIMIT, remaining: LIMIT - 1, resetAt: now + HOUR_MS };
  return { ...budget, remaining: Math.max(0, budget.remaining - 1) };
}

function isPull(thread: Thread): boolean {
  return thread.pull !== null;
}

function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
