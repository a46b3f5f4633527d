import { afterEach, describe, expect, test } from "bun:test";
import { connect, type Socket } from "node:net";
import { record } from "../../src/store/record.ts";
import { write } from "../../src/store/write.ts";
import { STREAM_LIMITS, type StreamLimits } from "../../src/web/events.ts";
import type { World } from "../../src/world.ts";
import { until } from "../app/home.ts";
import { newPlace, type Place, working } from "./place.ts";

const places: Place[] = [];
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const place of places.splice(0)) await place.remove();
});

const QUICK: StreamLimits = { ...STREAM_LIMITS, lookMs: 20 };

function place(limits: StreamLimits = QUICK): Place {
  const made = newPlace({}, limits);
  places.push(made);
  return made;
}

/** Journals some rows; gives the last one's number. */
function happens(world: World, count: number, why = "it happened"): number {
  const noted = { layer: "tick" as const, event: "noted", why };
  const rows = Array.from({ length: count }, () => noted);
  return (
    write(world.store, "happens", () => record(world.store, { actor: "rally", at: world.now() }, rows)).at(
      -1,
    ) ?? 0
  );
}

/** Reads a stream until it has seen so many rows of the journal, or it ends; gives their numbers. */
async function rows(answer: Response, wanted: number, texts: string[] = []): Promise<number[]> {
  const seen: number[] = [];
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (reader && seen.length < wanted) {
    const { done, value } = await reader.read();
    if (done) break;
    text += value;
    texts.push(value);
    const parts = text.split("\n\n");
    text = parts.pop() ?? "";
    for (const part of parts) {
      const id = /^id: (\d+)\nevent: journal\ndata: (.+)$/.exec(part);
      if (!id) continue;
      expect((JSON.parse(id[2] ?? "") as { id: number }).id).toBe(Number(id[1]));
      seen.push(Number(id[1]));
    }
  }
  await reader?.cancel().catch(() => undefined);
  return seen;
}

const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe("the stream of events", () => {
  test("goes on where a reader was, and leaves nothing out", async () => {
    const { world, get, page } = place();
    const first = happens(world, 250);
    const all = await rows(await get("/events?after=0"), first);
    expect(all).toEqual(numbers(1, first));
    const from = await get("/events", { "last-event-id": String(first - 3) });
    const next = rows(from, 8);
    const last = happens(world, 5);
    expect(await next).toEqual(numbers(first - 2, last));
    await until(
      () => `nobody reads, but ${page.readers()} do`,
      () => page.readers() === 0,
    );
  });

  test("tells of what is new, without what was before and without secrets", async () => {
    const { world, get } = place();
    const before = happens(world, 10);
    const answer = await get("/events");
    happens(world, 1, "with ghp_abcdefghijklmnopqrstuvwxyz0123\ndata: {}\n\nid: 999");
    const texts: string[] = [];
    expect(await rows(answer, 1, texts)).toEqual([before + 1]);
    const text = texts.join("");
    expect(text).toContain("with [secret]");
    expect(text).not.toMatch(/ghp_|^id: 999|^data: $/m);
  });

  test("has a last reader and a last moment", async () => {
    const { get, page, world } = place({ ...QUICK, most: 3, maxAgeMs: 150 });
    const three = await Promise.all([get("/events"), get("/events"), get("/events")]);
    const fourth = await get("/events");
    expect([fourth.status, fourth.headers.get("retry-after")]).toEqual([503, "10"]);
    // Each ends by itself, and a reader that comes back has missed nothing.
    for (const one of three) expect(await rows(one, 1)).toEqual([]);
    expect(page.readers()).toBe(0);
    const id = happens(world, 1);
    expect(await rows(await get("/events", { "last-event-id": String(id - 1) }), 1)).toEqual([id]);
  });

  test("ends where the database cannot be read, and a reader that comes back goes on", async () => {
    const { world, get, page } = place({ ...QUICK, pingMs: 40 });
    const id = happens(world, 1);
    const reading = rows(await get("/events"), 1);
    world.store.db.run("ALTER TABLE journal RENAME TO journal_away");
    expect(await reading).toEqual([]);
    await until(
      () => `nobody reads, but ${page.readers()} do`,
      () => page.readers() === 0,
    );
    world.store.db.run("ALTER TABLE journal_away RENAME TO journal");
    expect(await rows(await get("/events", { "last-event-id": String(id - 1) }), 1)).toEqual([id]);
  });

  test("a reader that does not read is only further behind", async () => {
    const { world, get, page } = place({ ...QUICK, pingMs: 50 });
    const slow = connect(page.port, "127.0.0.1");
    sockets.push(slow);
    slow.pause();
    slow.write("GET /events?after=0 HTTP/1.1\r\nHost: localhost\r\n\r\n");
    await until(
      () => "it is there",
      () => page.readers() === 1,
    );
    Bun.gc(true);
    const before = process.memoryUsage.rss();
    // 60 MB of news, of which nobody takes any.
    for (let i = 0; i < 60; i++) {
      happens(world, 500, "x".repeat(2000));
      await Bun.sleep(5);
    }
    const quick = await rows(await get(`/events?after=${30_000 - 10}`), 10);
    expect(quick).toEqual(numbers(29_991, 30_000));
    Bun.gc(true);
    const grown = (process.memoryUsage.rss() - before) / 1e6;
    console.log(`a reader that does not read: ${grown.toFixed(0)} MB more`);
    expect(grown).toBeLessThan(60);
  }, 60_000);
});

test("ten thousand connections opened and dropped leave nothing behind", async () => {
  const { page, get, world } = place();
  working(world, "Fix login");
  await get("/");
  const asks = [
    "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "GET /",
    "",
  ];
  const drop = (index: number) =>
    new Promise<void>((resolve) => {
      const socket = connect(page.port, "127.0.0.1", () => {
        socket.write(asks[index % asks.length] ?? "");
        setImmediate(() => socket.destroy());
      });
      socket.on("error", () => undefined);
      socket.on("close", () => resolve());
    });
  const before = process.memoryUsage.rss();
  let longest = 0;
  for (let done = 0; done < 10_000; done += 200) {
    const from = performance.now();
    await Promise.all(Array.from({ length: 200 }, (_, index) => drop(done + index)));
    longest = Math.max(longest, performance.now() - from);
  }
  await until(
    () => `nobody reads, but ${page.readers()} do`,
    () => page.readers() === 0,
  );
  const from = performance.now();
  expect((await get("/status.json")).status).toBe(200);
  Bun.gc(true);
  const grown = (process.memoryUsage.rss() - before) / 1e6;
  console.log(
    `10,000 dropped: ${grown.toFixed(0)} MB more, then an answer in ${(performance.now() - from).toFixed(0)} ms`,
  );
  expect(grown).toBeLessThan(150);
}, 60_000);
