import { retry } from "@octokit/plugin-retry";
import { throttling } from "@octokit/plugin-throttling";
import { Octokit } from "@octokit/rest";
import { Problem } from "../domain/problem.ts";
import type { Time } from "../domain/words.ts";
import type { Log } from "../log.ts";
import { type Answer, type Asked, UNREACHABLE } from "./answer.ts";
import type { Budget, HttpCache } from "./github.ts";
import { http } from "./http.ts";
import { problemOf } from "./problems.ts";
import { checked } from "./token.ts";

export type ClientOptions = {
  /** Base of the REST API; null: `https://api.github.com`. */
  readonly apiUrl: string | null;
  readonly token: string | null;
  readonly cache: HttpCache;
  readonly now: () => Time;
  /** For one attempt; with `retries` there are at most three, five seconds apart in all. */
  readonly timeoutMs: number;
  /** Trying reads again after an error of the server, and keeping writes apart. */
  readonly retries: boolean;
  readonly log: Log;
};

/** Octokit with Rally's manners, and everything that turns its failures into Problems. */
export type Client = {
  readonly octokit: Octokit;
  readonly host: string;
  readonly hasToken: boolean;
  readonly log: Log;
  readonly budget: () => Budget | null;
  /** Runs requests; what they throw becomes the Problem for what was asked. */
  readonly attempt: <T>(asked: Subject, requests: () => Promise<T>) => Promise<T>;
};

/** What is asked for; host and token are the client's. */
export type Subject = {
  readonly repo: string | null;
  readonly thing: string;
  readonly write?: string;
};

const Base = Octokit.plugin(throttling, retry);
/** A longer wait is the caller's: somebody may be sitting there. */
const LONGEST_PAUSE_SECONDS = 5;

export function client(options: ClientOptions): Client {
  const baseUrl = apiBase(options);
  const host = webHost(baseUrl);
  const token = options.token === null ? null : checked(options.token, "the configuration");
  const { fetch, budget } = http({ ...options, token, host });
  const octokit = new Base({
    baseUrl: baseUrl.href.replace(/\/+$/, ""),
    userAgent: "rally",
    ...(token === null ? {} : { auth: token }),
    request: { fetch },
    log: quietly(options.log),
    retry: {
      enabled: options.retries,
      retries: 2,
      doNotRetry: [400, 401, 403, 404, 410, 422, 429, 451, UNREACHABLE],
    },
    throttle: {
      enabled: options.retries,
      id: host,
      onRateLimit: () => false,
      onSecondaryRateLimit: (after: number, _options: unknown, _octokit: unknown, count: number) =>
        count < 1 && after <= LONGEST_PAUSE_SECONDS,
    },
  });
  const hasToken = token !== null;
  const attempt = async <T>(subject: Subject, requests: () => Promise<T>): Promise<T> => {
    try {
      return await requests();
    } catch (error) {
      const answer = answerOf(error);
      if (answer === null) throw error;
      const asked: Asked = { write: null, ...subject, host, hasToken };
      const message = token === null ? answer.message : answer.message.replaceAll(token, "[token]");
      throw problemOf(asked, { ...answer, message }, options.now());
    }
  };
  return { octokit, host, hasToken, log: options.log, budget, attempt };
}

/** The refusal inside what Octokit threw; null for anything that is no answer of a server, which is a bug. */
function answerOf(error: unknown): Answer | null {
  if (!(error instanceof Error) || error instanceof Problem) return null;
  if (!("status" in error) || typeof error.status !== "number") return null;
  const response = "response" in error ? (error.response as Partial<Reply> | undefined) : undefined;
  const said = response?.data;
  const words = typeof said === "object" && said !== null ? said : {};
  const errors = Array.isArray(words.errors) ? words.errors : [];
  return {
    status: error.status,
    message: [words.message ?? "", ...errors.map(detail)].filter(Boolean).join(": "),
    headers: response?.headers ?? {},
  };
}

type Reply = {
  readonly headers: Readonly<Record<string, string>>;
  readonly data: { readonly message?: string; readonly errors?: unknown };
};

/** GitHub's `errors` are words, or objects with words, or objects that name a field and a code. */
function detail(error: unknown): string {
  if (typeof error === "string") return error;
  if (typeof error !== "object" || error === null) return "";
  const { message, field, code } = error as { message?: unknown; field?: unknown; code?: unknown };
  return typeof message === "string"
    ? message
    : [field, code].filter((part) => typeof part === "string").join(" ");
}

/** Throws `config` for a base URL that cannot be one, or that would show the token to the network. */
function apiBase({ apiUrl, token }: ClientOptions): URL {
  const text = apiUrl ?? "https://api.github.com";
  const url = URL.canParse(text) ? new URL(text) : null;
  const hint = "rally config set github.api_url https://<host>/api/v3";
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new Problem("config", "The address of GitHub's API in the configuration is no http(s) URL.", {
      hint,
    });
  if (url.username || url.password)
    throw new Problem(
      "config",
      "The address of GitHub's API in the configuration must not hold a password.",
      {
        hint,
      },
    );
  const local = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
  if (url.protocol === "http:" && !local && token !== null)
    throw new Problem("config", `The token would go to ${url.host} unencrypted: its address must be https.`, {
      hint,
    });
  return url;
}

/** What people call it: the host of the pages, not of the API. */
function webHost(base: URL): string {
  return base.host === "api.github.com" ? "github.com" : base.host;
}

/** Octokit's own messages go to the log and never to the screen. */
function quietly(log: Log): Record<"debug" | "info" | "warn" | "error", (message: string) => void> {
  return {
    debug: () => undefined,
    info: () => undefined,
    warn: (message) => log.debug("octokit", { message }),
    error: (message) => log.debug("octokit", { message }),
  };
}
