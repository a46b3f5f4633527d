import type { Time } from "../domain/words.ts";

/** What was asked, for the sentence: nothing in it is secret. */
export type Asked = {
  /** `github.com`, or the Enterprise host. */
  readonly host: string;
  /** `owner/name`; null when the request is not about a repository. */
  readonly repo: string | null;
  /** What a person would call it: `acme/app`, `issue #42 of acme/app`. */
  readonly thing: string;
  /** Of a write: what is being tried, `open a pull request`. */
  readonly write: string | null;
  readonly hasToken: boolean;
};

/** A refusal as GitHub gave it: status, its words, and the headers that explain it. */
export type Answer = {
  readonly status: number;
  readonly message: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
};

/**
 * Stands for "there was no answer": no server sends it, the retry plugin leaves it alone, and the reason is in a
 * header. So a failure of the network takes the same road as a refusal.
 */
export const UNREACHABLE = 598;
export const REASON_HEADER = "x-rally-reason";

export type Limit = { readonly kind: "primary" | "secondary"; readonly until: Time | null };

const LONGEST_WAIT_MS = 3_600_000;
const SECONDARY_WAIT_MS = 60_000;

/**
 * Whether an answer is a rate limit, and until when. GitHub's rules: 403 or 429; the primary limit says
 * `x-ratelimit-remaining: 0` and when it is reset, a secondary one says `retry-after`, or nothing: then a minute.
 */
export function limitOf(answer: Answer, now: Time): Limit | null {
  if (answer.status !== 403 && answer.status !== 429) return null;
  const { headers } = answer;
  const after = Number(headers["retry-after"]);
  if (Number.isFinite(after) && after > 0)
    return { kind: "secondary", until: now + Math.min(after * 1000, LONGEST_WAIT_MS) };
  if (headers["x-ratelimit-remaining"] === "0") {
    const resetAt = Number(headers["x-ratelimit-reset"]) * 1000;
    const until = Number.isFinite(resetAt) ? Math.min(resetAt, now + LONGEST_WAIT_MS) : null;
    return { kind: "primary", until };
  }
  if (answer.status === 429 || /secondary rate limit|abuse detection/i.test(answer.message))
    return { kind: "secondary", until: now + SECONDARY_WAIT_MS };
  return null;
}
