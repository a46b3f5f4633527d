import { createHash, timingSafeEqual } from "node:crypto";
import { hostname } from "node:os";
import type { Config } from "../config.ts";
import { type Answer, refusal } from "./answer.ts";

/** Who may ask, and how: looked at before anything else of a request is. */
export type Guard = (request: Request) => Answer | null;

const COOKIE = "rally_page";
/** What says nothing but that somebody is alive. */
const OPEN_PATHS: readonly string[] = ["/healthz"];

/**
 * Only GET and HEAD; only under a name of this very page, so that no name of others that leads here gets anything; only
 * from its own pages; and, where there is one, only with the token: once in the address, then by a cookie that no script
 * reads, or as a bearer's.
 */
export function guard(config: Config): Guard {
  const { token } = config.web;
  const named = names(config);
  return (request) => {
    if (request.method !== "GET" && request.method !== "HEAD")
      return { ...refusal(405, "This page is only read: GET and HEAD."), headers: { allow: "GET, HEAD" } };
    const host = hostOf(request.headers.get("host"));
    if (host === null || !named(host)) return refusal(403, "This is not a name of this page.");
    if (isForeign(request, host, config.web.baseUrl)) return refusal(403, "Another site may not ask.");
    const url = new URL(request.url);
    if (token === null || OPEN_PATHS.includes(url.pathname)) return null;
    return withToken(request, url, token, config.web.baseUrl);
  };
}

type Host = { readonly name: string; readonly whole: string };

function hostOf(header: string | null): Host | null {
  if (header === null || !/^[\w.:[\]-]+$/.test(header) || !URL.canParse(`http://${header}/`)) return null;
  const { hostname: name, host: whole } = new URL(`http://${header}/`);
  return { name, whole };
}

function names(config: Config): (host: Host) => boolean {
  const { host, baseUrl } = config.web;
  const own = ["localhost", "127.0.0.1", "[::1]"];
  if (baseUrl !== null) own.push(new URL(baseUrl).hostname);
  if (isLoopback(host)) return ({ name }) => own.includes(name);
  own.push(host.toLowerCase(), hostname().toLowerCase());
  // A number is no name that somebody could have pointed here.
  return ({ name }) => own.includes(name) || /^(\d+\.\d+\.\d+\.\d+|\[[\da-f:.]+\])$/.test(name);
}

export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** A browser says where a request comes from; a link that a person followed is no foreign request. */
function isForeign(request: Request, host: Host, baseUrl: string | null): boolean {
  const origin = request.headers.get("origin");
  const own = [`http://${host.whole}`, `https://${host.whole}`];
  if (baseUrl !== null) own.push(new URL(baseUrl).origin);
  if (origin !== null && !own.includes(origin)) return true;
  const site = request.headers.get("sec-fetch-site");
  return site === "cross-site" && request.headers.get("sec-fetch-mode") !== "navigate";
}

function withToken(request: Request, url: URL, token: string, baseUrl: string | null): Answer | null {
  const given = url.searchParams.get("token");
  if (given !== null && same(given, token)) return remembered(url, token, baseUrl);
  const bearer = /^Bearer (.+)$/i.exec(request.headers.get("authorization") ?? "")?.[1];
  if (bearer !== undefined && same(bearer, token)) return null;
  const cookie = cookieOf(request.headers.get("cookie") ?? "");
  if (cookie !== null && same(cookie, mark(token))) return null;
  return { ...refusal(401, "This page wants its token."), form: true };
}

/** The address is asked for again without it, so that it stays in no history and no log. */
function remembered(url: URL, token: string, baseUrl: string | null): Answer {
  url.searchParams.delete("token");
  const secure = baseUrl?.startsWith("https:") ? "; Secure" : "";
  // One slash only: two would be another site.
  const location = `${url.pathname.replace(/^\/+/, "/")}${url.search}`;
  return {
    status: 303,
    type: "text/plain; charset=utf-8",
    body: "",
    headers: { location, "set-cookie": `${COOKIE}=${mark(token)}; Path=/; HttpOnly; SameSite=Lax${secure}` },
  };
}

/** What the cookie holds: it proves the token and is not it. */
function mark(token: string): string {
  return createHash("sha256").update(`rally page\0${token}`).digest("hex");
}

function cookieOf(header: string): string | null {
  const own = header.split(";").map((part) => part.trim());
  return own.find((part) => part.startsWith(`${COOKIE}=`))?.slice(COOKIE.length + 1) ?? null;
}

function same(given: string, wanted: string): boolean {
  const hash = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(hash(given), hash(wanted));
}
