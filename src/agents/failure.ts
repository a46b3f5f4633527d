import type { Reading } from "../domain/outcome.ts";
import type { Failure } from "../domain/words.ts";

export type AgentFailure = NonNullable<Reading["failure"]>;

const BY_STATUS: Readonly<Record<number, Failure>> = {
  401: "auth",
  402: "quota",
  403: "auth",
  404: "model",
  408: "network",
  413: "context",
  429: "rate_limit",
  529: "rate_limit",
};

/** In this order: the first that matches is the narrowest. */
const BY_WORDS: readonly (readonly [Failure, RegExp])[] = [
  [
    "quota",
    /quota|billing|credit balance|out of credits|usage limit|spending limit|payment required|insufficient_funds/i,
  ],
  ["rate_limit", /rate.?limit|too many requests|overloaded|resource.?exhausted|\b429\b|\b529\b/i],
  [
    "auth",
    /not logged in|log ?in to|please (log|sign) ?in|run \/?login|no authentication|unauthori[sz]ed|authenticat|api.?key|invalid.?token|expired token|classic personal access token|auth method|permission_denied|\b401\b|\b403\b/i,
  ],
  [
    "context",
    /context.?(length|window|limit|size)|prompt is too long|maximum context|too many tokens|input is too long/i,
  ],
  [
    "model",
    /model.{0,40}(not found|not available|not supported|unknown|does ?n[o']t exist|invalid)|(unknown|invalid|unsupported) model|model_not_found|no such model/i,
  ],
  [
    "network",
    /econnrefused|econnreset|enotfound|eai_again|etimedout|network|fetch failed|failed to get response|malformed response|finalize .{0,40}stream|socket hang up|connection|stream (ended|closed|disconnected|error)|terminated|timed? ?out|unable to connect|\b50[0-4]\b|internal server error/i,
  ],
];

const MESSAGE_MAX_CHARS = 500;

/** Says of what kind a failure is, by the HTTP status where there is one, else by its words; `agent` when neither tells. */
export function failureOf(message: string, status: number | null = null): AgentFailure {
  return { kind: kindOf(message, status) ?? "agent", message: message.trim().slice(0, MESSAGE_MAX_CHARS) };
}

/** The kind of a failure, or null when neither its status nor its words tell. */
export function kindOf(message: string, status: number | null): Failure | null {
  const words = BY_WORDS.find(([, pattern]) => pattern.test(message))?.[0] ?? null;
  if (status === null) return words;
  if (words === "quota" || words === "context") return words;
  return BY_STATUS[status] ?? (status >= 500 ? "network" : words);
}
