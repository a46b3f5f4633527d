import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { createServer } from "node:http";
import { failureOf } from "../../src/github/failure.ts";
import { type Served, SILENT, served, TOKEN } from "../contract/github-bench.ts";
import { problem } from "../contract/github-case.ts";

const APP = "acme/app";
const PULL = { title: "Fix", body: "", head: "rally/1-fix", base: "main", draft: false };
let it: Served;

beforeEach(async () => {
  it = await served();
});
afterEach(() => it.server.close());

const posts = () => it.server.seen.filter((one) => one.method === "POST" && one.url !== "/graphql");

describe("the network", () => {
  test("refused, unknown name, too slow, cut, and a proxy's page have reasons of their own", async () => {
    const refused = await problem(it.client({ apiUrl: "http://127.0.0.1:1" }).repo(APP));
    expect(refused.message).toBe("127.0.0.1:1 cannot be reached: the connection is refused.");
    const unknown = await problem(it.client({ apiUrl: "https://github.invalid/api/v3" }).repo(APP));
    expect(unknown.message).toBe("github.invalid cannot be reached: its name is not found (DNS).");
    const { host } = new URL(it.server.url);
    it.server.faults.push({ kind: "slow" }, { kind: "cut" }, { kind: "html" });
    const slow = await problem(it.client({ timeoutMs: 60 }).repo(APP));
    expect(slow.message).toBe(`${host} cannot be reached: no answer within 60 ms.`);
    const cut = await problem(it.github.repo(APP));
    expect(cut.message).toBe(`${host} cannot be reached: the connection was cut.`);
    const page = await problem(it.github.repo(APP));
    expect(page.message).toContain("something else than GitHub's API answers there");
    for (const one of [refused, unknown, slow, cut, page]) {
      expect(one.code).toBe("github");
      expect(failureOf(one)?.kind).toBe("offline");
    }
  });

  test("an offline GitHub is not asked again by itself: somebody is waiting", async () => {
    it.server.faults.push({ kind: "cut" });
    await problem(it.client({ retries: true }).repo(APP));
    expect(it.server.seen).toEqual([]);
  });

  test("a read is tried again after an error of the server", async () => {
    it.server.faults.push({ kind: "answer", status: 502 });
    expect((await it.client({ retries: true }).repo(APP)).name).toBe(APP);
    expect(it.server.seen.map((one) => one.status)).toEqual([502, 200]);
  });
});

describe("a write whose answer is lost", () => {
  test("a pull request that was opened is found, and not opened twice", async () => {
    await it.people.push(APP, PULL.head, "aaa1");
    await it.github.repo(APP);
    it.server.faults.push({ kind: "lost", method: "POST" });
    const pull = await it.client({ retries: true }).createPull(APP, PULL);
    expect(pull).toMatchObject({ number: 1, state: "open" });
    expect(posts().length).toBe(1);
    expect((await it.github.changed(APP, null)).length).toBe(1);
  });

  test("an error of the server is no reason to send it again", async () => {
    await it.people.push(APP, PULL.head, "aaa1");
    it.server.faults.push({ kind: "answer", method: "POST", status: 502 });
    const refused = await problem(it.client({ retries: true }).createPull(APP, PULL));
    expect(refused.message).toEndWith("has trouble of its own (HTTP 502).");
    expect(posts().length).toBe(1);
    expect(await it.github.changed(APP, null)).toEqual([]);
  });

  test("one that never arrived says what happened, and the next try opens it", async () => {
    await it.people.push(APP, PULL.head, "aaa1");
    it.server.faults.push({ kind: "cut", method: "POST" });
    expect(failureOf(await problem(it.github.createPull(APP, PULL)))?.kind).toBe("offline");
    expect((await it.github.createPull(APP, PULL)).number).toBe(1);
  });

  test("two at once open one", async () => {
    await it.people.push(APP, PULL.head, "aaa1");
    const pulls = await Promise.all([it.github, it.client()].map((one) => one.createPull(APP, PULL)));
    expect(pulls.map((pull) => pull.number)).toEqual([1, 1]);
  });

  test("a review that was posted is found by its text and commit", async () => {
    await it.people.push(APP, PULL.head, "aaa1");
    const { number } = await it.github.createPull(APP, PULL);
    it.server.faults.push({ kind: "lost", method: "POST" });
    const { url } = await it.github.createReview(APP, number, { body: "Findings\n", commit: "aaa1" });
    expect(url).toEndWith("#pullrequestreview-1");
    expect((await it.github.reviews(APP, number)).length).toBe(1);
  });
});

describe("rate limits", () => {
  test("GitHub is left alone until the limit is over", async () => {
    it.server.limit.used = it.server.limit.total;
    const first = await problem(it.github.repo(APP));
    expect(first.message).toContain(
      "(5000 requests an hour) is used up; it is reset at 13:00 UTC (in 60 min)",
    );
    expect(failureOf(first)?.retryAt).toBe(it.clock.now() + 3_600_000);
    const asked = it.server.seen.length;
    expect((await problem(it.github.issue(APP, 1))).message).toBe(first.message);
    expect(it.server.seen.length).toBe(asked);
    it.clock.advance(3_600_001);
    it.server.limit.used = 0;
    expect((await it.github.repo(APP)).name).toBe(APP);
  });

  test("a clock that was set back does not keep Rally waiting", async () => {
    it.server.faults.push({ kind: "answer", status: 429, headers: { "retry-after": "30" } });
    expect((await problem(it.github.repo(APP))).message).toContain("slow down");
    it.clock.advance(-86_400_000);
    expect((await it.github.repo(APP)).name).toBe(APP);
  });

  test("a 403 that is no limit is no limit", async () => {
    await it.people.setAccess(APP, "forbidden");
    expect(failureOf(await problem(it.github.repo(APP)))?.kind).toBe("no_access");
    await it.people.setAccess(APP, "write");
    expect((await it.github.repo(APP)).name).toBe(APP);
  });
});

describe("access", () => {
  test("without a token: public is readable, private is not there, and the hint says what to do", async () => {
    const github = it.client({ token: null });
    expect(await github.repo("ben/app")).toMatchObject({ canPush: false });
    const hidden = await problem(github.repo(APP));
    expect(hidden.message).toContain("or it is private and there is no token");
    expect(hidden.hint).toBe("gh auth login, or set GH_TOKEN");
    expect((await problem(github.viewer())).message).toContain("there is no token");
    await expect(github.isMember("acme")).rejects.toThrow("there is no token");
  });

  test("single sign-on: only GitHub's own page is offered", async () => {
    const message = "Resource protected by organization SAML enforcement.";
    const header = (url: string) => ({ "x-github-sso": `required; url=${url}` });
    it.server.faults.push({ kind: "answer", status: 403, message, headers: header("https://evil.test/sso") });
    expect((await problem(it.github.repo(APP))).hint).toBe(
      "authorise the token for the organisation in GitHub's settings",
    );
    const { host } = new URL(it.server.url);
    const page = `https://${host}/orgs/acme/sso?authorization_request=A1`;
    it.server.faults.push({ kind: "answer", status: 403, message, headers: header(page) });
    expect((await problem(it.github.repo(APP))).hint).toBe(`authorise it: ${page}`);
  });

  test("issues that are switched off, and a takedown, are gone", async () => {
    it.server.faults.push({ kind: "answer", status: 410, message: "Issues are disabled for this repo" });
    expect((await problem(it.github.open(APP))).message).toStartWith("acme/app is gone");
    it.server.faults.push({ kind: "answer", status: 451 });
    expect((await problem(it.github.repo(APP))).message).toEndWith("taken down for legal reasons.");
  });

  test("an issue that was moved is not taken for another; a renamed repository is followed", async () => {
    await it.people.openIssue(APP, { title: "one" });
    await it.people.openIssue("ben/app", { title: "here now" });
    it.server.redirects.set("/repos/acme/app/issues/7", "/repos/ben/app/issues/1");
    const gone = await problem(it.github.issue(APP, 7));
    expect([gone.code, gone.message]).toEqual([
      "missing",
      "Issue #7 of acme/app was moved to https://github.com/ben/app/issues/1.",
    ]);
    it.server.redirects.set("/repos/acme/old", "/repos/acme/app");
    expect((await it.github.repo("acme/old")).name).toBe(APP);
  });

  test("resolved threads are open ones where GraphQL is out of reach, and the log says so", async () => {
    await it.people.push(APP, PULL.head, "aaa1");
    const { number } = await it.github.createPull(APP, PULL);
    const id = await it.people.reviewComment(APP, number, { author: "ben", path: "a.ts", body: "x" });
    await it.people.resolve(APP, number, id);
    const warned: string[] = [];
    it.server.faults.push({ kind: "answer", path: /graphql/, status: 404 });
    const github = it.client({ log: { ...SILENT, warn: (event) => warned.push(event) } });
    expect(await github.reviewComments(APP, number)).toMatchObject([{ body: "x", resolved: false }]);
    expect(warned).toEqual(["github_threads_unknown"]);
    expect(await github.reviewComments(APP, number)).toMatchObject([{ body: "x", resolved: true }]);
  });
});

describe("the token", () => {
  test("it is in no Problem, whatever goes wrong and whatever the server echoes", async () => {
    const told: string[] = [];
    const collect = async (request: Promise<unknown>) => {
      for (let error: unknown = await problem(request); error instanceof Error; error = error.cause)
        told.push(
          Bun.inspect(error),
          String(error.stack),
          JSON.stringify(error, Object.getOwnPropertyNames(error)),
        );
    };
    const message = `you sent "token ${TOKEN}"`;
    for (const status of [400, 401, 403, 404, 410, 422, 429, 500])
      for (const method of ["GET", "POST"] as const) {
        const github = it.client();
        it.server.faults.push({ kind: "answer", status, message, method });
        await collect(method === "GET" ? github.viewer() : github.createPull(APP, PULL));
      }
    // The runtime itself asks again once, when a connection that it had kept is cut: hence two.
    it.server.faults.push({ kind: "cut" }, { kind: "cut" });
    await collect(it.github.viewer());
    it.server.faults.splice(0, 2, { kind: "html" });
    await collect(it.github.viewer());
    expect(told.length).toBeGreaterThan(50);
    expect(told.join("\n")).not.toContain(TOKEN);
  });

  test("it is not carried to another host by a redirect", async () => {
    const headers: unknown[] = [];
    const other = createServer((request, response) => {
      headers.push(request.headers.authorization);
      response.writeHead(404, { "content-type": "application/json" }).end("{}");
    });
    await new Promise<void>((listening) => other.listen(0, "127.0.0.1", listening));
    const address = other.address();
    const port = typeof address === "object" ? address?.port : 0;
    it.server.faults.push({
      kind: "answer",
      status: 302,
      headers: { location: `http://localhost:${port}/x` },
    });
    await problem(it.github.repo(APP));
    other.close();
    expect(headers).toEqual([undefined]);
  });

  test("it goes nowhere unencrypted but to this machine, and into no header when it is none", () => {
    const make = (change: object) => () => it.client(change);
    expect(make({ apiUrl: "http://ghe.example.com/api/v3" })).toThrow("unencrypted");
    expect(make({ apiUrl: "http://ghe.example.com/api/v3", token: null })).not.toThrow();
    expect(make({ apiUrl: "https://user:pw@ghe.example.com/api/v3" })).toThrow("must not hold a password");
    expect(make({ apiUrl: "ghe.example.com" })).toThrow("is no http(s) URL");
    expect(make({ token: "abc\r\nx-evil: 1" })).toThrow("characters that no token has");
  });
});
