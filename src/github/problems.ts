import { Problem } from "../domain/problem.ts";
import type { Time } from "../domain/words.ts";
import { type Answer, type Asked, type Limit, limitOf, REASON_HEADER, UNREACHABLE } from "./answer.ts";
import { type FailureKind, GitHubFailure } from "./failure.ts";

/**
 * The one place where a refusal becomes words. Not found, no access, gone, rate-limited and offline are five
 * sentences, each with the line that would help.
 */
export function problemOf(asked: Asked, answer: Answer, now: Time): Problem {
  const limit = limitOf(answer, now);
  if (limit) return limited(asked, answer, limit, now);
  if (answer.status === UNREACHABLE) return offline(asked, answer);
  if (answer.status === 401) return badToken(asked, answer);
  if (answer.status === 403) return noAccess(asked, answer);
  if (answer.status === 404) return asked.write === null ? notFound(asked, answer) : noAccess(asked, answer);
  if (answer.status === 410 || answer.status === 451) return gone(asked, answer);
  if (answer.status >= 500) return trouble(asked, answer);
  const said = oneLine(answer.message);
  return github("refused", answer, `GitHub refuses to ${asked.write ?? `show ${asked.thing}`}: ${said}`);
}

/** A single issue or pull request that is not there, in a repository that is. */
export function missing(kind: "issue" | "pull request", repo: string, number: number): Problem {
  const cause = new GitHubFailure("not_found", 404, null, `${kind} ${number}`);
  return new Problem("missing", `${begun(kind)} #${number} does not exist in ${repo}.`, {
    hint: "look at the number, or name the repository: owner/repo#number",
    cause,
  });
}

/** A single issue that was deleted. */
export function deleted(kind: "issue" | "pull request", repo: string, number: number): Problem {
  const cause = new GitHubFailure("gone", 410, null, `${kind} ${number}`);
  return new Problem("missing", `${begun(kind)} #${number} of ${repo} is gone: it was deleted on GitHub.`, {
    hint: "rally clean, where it was dispatched",
    cause,
  });
}

export function notAPull(repo: string, number: number): Problem {
  const cause = new GitHubFailure("not_found", 404, null, `pull ${number}`);
  return new Problem("missing", `#${number} of ${repo} is an issue, not a pull request.`, {
    hint: `rally dispatch issue ${number}`,
    cause,
  });
}

export function noCommit(repo: string, sha: string): Problem {
  const cause = new GitHubFailure("not_found", 422, null, `commit ${sha}`);
  return new Problem("missing", `Commit ${sha.slice(0, 12)} is not in ${repo} on GitHub.`, {
    hint: "rally push, if it is only here",
    cause,
  });
}

export function moved(repo: string, number: number, url: string): Problem {
  const cause = new GitHubFailure("gone", 301, null, `issue ${number}`);
  return new Problem("missing", `Issue #${number} of ${repo} was moved to ${url}`, {
    hint: `rally dispatch ${url}`,
    cause,
  });
}

function limited(asked: Asked, answer: Answer, limit: Limit, now: Time): Problem {
  const when =
    limit.until === null ? "later" : `at ${clock(limit.until)} UTC (in ${span(limit.until - now)})`;
  if (limit.kind === "secondary")
    return github(
      "rate_limited",
      answer,
      `${asked.host} asks Rally to slow down (secondary rate limit): it may be asked again ${when}.`,
      "wait; nothing is lost, Rally goes on by itself",
      limit.until,
    );
  const total = answer.headers["x-ratelimit-limit"];
  const sentence = `The rate limit of ${asked.host}${total ? ` (${total} requests an hour)` : ""} is used up; it is reset ${when}.`;
  const hint = asked.hasToken
    ? "wait, or see who uses it: rally doctor"
    : "gh auth login, or set GH_TOKEN: with a token there are more";
  return github("rate_limited", answer, sentence, hint, limit.until);
}

function offline(asked: Asked, answer: Answer): Problem {
  const reason = answer.headers[REASON_HEADER] ?? answer.message;
  return github(
    "offline",
    answer,
    `${asked.host} cannot be reached: ${reason}`,
    "look at the network; rally doctor says more",
  );
}

function badToken(asked: Asked, answer: Answer): Problem {
  if (!asked.hasToken)
    return github(
      "no_access",
      answer,
      `${asked.host} wants to know who asks, and there is no token.`,
      "gh auth login, or set GH_TOKEN",
    );
  return github(
    "no_access",
    answer,
    `${asked.host} does not accept the token: it is wrong, expired or revoked.`,
    `gh auth login --hostname ${asked.host}, or set GH_TOKEN anew`,
  );
}

function noAccess(asked: Asked, answer: Answer): Problem {
  const sso = ssoUrl(asked, answer);
  if (sso !== null)
    return github(
      "no_access",
      answer,
      `No access to ${asked.thing}: its organisation wants single sign-on (SAML) for your token.`,
      sso === "" ? "authorise the token for the organisation in GitHub's settings" : `authorise it: ${sso}`,
    );
  const what = asked.write === null ? `read ${asked.thing}` : asked.write;
  const who = asked.hasToken ? "the token may not" : "without a token nobody may";
  return github("no_access", answer, `No access: ${who} ${what}.`, wanted(answer));
}

function notFound(asked: Asked, answer: Answer): Problem {
  const seen = asked.hasToken ? "or the token may not see it" : "or it is private and there is no token";
  return github(
    "not_found",
    answer,
    `${begun(asked.thing)} was not found on ${asked.host}, ${seen}.`,
    asked.hasToken
      ? "look at the spelling; rally doctor shows whose token it is"
      : "gh auth login, or set GH_TOKEN",
  );
}

function gone(asked: Asked, answer: Answer): Problem {
  const why = answer.status === 451 ? "taken down for legal reasons" : "deleted or switched off on GitHub";
  return github(
    "gone",
    answer,
    `${begun(asked.thing)} is gone: ${why}.`,
    "rally offboard, if the project is over",
  );
}

function trouble(asked: Asked, answer: Answer): Problem {
  return github(
    "trouble",
    answer,
    `${asked.host} has trouble of its own (HTTP ${answer.status}).`,
    "try again in a minute; https://www.githubstatus.com",
  );
}

function github(
  kind: FailureKind,
  answer: Answer,
  message: string,
  hint?: string,
  retryAt: Time | null = null,
): Problem {
  const status = answer.status === UNREACHABLE ? null : answer.status;
  const request = answer.headers["x-github-request-id"];
  const detail = `${status ?? "no answer"}: ${oneLine(answer.message)}${request ? ` (request ${request})` : ""}`;
  return new Problem("github", message, { hint, cause: new GitHubFailure(kind, status, retryAt, detail) });
}

/** At the beginning of a sentence; a name is written as it is. */
function begun(thing: string): string {
  const isName = /^\S*[/.]/.test(thing);
  return isName ? thing : `${thing.slice(0, 1).toUpperCase()}${thing.slice(1)}`;
}

/** The page where the token is authorised; empty when there is none to trust, null when it is not about SSO. */
function ssoUrl(asked: Asked, answer: Answer): string | null {
  const header = answer.headers["x-github-sso"];
  if (header === undefined) return /SAML/.test(answer.message) ? "" : null;
  const url = /(?:^|;)\s*url=([^\s;,]+)/.exec(header)?.[1];
  return url?.startsWith(`https://${asked.host}/`) ? url : "";
}

/** GitHub names the scopes (classic tokens) or permissions (fine-grained ones) that would do. */
function wanted(answer: Answer): string {
  const wants = answer.headers["x-accepted-github-permissions"] ?? answer.headers["x-accepted-oauth-scopes"];
  if (wants) return `give the token one of: ${oneLine(wants)}`;
  return "gh auth refresh -s repo,read:org, or a token that may";
}

/** GitHub's own words are data: one line, and not a long one. */
function oneLine(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\s]+/gu, " ").trim();
  return line.length > 200 ? `${line.slice(0, 199)}…` : line;
}

function clock(at: Time): string {
  return new Date(at).toISOString().slice(11, 16);
}

function span(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  return seconds < 120 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`;
}
