/** What is answered, before it is a response. */
export type Answer = {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The same for the same contents; only then "nothing new" may be said. */
  readonly etag?: string;
  /** Compressed already. */
  readonly gzip?: () => Uint8Array<ArrayBuffer>;
  /** A person may give the token here. */
  readonly form?: true;
};

export const HTML = "text/html; charset=utf-8";
export const JSON_TYPE = "application/json; charset=utf-8";
export const TEXT = "text/plain; charset=utf-8";

export function refusal(status: number, sentence: string): Answer {
  return { status, type: TEXT, body: `${sentence}\n` };
}

/** Nothing but the page's own files, and nothing from anywhere else. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

const HEADERS: Readonly<Record<string, string>> = {
  "content-security-policy": POLICY,
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), microphone=(), geolocation=(), interest-cohort=()",
  "cache-control": "no-store",
  vary: "accept-encoding, cookie",
};

export function headersOf(type: string, more: Readonly<Record<string, string>> = {}): Headers {
  return new Headers({ ...HEADERS, "content-type": type, ...more });
}

const WORTH_COMPRESSING = 1024;

export function respond(request: Request, answer: Answer): Response {
  const headers = headersOf(answer.type, answer.headers);
  if (answer.etag !== undefined) {
    headers.set("etag", answer.etag);
    if (request.headers.get("if-none-match") === answer.etag)
      return new Response(null, { status: 304, headers });
  }
  const body = compressed(request, answer);
  if (typeof body !== "string") headers.set("content-encoding", "gzip");
  const length = typeof body === "string" ? Buffer.byteLength(body) : body.byteLength;
  if (request.method === "HEAD") {
    headers.set("content-length", String(length));
    return new Response(null, { status: answer.status, headers });
  }
  return new Response(body, { status: answer.status, headers });
}

function compressed(request: Request, { body, gzip }: Answer): string | Uint8Array<ArrayBuffer> {
  const accepts = /\bgzip\b/.test(request.headers.get("accept-encoding") ?? "");
  if (!accepts || body.length < WORTH_COMPRESSING) return body;
  return gzip ? gzip() : zipped(body);
}

export function zipped(text: string): Uint8Array<ArrayBuffer> {
  return Bun.gzipSync(text, { level: 4 });
}
