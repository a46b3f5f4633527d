import { changesReader } from "../app/page-diff.ts";
import { Problem } from "../domain/problem.ts";
import type { World } from "../world.ts";
import { type Answer, HTML, refusal, respond } from "./answer.ts";
import { eventStreams, STREAM_LIMITS, type StreamLimits } from "./events.ts";
import { guard, isLoopback } from "./guard.ts";
import { kept } from "./kept.ts";
import { messagePage, tokenPage } from "./message.ts";
import { answerAt, type Rooms } from "./routes.ts";
import { type TickTimes, tickTimes } from "./ticks.ts";

export type ServedPage = {
  /** As somebody on this machine opens it, without the token. */
  readonly url: string;
  readonly port: number;
  readonly ticks: TickTimes;
  readonly readers: () => number;
  stop(): Promise<void>;
};

const IDLE_SECONDS = 45;

/**
 * Serves the status page at `web.host` and `web.port` (0: any free one) until it is stopped. Reads only.
 * Throws Problem `config` where others could reach it and there is no token, `other` where the port cannot be had.
 */
export function servePage(world: World, limits: StreamLimits = STREAM_LIMITS): ServedPage {
  const { host, token } = world.config.web;
  if (token === null && !isLoopback(host))
    throw new Problem(
      "config",
      `The host is ${host} (web.host), where others could read the status page without a token.`,
      {
        hint: 'rally config set web.token "…", or rally config set web.host 127.0.0.1',
      },
    );
  const ticks = tickTimes();
  const streams = eventStreams(world, limits);
  const answers = new Map<number, number>();
  const rooms: Rooms = { world, kept: kept(world), changes: changesReader(world), ticks, streams, answers };
  const refused = guard(world.config);
  const handle = async (request: Request): Promise<Response> => {
    const no = refused(request);
    if (no) return respond(request, no.form ? wantsToken(request, no) : no);
    const url = new URL(request.url);
    if (url.pathname === "/events") return events(request, url);
    const found = await answerAt(rooms, url);
    return respond(request, found ?? nothingAt(request));
  };
  const events = (request: Request, url: URL): Response => {
    if (request.method === "HEAD")
      return respond(request, { status: 200, type: "text/event-stream", body: "" });
    const opened = streams.open(cursorOf(request, url));
    const full: Answer = { ...refusal(503, "Too many readers."), headers: { "retry-after": "10" } };
    return opened ?? respond(request, full);
  };
  const server = listen(world, async (request) => {
    const response = await handle(request).catch((error: unknown) => respond(request, failed(world, error)));
    answers.set(response.status, (answers.get(response.status) ?? 0) + 1);
    return response;
  });
  return {
    url: `http://${isLoopback(host) && host !== "::1" ? host : "localhost"}:${server.port}/`,
    port: server.port ?? 0,
    ticks,
    readers: () => streams.count,
    stop: async () => {
      streams.stop();
      await server.stop(true);
    },
  };
}

function listen(world: World, fetch: (request: Request) => Promise<Response>) {
  const { host, port } = world.config.web;
  try {
    return Bun.serve({
      hostname: host,
      port,
      fetch,
      development: false,
      // Without it Bun shares the port with whoever asks for it.
      reusePort: false,
      idleTimeout: IDLE_SECONDS,
      maxRequestBodySize: 1024,
      error: (error) => respond(new Request("http://localhost/"), failed(world, error)),
    });
  } catch (cause) {
    const taken = cause instanceof Error && "code" in cause && cause.code === "EADDRINUSE";
    const why = taken ? "another program has it" : cause instanceof Error ? cause.message : String(cause);
    throw new Problem("other", `The status page cannot be served at port ${port} of ${host}: ${why}.`, {
      hint: "rally config set web.port 0, for any free one",
      cause,
    });
  }
}

/** `Last-Event-ID` of a reader that comes back, else `?after=`; null: from now on. */
function cursorOf(request: Request, url: URL): number | null {
  const given = request.headers.get("last-event-id") ?? url.searchParams.get("after");
  return given !== null && /^\d{1,15}$/.test(given) ? Number(given) : null;
}

function nothingAt(request: Request): Answer {
  if (!wantsHtml(request)) return refusal(404, "There is nothing here.");
  return { status: 404, type: HTML, body: messagePage("There is nothing here.", null) };
}

function wantsToken(request: Request, no: Answer): Answer {
  return wantsHtml(request) ? { ...no, type: HTML, body: tokenPage() } : no;
}

function wantsHtml(request: Request): boolean {
  return (request.headers.get("accept") ?? "").includes("text/html");
}

/** What went wrong is told where it is known, else only in the log. */
function failed(world: World, error: unknown): Answer {
  if (error instanceof Problem) return refusal(503, world.redact(error.message));
  world.log.error("page.failed", {
    message: error instanceof Error ? (error.stack ?? error.message) : String(error),
  });
  return refusal(500, "This is a bug in Rally; rally.log in its home says more.");
}
