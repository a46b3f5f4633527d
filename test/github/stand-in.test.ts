import { afterEach, beforeEach, expect, test } from "bun:test";
import { type Served, served, TOKEN } from "../contract/github-bench.ts";

/** The stand-in refuses what GitHub refuses: a test against it proves something only if this holds. */

let it: Served;
beforeEach(async () => {
  it = await served();
});
afterEach(() => it.server.close());

const HEADERS = {
  authorization: `Bearer ${TOKEN}`,
  accept: "application/vnd.github+json",
  "user-agent": "test",
};

async function ask(path: string, init: RequestInit = {}) {
  const answer = await fetch(it.server.url + path, { ...init, headers: { ...HEADERS, ...init.headers } });
  const text = await answer.text();
  const data = text === "" ? {} : JSON.parse(text);
  return { status: answer.status, headers: answer.headers, data };
}

const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  ask(path, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });

const PULLS = "/repos/acme/app/pulls";

test("who asks, and how", async () => {
  expect((await ask("/user", { headers: { authorization: "Bearer nobody" } })).status).toBe(401);
  expect((await ask("/user", { headers: { authorization: TOKEN } })).status).toBe(401);
  expect((await ask("/user", { headers: { "user-agent": "" } })).status).toBe(403);
  expect((await ask("/user", { headers: { accept: "text/plain" } })).status).toBe(415);
  expect((await ask("/user")).data).toEqual({ login: "ana" });
});

test("what is asked: unknown paths, methods and query words are refused", async () => {
  expect((await ask("/repos/acme/app/branches")).status).toBe(404);
  expect((await ask("/user", { method: "DELETE" })).status).toBe(404);
  for (const query of ["state=opened", "per_page=101", "page=0", "since=x", "sort=best"])
    expect((await ask(`/repos/acme/app/issues?${query}`)).status).toBe(400);
  expect((await ask(`${PULLS}?head=branch-without-owner`)).status).toBe(400);
});

test("a new pull request: each field, its type, and no other", async () => {
  await it.people.push("acme/app", "b", "aaa1");
  const pull = { title: "t", head: "b", base: "main" };
  expect((await post(PULLS, { ...pull, title: undefined })).status).toBe(422);
  expect((await post(PULLS, { ...pull, draft: "no" })).status).toBe(422);
  expect((await post(PULLS, { ...pull, colour: "red" })).status).toBe(422);
  expect((await post(PULLS, pull, { "content-type": "text/plain" })).status).toBe(415);
  expect((await post(PULLS, pull)).status).toBe(201);
  const twice = await post(PULLS, pull);
  expect(twice.status).toBe(422);
  expect(twice.data).toMatchObject({
    message: "Validation Failed",
    errors: [{ message: "A pull request already exists for acme:b." }],
  });
});

test("a review: its event, its text, its commit, and nobody approves their own", async () => {
  await it.people.push("acme/app", "b", "aaa1");
  await post(PULLS, { title: "t", head: "b", base: "main" });
  const path = `${PULLS}/1/reviews`;
  const review = { body: "x", commit_id: "aaa1", event: "COMMENT" };
  expect((await post(path, { ...review, event: "PRAISE" })).status).toBe(422);
  expect((await post(path, { ...review, body: "" })).status).toBe(422);
  expect((await post(path, { ...review, commit_id: "bbb2" })).status).toBe(422);
  const own = await post(path, { ...review, event: "APPROVE" });
  expect(own.status).toBe(422);
  expect(own.data.errors).toEqual(["Review Can not approve your own pull request"]);
  expect((await post(path, review)).status).toBe(200);
});

test("an ETag belongs to the token; a 304 is free and has no body", async () => {
  const first = await ask("/repos/acme/app");
  const etag = first.headers.get("etag") ?? "";
  const again = await ask("/repos/acme/app", { headers: { "if-none-match": etag } });
  expect(again.status).toBe(304);
  expect(again.headers.get("x-ratelimit-remaining")).toBe(first.headers.get("x-ratelimit-remaining"));
  const other = { authorization: "Bearer ghx_another_token_SECRET", "if-none-match": etag };
  expect((await ask("/repos/acme/app", { headers: other })).status).toBe(200);
});

test("pages: 30 unless told otherwise, with next and last", async () => {
  for (let n = 0; n < 65; n += 1) await it.people.openIssue("acme/app", { title: `t${n}` });
  const page = await ask("/repos/acme/app/issues");
  expect(page.data.length).toBe(30);
  const link = page.headers.get("link") ?? "";
  expect(link).toContain('page=2>; rel="next"');
  expect(link).toContain('page=3>; rel="last"');
  const last = await ask("/repos/acme/app/issues?page=3");
  expect([last.data.length, last.headers.get("link")]).toEqual([5, null]);
});
