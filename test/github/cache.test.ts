import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { OTHER_TOKEN, type Served, served, TOKEN } from "../contract/github-bench.ts";

const APP = "acme/app";
const LIST = "/repos/acme/app/issues?state=all&sort=updated&direction=desc&per_page=100";
let it: Served;

beforeEach(async () => {
  it = await served();
});
afterEach(() => it.server.close());

const statuses = () => it.server.seen.map((one) => one.status);

describe("conditional requests", () => {
  test("the second read of the same is conditional, free, and the same", async () => {
    const number = await it.people.openIssue(APP, { title: "t", body: "äöü 🙂" });
    const first = await it.github.issue(APP, number);
    const before = it.github.budget()?.remaining;
    expect(await it.github.issue(APP, number)).toEqual(first);
    expect(statuses()).toEqual([200, 304]);
    expect(it.github.budget()?.remaining).toBe(before);
  });

  test("a change is seen, and its ETag taken for the next time", async () => {
    const number = await it.people.openIssue(APP, { title: "old" });
    await it.github.issue(APP, number);
    await it.people.edit(APP, number, { title: "new" });
    expect((await it.github.issue(APP, number)).title).toBe("new");
    expect((await it.github.issue(APP, number)).title).toBe("new");
    expect(statuses()).toEqual([200, 200, 304]);
  });

  test("a new ETag that comes with a 304 is taken, with its link", async () => {
    const url = `${it.server.url}${LIST}`;
    await it.github.changed(APP, null);
    const [key] = [...it.held.entries.keys()];
    if (!key) throw new Error("nothing was cached");
    expect(key).toEndWith(url);
    const known = it.held.cache.get(key);
    const headers = { etag: 'W/"renewed"', link: '<https://x.test/?page=2>; rel="last"' };
    it.server.faults.push({ kind: "answer", status: 304, message: "", headers });
    await it.github.changed(APP, null);
    expect(it.held.cache.get(key)).toEqual({
      etag: headers.etag,
      link: headers.link,
      body: known?.body ?? "",
    });
  });

  test("pages are followed through the cached link", async () => {
    const number = await it.people.openIssue(APP, { title: "t" });
    for (let n = 0; n < 150; n += 1) await it.people.comment(APP, number, "ben", `c${n}`);
    const first = await it.github.comments(APP, number);
    const second = await it.github.comments(APP, number);
    expect(first.length).toBe(150);
    expect(second).toEqual(first);
    expect(statuses()).toEqual([200, 200, 304, 304]);
  });

  test("a token's answers are its own, and no token is in a key", async () => {
    await it.github.repo(APP);
    await it.client({ token: OTHER_TOKEN }).repo(APP);
    expect(it.server.seen.map((one) => one.conditional)).toEqual([false, false]);
    const keys = [...it.held.entries.keys()];
    expect(new Set(keys).size).toBe(2);
    for (const token of [TOKEN, OTHER_TOKEN]) expect(keys.join()).not.toContain(token);
  });

  test("a host's answers are its own", async () => {
    await it.github.repo(APP);
    await it.client({ apiUrl: it.server.url.replace("127.0.0.1", "localhost") }).repo(APP);
    expect(it.server.seen.map((one) => one.conditional)).toEqual([false, false]);
  });

  test("two clients at once share the cache, and none mixes up answers", async () => {
    const numbers: number[] = [];
    for (let n = 0; n < 20; n += 1) numbers.push(await it.people.openIssue(APP, { title: `t${n}` }));
    const clients = [it.github, it.client()];
    for (let round = 0; round < 3; round += 1) {
      const titles = await Promise.all(
        numbers.flatMap((number) => clients.map(async (one) => (await one.issue(APP, number)).title)),
      );
      expect(titles).toEqual(numbers.flatMap((_, n) => [`t${n}`, `t${n}`]));
    }
    expect(it.held.entries.size).toBe(20);
    expect(
      statuses()
        .slice(40)
        .every((status) => status === 304),
    ).toBe(true);
  });

  test("a cache that fails costs a request and no answer, and the log says so", async () => {
    const warned: string[] = [];
    const broken = () => {
      throw new Error("database or disk is full");
    };
    const github = it.client({
      cache: { get: broken, set: broken, budget: broken },
      log: { debug: () => undefined, warn: (event) => warned.push(event), error: () => undefined },
    });
    expect((await github.repo(APP)).name).toBe(APP);
    expect(warned).toEqual(["github_cache_failed", "github_cache_failed", "github_cache_failed"]);
  });
});

describe("the slow tick's list", () => {
  test("its URL never changes, whatever the cursor", async () => {
    await it.people.openIssue(APP, { title: "t" });
    await it.github.changed(APP, null);
    await it.github.changed(APP, "2020-01-01T00:00:00Z");
    it.clock.advance(60_000);
    await it.people.openIssue(APP, { title: "t2" });
    await it.github.changed(APP, it.clock.iso());
    expect(new Set(it.server.seen.map((one) => one.url))).toEqual(new Set([LIST]));
  });

  test("nothing new: one free request and an empty list", async () => {
    await it.people.openIssue(APP, { title: "t" });
    const [item] = await it.github.changed(APP, null);
    expect(await it.github.changed(APP, item?.updatedAt ?? "")).toEqual([]);
    expect(statuses()).toEqual([200, 304]);
  });

  test("what another process read and never recorded is not lost by the 304", async () => {
    const [old] = [await it.people.openIssue(APP, { title: "old" })];
    await it.github.changed(APP, null);
    const cursor = it.clock.iso();
    it.clock.advance(5_000);
    const fresh = await it.people.openIssue(APP, { title: "fresh" });
    await it.github.changed(APP, cursor);
    const again = await it.client().changed(APP, cursor);
    expect(statuses().at(-1)).toBe(304);
    expect(again.map((item) => item.number)).toEqual([fresh]);
    expect(old).not.toBe(fresh);
  });

  test("a second change within the cursor's second is seen", async () => {
    const first = await it.people.openIssue(APP, { title: "a" });
    const [item] = await it.github.changed(APP, null);
    const second = await it.people.openIssue(APP, { title: "b" });
    const numbers = (await it.github.changed(APP, item?.updatedAt ?? "")).map((one) => one.number);
    expect(numbers).toContain(second);
    expect(numbers).toContain(first);
  });

  test("of 10,000 issues, 1,000 are read in ten requests, and the log says that it was cut", async () => {
    const cut: unknown[] = [];
    await it.store.update((state) => {
      const repo = state.repos[0];
      const seed = {
        title: "t",
        body: "b".repeat(200),
        author: "ben",
        association: "none" as const,
        labels: [],
      };
      const times = { createdAt: "2026-02-01T00:00:00Z", updatedAt: "2026-02-01T00:00:00Z" };
      const rest = { open: true, deleted: false, comments: [], pull: null };
      for (let number = 1; number <= 10_000; number += 1)
        repo?.threads.push({ number, ...seed, ...times, ...rest });
    });
    const log = { debug: () => undefined, warn: (event: string) => cut.push(event), error: () => undefined };
    const github = it.client({ log });
    expect((await github.changed(APP, "2026-01-01T00:00:00Z")).length).toBe(1_000);
    expect(it.server.seen.length).toBe(10);
    expect((await github.changed(APP, null)).length).toBe(100);
    expect((await github.open(APP)).length).toBe(100);
    expect(it.server.seen.length).toBe(12);
    expect(cut).toEqual(["github_list_cut"]);
  });
});

test("the budget is kept by host and resource, for everybody to see", async () => {
  await it.github.repo(APP);
  const host = new URL(it.server.url).host;
  const budget = { limit: 5_000, remaining: 4_999, resetAt: it.clock.now() + 3_600_000 };
  expect([...it.held.budgets]).toEqual([[`${host}:core`, budget]]);
  expect(it.client().budget()).toBeNull();
});
