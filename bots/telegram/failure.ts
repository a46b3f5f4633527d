import { GrammyError, HttpError } from "grammy";
import { Undelivered } from "../platform.ts";

/** What Telegram refused, as what is to be done about it. */
export function undelivered(error: unknown): unknown {
  if (error instanceof HttpError)
    return new Undelivered("Telegram did not answer.", { unsure: !neverSent(error.error) });
  if (!(error instanceof GrammyError)) return error;
  const { error_code: code, description } = error;
  const said = `Telegram: ${description}`;
  if (code === 429)
    return new Undelivered(said, { retryAfterMs: (error.parameters.retry_after ?? 5) * 1000 });
  if (code === 403 || /chat not found|group chat was|PEER_ID_INVALID/i.test(description))
    return new Undelivered(said, { never: "chat" });
  if (/message thread not found|TOPIC_(CLOSED|DELETED)/i.test(description))
    return new Undelivered(said, { never: "topic" });
  if (code >= 500 || code === 401 || code === 404) return new Undelivered(said);
  return new Undelivered(said, { never: "message" });
}

export function isUnparsed(error: unknown): boolean {
  return error instanceof GrammyError && error.error_code === 400 && /parse/i.test(error.description);
}

/** It shows that already, which is what was wanted. */
export function isUnchanged(error: unknown): boolean {
  return error instanceof GrammyError && /message is not modified/i.test(error.description);
}

/** What grammY's errors show in full holds the token. */
export function saying(error: unknown): string {
  if (error instanceof GrammyError) return `${error.error_code} ${error.description}`;
  if (error instanceof HttpError) return "Telegram did not answer.";
  return error instanceof Error ? error.message : String(error);
}

/** A connection that was never made has delivered nothing. */
function neverSent(cause: unknown): boolean {
  return cause instanceof Error && /ECONNREFUSED|ConnectionRefused|Unable to connect/i.test(String(cause));
}
