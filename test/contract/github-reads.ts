import { expect } from "bun:test";
import { APP, type Case, opened, PULL } from "./github-case.ts";

export const FACTS: readonly Case[] = [
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

export const LISTS: readonly Case[] = [
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
