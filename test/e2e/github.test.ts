import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import { headsBelow } from "../../src/git/here.ts";
import { fileState } from "../../src/github/memory/file.ts";
import { people } from "../../src/github/memory/people.ts";
import { type StandIn, standIn } from "../fixtures/github/server.ts";
import { type Place, place } from "./place.ts";
import { dispatches, isPlain, rally } from "./rally.ts";

setDefaultTimeout(60_000);

let at: Place;
let hub: StandIn;
let by: ReturnType<typeof people>;
beforeAll(async () => {
  at = await place();
  const store = fileState(at.hub);
  const headOf = headsBelow(join(at.hub, "git"));
  hub = await standIn({ store, now: Date.now, headOf, tokens: { "token-of-ana": "ana" } });
  by = people(store, { now: Date.now, headOf });
  await rally(at, ["onboard", "."]);
});
afterAll(async () => {
  await hub.close();
  at.close();
});

const type = (words: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  rally(at, words, { env: { GITHUB_API_URL: hub.url, GH_TOKEN: "token-of-ana", ...env } });

async function refused(words: readonly string[], exit: number, sentence: RegExp, env = {}): Promise<void> {
  const said = await type(words, env);
  expect(said.err).toMatch(sentence);
  expect(said.err).toContain("hint:");
  expect(said.err.trim().split("\n").length).toBe(2);
  expect([said.exit, isPlain(said), said.out]).toEqual([exit, true, ""]);
  expect(await dispatches(at)).toEqual([]);
}

describe("what GitHub says, in five different sentences", () => {
  test("no token", () =>
    refused(["dispatch", "42"], 5, /could not be checked who you are.*there is no token/, { GH_TOKEN: "" }));
  test("a token that is wrong", () =>
    refused(["dispatch", "42"], 4, /does not accept the token/, { GH_TOKEN: "another-token" }));
  test("no such issue", () => refused(["dispatch", "999"], 6, /Issue #999 does not exist in acme\/app/));
  test("a deleted issue", async () => {
    const number = await by.openIssue("acme/app", { title: "Gone" });
    await by.remove("acme/app", number);
    await refused(["dispatch", String(number)], 6, /is gone: it was deleted/);
  });
  test("a repository that is not there, or may not be seen", async () => {
    await by.setAccess("acme/app", "none");
    await refused(["dispatch", "42"], 4, /acme\/app was not found/);
  });
  test("no access", async () => {
    await by.setAccess("acme/app", "forbidden");
    await refused(["dispatch", "42"], 4, /No access/);
    await by.setAccess("acme/app", "write");
  });
  test("used up", async () => {
    await by.setWeather("limited");
    await refused(["dispatch", "42"], 4, /rate limit .*used up/);
  });
  test("out of reach", async () => {
    await by.setWeather("fine");
    await refused(["dispatch", "42"], 4, /cannot be reached/, { GITHUB_API_URL: "http://127.0.0.1:1" });
  });
});

describe("once it is dispatched", () => {
  test("the whole job goes over the wire", async () => {
    expect((await type(["dispatch", "42", "--wait"])).exit).toBe(0);
    const opened = await type(["pr", "1"]);
    expect(opened.out).toContain("Pull request #");
    expect((await type(["refresh"])).err).toBe("");
  });

  test("a refresh that cannot reach GitHub says so, ends what has ended, and changes nothing else", async () => {
    const before = await dispatches(at);
    const said = await type(["refresh"], { GITHUB_API_URL: "http://127.0.0.1:1" });
    expect(said.err).toMatch(/^warning: acme\/app: .*cannot be reached/);
    expect(said.exit).toBe(0);
    expect((await dispatches(at)).map((one) => one.display)).toEqual(before.map((one) => one.display));
  });

  test("a pull request that GitHub refuses leaves the push, and can be tried again", async () => {
    await type(["dispatch", "43", "--wait"]);
    await by.setAccess("acme/app", "read");
    const said = await type(["pr", "2"]);
    expect([said.exit, isPlain(said)]).toEqual([4, true]);
    await by.setAccess("acme/app", "write");
    expect((await type(["pr", "2"])).exit).toBe(0);
  });
});
