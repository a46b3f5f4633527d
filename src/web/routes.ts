import { measured } from "../app/measured.ts";
import {
  type DispatchData,
  dispatchData,
  dispatchJsonOf,
  fleetData,
  heartbeatNow,
  projectAt,
  statusData,
  wasThere,
} from "../app/page-data.ts";
import type { ChangesReader } from "../app/page-diff.ts";
import { logTail } from "../app/page-log.ts";
import type { World } from "../world.ts";
import { type Answer, HTML, JSON_TYPE, refusal, TEXT } from "./answer.ts";
import { assetAt } from "./assets.ts";
import { dispatchPage } from "./dispatch.ts";
import { fleetPage, projectPage } from "./fleet.ts";
import type { Kept } from "./kept.ts";
import { messagePage } from "./message.ts";
import { metricsText } from "./metrics.ts";
import type { TickTimes } from "./ticks.ts";

export type Rooms = {
  readonly world: World;
  readonly kept: Kept;
  readonly changes: ChangesReader;
  readonly ticks: TickTimes;
  readonly streams: { readonly count: number };
  readonly answers: ReadonlyMap<number, number>;
};

const LOG_LINES = 200;
const LATE_MS = 60_000;

/** What is there at an address; null where nothing is. Nothing of it is looked for in the file system. */
export async function answerAt(rooms: Rooms, url: URL): Promise<Answer | null> {
  const { pathname } = url;
  const all = url.searchParams.has("all");
  switch (pathname) {
    case "/":
    case "/status":
      return rooms.kept(all ? "/?all" : "/", async () =>
        page(fleetPage(fleetData(rooms.world, { all }), all)),
      );
    case "/status.json":
      return rooms.kept(all ? "/status.json?all" : "/status.json", async () =>
        json(statusData(rooms.world, all)),
      );
    case "/status.schema.json":
      return { status: 200, type: "application/schema+json; charset=utf-8", body: await schema() };
    case "/healthz":
      return health(rooms.world);
    case "/metrics":
      return {
        status: 200,
        type: METRICS,
        body: metricsText(measured(rooms.world), rooms.ticks, webOf(rooms)),
      };
    default:
      return assetAnswer(pathname) ?? (await ofDispatch(rooms, pathname)) ?? ofProject(rooms, pathname);
  }
}

const METRICS = "text/plain; version=0.0.4; charset=utf-8";

async function schema(): Promise<string> {
  const { statusSchemaFile } = await import("../app/status-schema.ts");
  return statusSchemaFile();
}

function webOf({ streams, answers }: Rooms) {
  return { streams: streams.count, answers };
}

function page(body: string): Answer {
  return { status: 200, type: HTML, body };
}

function json(value: unknown): Answer {
  return { status: 200, type: JSON_TYPE, body: `${JSON.stringify(value)}\n` };
}

function assetAnswer(path: string): Answer | null {
  const found = assetAt(path);
  if (!found) return null;
  const headers = { "cache-control": "public, max-age=31536000, immutable" };
  return { status: 200, type: found.type, body: found.text, headers };
}

async function ofDispatch(rooms: Rooms, path: string): Promise<Answer | null> {
  const match = /^\/dispatches\/([1-9]\d{0,8})(\.json)?$/.exec(path);
  if (!match) return null;
  const id = Number(match[1]);
  const { world } = rooms;
  return rooms.kept(path, async () => {
    const data = dispatchData(world, id);
    if (!data) return gone(world, id, match[2] !== undefined);
    if (match[2] !== undefined) return json(dispatchJsonOf(data));
    return page(await dispatchHtml(rooms, data));
  });
}

async function dispatchHtml({ world, changes }: Rooms, data: DispatchData): Promise<string> {
  const { view } = data.row;
  return dispatchPage({
    data,
    changes: await changes.of(view),
    log: view.run && logTail(world, view.run.id, LOG_LINES),
    heartbeat: heartbeatNow(world),
  });
}

function gone(world: World, id: number, asJson: boolean): Answer {
  const cleaned = wasThere(world, id);
  const sentence = cleaned ? `Dispatch ${id} was cleaned.` : `There is no dispatch ${id}.`;
  if (asJson) return { ...json({ error: sentence }), status: 404 };
  const hint = cleaned ? `rally history ${id}` : "rally status --all";
  return { ...page(messagePage(sentence, hint)), status: 404 };
}

async function ofProject(rooms: Rooms, path: string): Promise<Answer | null> {
  const match = /^\/projects\/([^/]{1,200}(?:\/[^/]{1,200})?)$/.exec(path);
  if (!match) return null;
  const project = projectAt(rooms.world, decoded(match[1] ?? ""));
  if (!project) return { ...page(messagePage("There is no such project.", "rally projects")), status: 404 };
  return rooms.kept(`project ${project.id}`, async () =>
    page(projectPage(fleetData(rooms.world, { all: false, project }))),
  );
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** Whether the heartbeat looks; for probes. */
function health(world: World): Answer {
  const { holder, lastFastAt } = heartbeatNow(world);
  const late = lastFastAt === null || world.now() - lastFastAt > LATE_MS;
  if (holder === null) return refusal(503, "Nobody watches.");
  return late
    ? refusal(503, "The heartbeat has not looked for a minute.")
    : { status: 200, type: TEXT, body: "ok\n" };
}
