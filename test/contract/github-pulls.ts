import { expect } from "bun:test";
import { armBoundaries } from "../../src/boundary.ts";
import type { Check } from "../../src/github/github.ts";
import { APP, type Case, opened, PULL, problem } from "./github-case.ts";

export const PULLS: readonly Case[] = [
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

export const WRITES: readonly Case[] = [
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
        "The branch rally/1-fix is not on GitHub.",
      ]);
      await people.push(APP, PULL.head, "base0");
      const empty = await problem(github.createPull(APP, PULL));
      expect([empty.code, empty.message]).toEqual([
        "conflict",
        "There is nothing to pull: rally/1-fix has no commit that main lacks.",
      ]);
      const noBase = await problem(github.createPull(APP, { ...PULL, base: "trunk" }));
      expect([noBase.code, noBase.message]).toEqual([
        "missing",
        "acme/app has no branch trunk to pull into.",
      ]);
      await people.push(APP, PULL.head, "aaa1");
      await people.setAccess(APP, "read");
      const closed = await problem(github.createPull(APP, PULL));
      expect([closed.code, closed.message]).toEqual([
        "github",
        "No access: the token may not open a pull request in acme/app.",
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
        `f00dfeedf00d is no longer a commit of pull request #${number} of acme/app.`,
      ]);
      const empty = await problem(github.createReview(APP, number, { body: " \n", commit: "c" }));
      expect(empty.code).toBe("usage");
      const absent = await problem(github.createReview(APP, 99, { body: "x", commit: "c" }));
      expect([absent.code, absent.message]).toEqual([
        "missing",
        "Pull request #99 does not exist in acme/app.",
      ]);
      expect(await github.reviews(APP, number)).toEqual([]);
    },
  },
  {
    name: "each write passes its door, and a read passes none",
    run: async ({ github, people }) => {
      const passed: string[] = [];
      armBoundaries((name) => passed.push(name));
      try {
        const number = await opened(people, github);
        await github.pull(APP, number);
        await github.createReview(APP, number, { body: "x", commit: `${PULL.head}@1` });
      } finally {
        armBoundaries(null);
      }
      expect(passed).toEqual([
        "github:create-pull:before",
        "github:create-pull:after",
        "github:create-review:before",
        "github:create-review:after",
      ]);
    },
  },
];
