import { createHash } from "node:crypto";
import type { Time } from "../domain/words.ts";
import type { Log } from "../log.ts";
import { limitOf, REASON_HEADER, UNREACHABLE } from "./answer.ts";
import type { Budget, HttpCache } from "./github.ts";

export type HttpOptions = {
  readonly token: string | null;
  readonly host: string;
  readonly cache: HttpCache;
  readonly now: () => Time;
  /** For one attempt, its body included. */
  readonly timeoutMs: number;
  readonly log: Log;
};

export type Http = {
  readonly fetch: (url: string, init?: RequestInit) => Promise<Response>;
  readonly budget: () => Budget | null;
};

type Entry = NonNullable<ReturnType<HttpCache["get"]>>;
/** What came back, read to its end. */
type Got = { readonly status: number; readonly headers: Headers; readonly body: string };

/** Says that the answer is the one known already, so that a list may skip what it has told. */
export const CACHED_HEADER = "x-rally-cached";

const CACHED_BODY_MAX_CHARS = 4_000_000;

/**
 * `fetch` as Octokit is given it. It makes reads conditional: a 304 becomes the cached answer, `link` included, and
 * its new ETag is taken. It reads the budget off every answer, ends what takes too long, and does not ask again before
 * a rate limit is over. It never throws for the network: no answer is a response with status `UNREACHABLE`.
 */
export function http(options: HttpOptions): Http {
  const owner = options.token === null ? "anonymous" : fingerprint(options.token);
  const refusals = new Map<string, { readonly got: Got; readonly until: Time }>();
  let last: Budget | null = null;

  async function ask(url: string, init: RequestInit = {}): Promise<Response> {
    const resource = url.endsWith("/graphql") ? "graphql" : "core";
    const refused = refusals.get(resource);
    if (refused && isBefore(options.now(), refused.until)) return response(refused.got, url);
    const key = isRead(init) ? `${owner} ${accepted(init)} ${url}` : null;
    const known = key === null ? null : carefully(options, "get", () => options.cache.get(key));
    const got = await attempt(url, conditional(init, known), options.timeoutMs);
    const budget = budgetOf(got.headers);
    if (budget) {
      const of = got.headers.get("x-ratelimit-resource") ?? "core";
      carefully(options, "budget", () => options.cache.budget(`${options.host}:${of}`, budget));
      if (of === "core") last = later(last, budget);
    }
    remember(resource, got);
    if (got.status === 304 && known && key !== null)
      return response(fromCache(options, key, known, got), url);
    if (key !== null) keep(options, key, got);
    return response(got, url);
  }

  function remember(resource: string, got: Got): void {
    const answer = { status: got.status, message: got.body, headers: Object.fromEntries(got.headers) };
    const limit = limitOf(answer, options.now());
    if (limit?.until) refusals.set(resource, { got, until: limit.until });
    else refusals.delete(resource);
  }

  return { fetch: ask, budget: () => last };
}

/** A clock that was set back must not keep Rally waiting: no limit lasts longer than an hour. */
function isBefore(now: Time, until: Time): boolean {
  return now < until && until - now <= 3_600_000;
}

function isRead(init: RequestInit): boolean {
  return (init.method ?? "GET") === "GET";
}

function accepted(init: RequestInit): string {
  return new Headers(init.headers).get("accept") ?? "";
}

function conditional(init: RequestInit, known: Entry | null): RequestInit {
  if (!known) return init;
  const headers = new Headers(init.headers);
  headers.set("if-none-match", known.etag);
  return { ...init, headers };
}

async function attempt(url: string, init: RequestInit, timeoutMs: number): Promise<Got> {
  try {
    const answer = await fetch(url, { ...init, signal: AbortSignal.timeout(timeoutMs) });
    const got = { status: answer.status, headers: answer.headers, body: await answer.text() };
    if (got.status === 200 && !isJson(got.headers))
      return unreachable("something else than GitHub's API answers there (a proxy, or a login page?)");
    return got;
  } catch (error) {
    return unreachable(reason(error, timeoutMs));
  }
}

function isJson(headers: Headers): boolean {
  return /\bjson\b/i.test(headers.get("content-type") ?? "");
}

function unreachable(why: string): Got {
  return { status: UNREACHABLE, headers: new Headers({ [REASON_HEADER]: why }), body: "" };
}

/** The runtime's own messages may quote headers and URLs, so only its codes are used. */
function reason(error: unknown, timeoutMs: number): string {
  if (error instanceof Error && error.name === "TimeoutError")
    return `no answer within ${timeoutMs < 1000 ? `${timeoutMs} ms` : `${Math.round(timeoutMs / 1000)} s`}`;
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return REASONS[code] ?? (/^[A-Z_]{3,60}$/.test(code) ? code : "the connection failed");
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "the connection is refused",
  ConnectionRefused: "the connection is refused",
  ECONNRESET: "the connection was cut",
  ConnectionClosed: "the connection was cut",
  ENOTFOUND: "its name is not found (DNS)",
  EAI_AGAIN: "its name is not found (DNS)",
  ETIMEDOUT: "the connection timed out",
  EHOSTUNREACH: "there is no route to it",
  ENETUNREACH: "there is no network",
};

function fromCache(options: HttpOptions, key: string, known: Entry, got: Got): Got {
  const etag = got.headers.get("etag") ?? known.etag;
  const link = got.headers.get("link") ?? known.link;
  if (etag !== known.etag || link !== known.link)
    carefully(options, "set", () => options.cache.set(key, { etag, body: known.body, link }));
  const headers = new Headers(got.headers);
  headers.set("content-type", "application/json; charset=utf-8");
  headers.set(CACHED_HEADER, "1");
  if (link !== null) headers.set("link", link);
  return { status: 200, headers, body: known.body };
}

function keep(options: HttpOptions, key: string, got: Got): void {
  const etag = got.headers.get("etag");
  if (got.status !== 200 || etag === null || got.body.length > CACHED_BODY_MAX_CHARS) return;
  const entry = { etag, body: got.body, link: got.headers.get("link") };
  carefully(options, "set", () => options.cache.set(key, entry));
}

function response(got: Got, url: string): Response {
  const headers = new Headers(got.headers);
  // The body here is plain text already, whatever it was on the wire.
  headers.delete("content-encoding");
  headers.delete("content-length");
  const empty = got.status === 204 || got.status === 205 || got.status === 304;
  const made = new Response(empty ? null : got.body, { status: got.status, headers });
  // A response that was made here has no URL, and pagination counts on one.
  return Object.defineProperty(made, "url", { value: url });
}

function budgetOf(headers: Headers): Budget | null {
  const [limit, remaining, reset] = ["limit", "remaining", "reset"].map((name) =>
    Number(headers.get(`x-ratelimit-${name}`) ?? Number.NaN),
  );
  if (limit === undefined || remaining === undefined || reset === undefined) return null;
  if (!Number.isFinite(limit + remaining + reset)) return null;
  return { limit, remaining, resetAt: reset * 1000 };
}

/** Answers overtake each other: within one window the smaller rest is the newer. */
function later(before: Budget | null, now: Budget): Budget {
  if (before?.resetAt !== now.resetAt) return now;
  return { ...now, remaining: Math.min(before.remaining, now.remaining) };
}

/** The cache saves requests and is no condition for an answer: a busy or full one is logged, and GitHub is asked. */
function carefully<T>(options: HttpOptions, what: string, use: () => T): T | null {
  try {
    return use();
  } catch (error) {
    options.log.warn("github_cache_failed", { what, error: error instanceof Error ? error.message : "" });
    return null;
  }
}

function fingerprint(token: string): string {
  return createHash("sha256").update(token).digest("hex").slice(0, 32);
}
