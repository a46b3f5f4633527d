import { expect } from "bun:test";
import { failureOf } from "../../src/github/failure.ts";
import { APP, type Case, problem } from "./github-case.ts";

export const FAILURES: readonly Case[] = [
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
        ["not_found", "acme/nothing was not found on HOST, or the token may not see it."],
        ["no_access", `No access: the token may not read issue #${number} of acme/app.`],
        [
          "no_access",
          `No access to issue #${number} of acme/app: its organisation wants single sign-on (SAML) for your token.`,
        ],
        ["gone", `Issue #${number} of acme/app is gone: it was deleted on GitHub.`],
        ["no_access", "HOST does not accept the token: it is wrong, expired or revoked."],
        ["offline", "HOST cannot be reached: the connection was cut."],
        ["trouble", "HOST has trouble of its own (HTTP 502)."],
        [
          "rate_limited",
          "The rate limit of HOST (5000 requests an hour) is used up; it is reset at 12:23 UTC (in 23 min).",
        ],
        [
          "rate_limited",
          "HOST asks Rally to slow down (secondary rate limit): it may be asked again at 12:24 UTC (in 60 s).",
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
      expect(await told(github.issue(APP, 99))).toEqual(["missing", "Issue #99 does not exist in acme/app."]);
      expect(await told(github.comments(APP, 99))).toEqual([
        "missing",
        "Issue #99 does not exist in acme/app.",
      ]);
      expect(await told(github.pull(APP, 99))).toEqual([
        "missing",
        "Pull request #99 does not exist in acme/app.",
      ]);
      for (const request of [github.pull, github.files, github.reviews, github.reviewComments])
        expect(await told(request(APP, number))).toEqual([
          "missing",
          `#${number} of acme/app is an issue, not a pull request.`,
        ]);
      expect(await told(github.checks(APP, "feedfacefeedface"))).toEqual([
        "missing",
        "Commit feedfacefeed is not in acme/app on GitHub.",
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
