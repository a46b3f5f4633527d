import { expect } from "bun:test";
import type { Problem } from "../../src/domain/problem.ts";
import { failureOf } from "../../src/github/failure.ts";
import type { Check, GitHub, NewPull } from "../../src/github/github.ts";
import type { People } from "../../src/github/memory/people.ts";
import type { Bench } from "./github-bench.ts";

/** What every implementation of the port `GitHub` must do. `except` names one that cannot, and why. */
export type Case = {
  readonly name: string;
  readonly run: (bench: Bench) => Promise<void>;
  readonly except?: Readonly<Record<string, string>>;
};

const APP = "acme/app";
const PULL: NewPull = {
  title: "Fix login",
  body: "Closes #1",
  head: "rally/1-fix",
  base: "main",
  draft: false,
};

/** The Problem that a request ends with; the test fails when it does not fail. */
export async function problem(request: Promise<unknown>): Promise<Problem> {
  const [outcome] = await Promise.allSettled([request]);
  if (outcome?.status !== "rejected") throw new Error("it should have been refused");
  expect(outcome.reason.name).toBe("Problem");
  return outcome.reason;
}

async function opened(people: People, github: GitHub, pull: NewPull = PULL): Promise<number> {
  await people.push(APP, pull.head, `${pull.head}@1`);
  return (await github.createPull(APP, pull)).number;
}

const facts: Case[] = [
  {
    name: "it says who asks",
    run: async ({ github }) => expect(await github.viewer()).toEqual({ login: "ana" }),
  },
  {
    name: "it says whether one is a member of an organisation",
    run: async ({ github, people }) => {
      expect(await github.isMember("acme")).toBe(false);
      await people.join("acme", "ana");
      expect(await github.isMember("acme")).toBe(true);
    },
  },
  {
    name: "a repository is told in GitHub's own spelling",
    run: async ({ github }) => {
      const expected = {
        name: APP,
        defaultBranch: "main",
        private: true,
        ownerKind: "organization",
        canPush: true,
        cloneUrl: "https://github.com/acme/app.git",
        parent: null,
      } as const;
      expect(await github.repo(APP)).toEqual(expected);
      expect(await github.repo("ACME/App")).toEqual(expected);
      expect(await github.repo("ben/app")).toMatchObject({ parent: APP, canPush: false });
    },
  },
  {
    name: "an issue is told with its author's standing and labels",
    run: async ({ github, people, clock }) => {
      const issue = { title: "Login <b>", body: "It fails\n", author: "ben", labels: ["bug", "p1"] };
      const number = await people.openIssue(APP, issue);
      expect(await github.issue(APP, number)).toEqual({
        number,
        title: "Login <b>",
        body: "It fails\n",
        url: `https://github.com/acme/app/issues/${number}`,
        author: "ben",
        association: "none",
        labels: ["bug", "p1"],
        state: "open",
        updatedAt: clock.iso(),
        isPull: false,
      });
      await people.close(APP, number);
      expect(await github.issue(APP, number)).toMatchObject({ state: "closed" });
    },
  },
  {
    name: "an empty body is empty text, a deleted account is ghost",
    run: async ({ github, people }) => {
      const number = await people.openIssue(APP, { title: "t", author: "ghost" });
      expect(await github.issue(APP, number)).toMatchObject({ body: "", author: "ghost" });
    },
  },
  {
    name: "250 comments come whole and in order",
    run: async ({ github, people }) => {
      const number = await people.openIssue(APP, { title: "t" });
      for (let n = 1; n <= 250; n += 1) await people.comment(APP, number, n % 2 ? "acme" : "eve", `c${n}`);
      const comments = await github.comments(APP, number);
      expect(comments.map((one) => one.body)).toEqual(Array.from({ length: 250 }, (_, n) => `c${n + 1}`));
      expect(comments[0]).toMatchObject({ author: "acme", association: "owner" });
      expect(comments[1]).toMatchObject({ author: "eve", association: "none" });
    },
  },
];

const pulls: Case[] = [
  {
    name: "a pull request is opened, told, reviewed and merged",
    run: async ({ github, people, clock }) => {
      await people.join("acme", "ana");
      await people.push(APP, PULL.head, "aaa1");
      const made = await github.createPull(APP, PULL);
      const expected = {
        number: made.number,
        title: "Fix login",
        body: "Closes #1",
        url: `https://github.com/acme/app/pull/${made.number}`,
        author: "ana",
        association: "member",
        labels: [],
        state: "open",
        draft: false,
        head: { ref: PULL.head, sha: "aaa1", repo: APP },
        base: { ref: "main", sha: "base0", repo: APP },
        mergeable: null,
        createdAt: clock.iso(),
        updatedAt: clock.iso(),
      } as const;
      expect(made).toEqual(expected);
      expect(await github.pull(APP, made.number)).toEqual({ ...expected, mergeable: true });
      expect(await github.issue(APP, made.number)).toMatchObject({ isPull: true, state: "open" });
      await people.setMergeable(APP, made.number, false);
      expect(await github.pull(APP, made.number)).toMatchObject({ mergeable: false });
      await people.merge(APP, made.number);
      expect(await github.pull(APP, made.number)).toMatchObject({ state: "merged", mergeable: null });
    },
  },
  {
    name: "a draft is a draft; closed without a merge is closed",
    run: async ({ github, people }) => {
      const number = await opened(people, github, { ...PULL, draft: true });
      expect(await github.pull(APP, number)).toMatchObject({ draft: true, state: "open" });
      await people.ready(APP, number);
      await people.close(APP, number);
      expect(await github.pull(APP, number)).toMatchObject({ draft: false, state: "closed" });
    },
  },
  {
    name: "the head follows what is pushed, and a push is a change",
    run: async ({ github, people, clock }) => {
      const number = await opened(people, github);
      clock.advance(60_000);
      const since = clock.iso();
      await people.push(APP, PULL.head, "pushed2");
      expect((await github.pull(APP, number)).head.sha).toBe("pushed2");
      expect((await github.changed(APP, since)).map((item) => item.number)).toEqual([number]);
    },
  },
  {
    name: "a pull request from a fork names it, and outlives it",
    run: async ({ github, people }) => {
      await people.push("ben/app", "patch", "fork1");
      const number = await people.openPull(APP, { ...PULL, head: "ben:patch" }, { author: "ben" });
      expect((await github.pull(APP, number)).head).toEqual({ ref: "patch", sha: "fork1", repo: "ben/app" });
      await people.removeRepo("ben/app");
      expect((await github.pull(APP, number)).head).toEqual({ ref: "patch", sha: "fork1", repo: null });
      expect((await github.pullsOf(APP, "ben", "patch")).map((one) => one.number)).toEqual([number]);
    },
  },
  {
    name: "120 changed files come whole",
    run: async ({ github, people }) => {
      const number = await opened(people, github);
      const files = Array.from({ length: 120 }, (_, n) => ({
        path: `src/ü ${n}.ts`,
        status: "modified",
        additions: n,
        deletions: 1,
      }));
      await people.setFiles(APP, number, files);
      expect(await github.files(APP, number)).toEqual(files);
    },
  },
  {
    name: "reviews keep their verdict and the commit that they were written at",
    run: async ({ github, people, clock }) => {
      const number = await opened(people, github);
      await people.review(APP, number, { author: "acme", state: "changes_requested", body: "no" });
      await people.review(APP, number, { author: "eve", state: "approved" });
      await people.dismiss(APP, number, "eve");
      const at = { commit: `${PULL.head}@1`, submittedAt: clock.iso() };
      expect(await github.reviews(APP, number)).toEqual([
        { author: "acme", association: "owner", state: "changes_requested", body: "no", ...at },
        { author: "eve", association: "none", state: "dismissed", body: "", ...at },
      ]);
    },
  },
  {
    name: "review comments say whether their thread is resolved, replies included",
    run: async ({ github, people }) => {
      const number = await opened(people, github);
      const at = { author: "acme", path: "a.ts", line: 3 };
      const first = await people.reviewComment(APP, number, { ...at, body: "rename" });
      await people.reviewComment(APP, number, { ...at, body: "why?", replyTo: first });
      await people.reviewComment(APP, number, { ...at, line: null, body: "and this" });
      await people.resolve(APP, number, first);
      const comments = await github.reviewComments(APP, number);
      expect(comments.map(({ body, line, resolved }) => [body, line, resolved])).toEqual([
        ["rename", 3, true],
        ["why?", 3, true],
        ["and this", null, false],
      ]);
    },
  },
  {
    name: "checks of both kinds make one word",
    run: async ({ github, people }) => {
      await people.push(APP, "b", "sha1");
      expect(await github.checks(APP, "sha1")).toEqual({ overall: "none", each: [] });
      const build: Check = { name: "build", state: "passing", summary: "fine" };
      const lint: Check = { name: "ci/lint", state: "pending", summary: null };
      await people.setChecks(APP, "sha1", [build, lint]);
      expect(await github.checks(APP, "sha1")).toEqual({ overall: "pending", each: [build, lint] });
      await people.setChecks(APP, "sha1", [{ ...build, state: "failing" }, lint]);
      expect((await github.checks(APP, "sha1")).overall).toBe("failing");
      await people.setChecks(APP, "sha1", [build, { ...lint, state: "passing" }]);
      expect((await github.checks(APP, "sha1")).overall).toBe("passing");
    },
  },
];

const lists: Case[] = [
  {
    name: "open: at most 100, open ones alone, the newest change first",
    run: async ({ github, people, clock }) => {
      for (let n = 1; n <= 105; n += 1) {
        clock.advance(1_000);
        await people.openIssue(APP, { title: `i${n}` });
      }
      await people.close(APP, 105);
      clock.advance(1_000);
      await people.comment(APP, 7, "eve", "ping");
      const items = await github.open(APP);
      expect(items.length).toBe(100);
      expect(items.slice(0, 3).map((item) => item.number)).toEqual([7, 104, 103]);
      expect(items[0]).toMatchObject({ title: "i7", isPull: false, state: "open", author: "ana" });
    },
  },
  {
    name: "changed: what is new since the cursor, in any state",
    run: async ({ github, people, clock }) => {
      for (let n = 1; n <= 5; n += 1) {
        clock.advance(1_000);
        await people.openIssue(APP, { title: `i${n}` });
      }
      const first = await github.changed(APP, null);
      expect(first.map((item) => item.number)).toEqual([5, 4, 3, 2, 1]);
      clock.advance(60_000);
      await people.close(APP, 2);
      const number = await opened(people, github);
      const since = first[0]?.updatedAt ?? "";
      const news = (await github.changed(APP, since)).filter((item) => item.updatedAt > since);
      expect(news.map(({ number: n, state, isPull }) => [n, state, isPull])).toEqual([
        [number, "open", true],
        [2, "closed", false],
      ]);
    },
  },
  {
    name: "changed: more than a page is read until the cursor",
    run: async ({ github, people, clock }) => {
      await people.openIssue(APP, { title: "old" });
      clock.advance(10_000);
      const since = clock.iso();
      for (let n = 1; n <= 230; n += 1) await people.openIssue(APP, { title: `n${n}` });
      const items = await github.changed(APP, since);
      expect(items.length).toBe(230);
      expect(new Set(items.map((item) => item.number)).size).toBe(230);
    },
  },
  {
    name: "pullsOf: one owner's branch, in any state, the newest first",
    run: async ({ github, people }) => {
      const first = await opened(people, github);
      await people.close(APP, first);
      const second = await opened(people, github);
      await people.push("ben/app", PULL.head, "other");
      await people.openPull(APP, { ...PULL, head: `ben:${PULL.head}` }, { author: "ben" });
      const found = await github.pullsOf(APP, "acme", PULL.head);
      expect(found.map(({ number, state }) => [number, state])).toEqual([
        [second, "open"],
        [first, "closed"],
      ]);
      expect(await github.pullsOf(APP, "acme", "never")).toEqual([]);
    },
  },
];

const writes: Case[] = [
  {
    name: "createPull: asked twice, there is one",
    run: async ({ github, people }) => {
      const number = await opened(people, github);
      const again = await github.createPull(APP, { ...PULL, title: "other words" });
      expect(again).toMatchObject({ number, title: "Fix login" });
      expect((await github.changed(APP, null)).length).toBe(1);
      await people.merge(APP, number);
      expect((await github.createPull(APP, PULL)).number).toBe(number + 1);
    },
  },
  {
    name: "createPull: from a fork, without write access to the base",
    run: async ({ github, people }) => {
      await people.setAccess(APP, "read");
      await people.push("ben/app", "patch", "fork1");
      const made = await github.createPull(APP, { ...PULL, head: "ben:patch" });
      expect(made.head).toEqual({ ref: "patch", sha: "fork1", repo: "ben/app" });
    },
  },
  {
    name: "createPull: what cannot be pulled is refused in words",
    run: async ({ github, people }) => {
      const unpushed = await problem(github.createPull(APP, PULL));
      expect([unpushed.code, unpushed.message]).toEqual([
        "missing",
        "the branch rally/1-fix is not on GitHub",
      ]);
      await people.push(APP, PULL.head, "base0");
      const empty = await problem(github.createPull(APP, PULL));
      expect([empty.code, empty.message]).toEqual([
        "conflict",
        "nothing to pull: rally/1-fix has no commit that main lacks",
      ]);
      const noBase = await problem(github.createPull(APP, { ...PULL, base: "trunk" }));
      expect([noBase.code, noBase.message]).toEqual(["missing", "acme/app has no branch trunk to pull into"]);
      await people.push(APP, PULL.head, "aaa1");
      await people.setAccess(APP, "read");
      const closed = await problem(github.createPull(APP, PULL));
      expect([closed.code, closed.message]).toEqual([
        "github",
        "no access: the token may not open a pull request in acme/app",
      ]);
      expect(await github.changed(APP, null)).toEqual([]);
    },
  },
  {
    name: "createReview: one comment at the commit, on one's own pull request, too",
    run: async ({ github, people }) => {
      const number = await opened(people, github);
      const commit = `${PULL.head}@1`;
      const { url } = await github.createReview(APP, number, { body: "## Findings", commit });
      expect(url).toStartWith(`https://github.com/acme/app/pull/${number}#pullrequestreview-`);
      expect(await github.reviews(APP, number)).toMatchObject([
        { author: "ana", state: "commented", body: "## Findings", commit },
      ]);
    },
  },
  {
    name: "createReview: refused for a commit that is not the pull request's, an empty text, a missing one",
    run: async ({ github, people }) => {
      const number = await opened(people, github);
      const moved = await problem(
        github.createReview(APP, number, { body: "x", commit: "f00dfeedf00dfeed" }),
      );
      expect([moved.code, moved.message]).toEqual([
        "conflict",
        `f00dfeedf00d is no longer a commit of pull request #${number} of acme/app`,
      ]);
      const empty = await problem(github.createReview(APP, number, { body: " \n", commit: "c" }));
      expect(empty.code).toBe("usage");
      const absent = await problem(github.createReview(APP, 99, { body: "x", commit: "c" }));
      expect([absent.code, absent.message]).toEqual([
        "missing",
        "pull request #99 does not exist in acme/app",
      ]);
      expect(await github.reviews(APP, number)).toEqual([]);
    },
  },
];

const failures: Case[] = [
  {
    name: "not found, no access, gone, rate-limited and offline are different sentences with hints",
    run: async ({ github, people, host, clock }) => {
      const number = await people.openIssue(APP, { title: "t" });
      const told: [string | undefined, string][] = [];
      const tell = async (request: Promise<unknown>) => {
        const refused = await problem(request);
        expect(refused.hint).toBeTruthy();
        told.push([failureOf(refused)?.kind, refused.message.replaceAll(host, "HOST")]);
      };
      await tell(github.repo("acme/nothing"));
      await people.setAccess(APP, "forbidden");
      await tell(github.issue(APP, number));
      await people.setAccess(APP, "saml");
      await tell(github.issue(APP, number));
      await people.setAccess(APP, "write");
      await people.remove(APP, number);
      await tell(github.issue(APP, number));
      for (const weather of ["bad_token", "offline", "trouble", "limited"] as const) {
        await people.setWeather(weather);
        await tell(github.repo(APP));
      }
      await people.setWeather("fine");
      clock.advance(1_381_000);
      await people.setWeather("secondary");
      await tell(github.repo(APP));
      expect(told).toEqual([
        ["not_found", "acme/nothing was not found on HOST, or the token may not see it"],
        ["no_access", `no access: the token may not read issue #${number} of acme/app`],
        [
          "no_access",
          `no access to issue #${number} of acme/app: its organisation wants single sign-on (SAML) for your token`,
        ],
        ["gone", `issue #${number} of acme/app is gone: it was deleted on GitHub`],
        ["no_access", "HOST does not accept the token: it is wrong, expired or revoked"],
        ["offline", "HOST cannot be reached: the connection was cut"],
        ["trouble", "HOST has trouble of its own (HTTP 502)"],
        [
          "rate_limited",
          "the rate limit of HOST (5000 requests an hour) is used up; it is reset at 12:23 UTC (in 23 min)",
        ],
        [
          "rate_limited",
          "HOST asks Rally to slow down (secondary rate limit): it may be asked again at 12:24 UTC (in 60 s)",
        ],
      ]);
    },
  },
  {
    name: "a number that is not there, or is of the other kind",
    run: async ({ github, people }) => {
      const number = await people.openIssue(APP, { title: "t" });
      const told = async (request: Promise<unknown>) => {
        const { code, message } = await problem(request);
        return [code, message];
      };
      expect(await told(github.issue(APP, 99))).toEqual(["missing", "issue #99 does not exist in acme/app"]);
      expect(await told(github.comments(APP, 99))).toEqual([
        "missing",
        "issue #99 does not exist in acme/app",
      ]);
      expect(await told(github.pull(APP, 99))).toEqual([
        "missing",
        "pull request #99 does not exist in acme/app",
      ]);
      for (const request of [github.pull, github.files, github.reviews, github.reviewComments])
        expect(await told(request(APP, number))).toEqual([
          "missing",
          `#${number} of acme/app is an issue, not a pull request`,
        ]);
      expect(await told(github.checks(APP, "feedfacefeedface"))).toEqual([
        "missing",
        "commit feedfacefeed is not in acme/app on GitHub",
      ]);
      expect((await told(github.issue("acme/nothing", 1)))[1]).toStartWith("acme/nothing was not found on");
    },
  },
  {
    name: "what is no number and no name is refused before anybody is asked",
    run: async ({ github }) => {
      for (const number of [0, -1, 1.5, Number.NaN, 2 ** 60])
        expect((await problem(github.issue(APP, number))).code).toBe("usage");
      for (const name of ["app", "a/b/c", "", "acme/..", "acme/a b", "../app", "acme/app?x=1"])
        expect((await problem(github.repo(name))).code).toBe("usage");
      expect(github.budget()).toBeNull();
    },
  },
  {
    name: "the budget is known from the first answer on",
    run: async ({ github, clock }) => {
      expect(github.budget()).toBeNull();
      await github.repo(APP);
      await github.viewer();
      expect(github.budget()).toEqual({ limit: 5_000, remaining: 4_998, resetAt: clock.now() + 3_600_000 });
    },
  },
];

export const CASES: readonly Case[] = [...facts, ...pulls, ...lists, ...writes, ...failures];
