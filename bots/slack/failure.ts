import { Undelivered } from "../platform.ts";

const GONE = ["channel_not_found", "not_in_channel", "is_archived", "restricted_action"];
const LATER = ["internal_error", "fatal_error", "service_unavailable", "request_timeout", "ratelimited"];
/** Of the app itself, whose rooms and messages are good when it is mended. */
const TOKEN = [
  "account_inactive",
  "invalid_auth",
  "missing_scope",
  "no_permission",
  "not_authed",
  "team_access_not_granted",
  "token_expired",
  "token_revoked",
];

type SlackError = Error & {
  readonly code?: string;
  readonly retryAfter?: number;
  readonly data?: { readonly error?: string };
  readonly original?: unknown;
};

/** What Slack refused, as what is to be done about it. */
export function undelivered(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { code, retryAfter, data, original } = error as SlackError;
  if (code === "slack_webapi_rate_limited_error")
    return new Undelivered("Slack: too fast.", { retryAfterMs: (retryAfter ?? 1) * 1000 });
  if (code === "slack_webapi_request_error")
    return new Undelivered("Slack did not answer.", {
      unsure: !/ECONNREFUSED|Unable to connect/.test(String(original)),
    });
  if (code === "slack_webapi_http_error") return new Undelivered("Slack is out of order.", { unsure: true });
  if (code !== "slack_webapi_platform_error") return error;
  const said = data?.error ?? "unknown_error";
  const message = `Slack: ${said}.`;
  if (GONE.includes(said)) return new Undelivered(message, { never: "chat" });
  if (LATER.includes(said) || TOKEN.includes(said)) return new Undelivered(message);
  return new Undelivered(message, { never: "message" });
}

export function saying(error: unknown): string {
  const given = undelivered(error);
  return given instanceof Error ? given.message : String(given);
}
