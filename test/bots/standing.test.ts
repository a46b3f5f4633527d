import { afterEach, expect, test } from "bun:test";
import { newBot } from "../../bots/bot.ts";
import { deliver } from "../../bots/deliver.ts";
import { Undelivered } from "../../bots/platform.ts";
import { computeNews } from "../../bots/tell.ts";
import { checkChat } from "../../src/app/doctor-chat.ts";
import { handle } from "../../src/app/handle.ts";
import { shown } from "../../src/domain/group.ts";
import { knowRoom } from "../../src/store/chat-rooms.ts";
import { record } from "../../src/store/record.ts";
import { dispatchView } from "../../src/store/snapshot.ts";
import type { World } from "../../src/world.ts";
import { type Home, newHome } from "./home.ts";
import { type Memory, memory } from "./memory.ts";

const MINUTE = 60_000;
const CONFIG = "chat: {telegram: {bot_token: '123:abc', operators: [1]}}\n";

let home: Home | null = null;
afterEach(() => {
  home?.remove();
  home = null;
});

/** News for a room whose platform cannot be reached; the clock is the test's. */
async function begin() {
  const at = newHome(CONFIG);
  home = at;
  const [from, clock] = [at.world.now(), { at: 0 }];
  const world: World = { ...at.world, now: () => from + clock.at };
  const chat = memory();
  const bot = newBot(world, chat, { wake: () => undefined, rules: () => world.config.chat });
  at.follows("telegram", "C1");
  await computeNews(world, "telegram");
  const dispatchId = at.news(1);
  await computeNews(world, "telegram");
  const out = async (ms: number, reached: boolean) => {
    clock.at = ms;
    if (!reached) chat.failures.push(new Undelivered("Telegram did not answer."));
    await deliver(bot);
    chat.failures.splice(0);
  };
  return { world, chat, out, dispatchId };
}

const attention = (world: World, id: number) => {
  const view = dispatchView(world.store, id);
  return view ? shown(view, world.now(), { silenceMs: 15 * MINUTE }).attention : [];
};
const doctor = async ({ config, store, now, log }: World) =>
  (await checkChat({ config, store, now, log, ask: null })).map(({ says }) => says).join("\n");
const news = (chat: Memory) => chat.shown.filter((one) => /ready for review · /.test(one.texts[0] ?? ""));

test("a queue that stands still for a minute is an attention, and says so in status and doctor", async () => {
  const { world, chat, out, dispatchId } = await begin();
  await out(0, false);
  await out(MINUTE - 1, false);
  expect(attention(world, dispatchId)).toEqual([]);
  await out(MINUTE, false);
  const [told] = attention(world, dispatchId);
  expect(told).toMatchObject({ code: "undelivered", hint: "rally doctor" });
  expect(told?.message).toBe("messages to telegram:C1 stand still: Telegram did not answer.");
  const from = { actor: "cli:ana", surface: "cli", cwd: "/", asker: null } as const;
  const { text } = await handle(world, ["status"], from);
  expect(JSON.stringify(text)).toContain("messages to telegram:C1 stand still");
  expect(await doctor(world)).toContain("2 messages to C1 (telegram:C1) wait; nothing has left for 1m");

  await out(3 * MINUTE, true);
  await out(3 * MINUTE, true);
  expect(news(chat)).toHaveLength(1);
  expect(attention(world, dispatchId)).toEqual([]);
  expect(await doctor(world)).not.toContain("wait;");
}, 30_000);

test("a queue that moves, however long it is, stands not still", async () => {
  const { world, out, dispatchId } = await begin();
  const left = world.store.db.prepare(
    `INSERT INTO effects (key, kind, room, payload, state, next_at, created_at, done_at)
     VALUES (?1, 'card', 'telegram:C1', 'null', 'done', 0, 0, ?1)`,
  );
  for (let minute = 1; minute < 5; minute += 1) left.run(world.now() + minute * MINUTE);
  left.finalize();
  await out(4 * MINUTE + 59_000, false);
  expect(attention(world, dispatchId)).toEqual([]);
}, 30_000);

test("a platform that is out of reach for hours loses nothing", async () => {
  const { chat, out } = await begin();
  for (let minute = 0; minute < 8 * 60; minute += 2) await out(minute * MINUTE, false);
  await out(8 * 60 * MINUTE, true);
  await out(8 * 60 * MINUTE, true);
  expect(news(chat)).toHaveLength(1);
}, 30_000);

test("what a chat was not told while it was gone, it is told when it is back, and nothing keeps failing", async () => {
  const { world, chat, out, dispatchId } = await begin();
  chat.failures.push(new Undelivered("kicked", { never: "chat" }));
  await out(0, true);
  expect(attention(world, dispatchId).map(({ code }) => code)).toEqual(["undelivered", "undelivered"]);
  await out(MINUTE, true);
  expect(chat.shown).toEqual([]);
  knowRoom(world.store, { platform: "telegram", chat: "C1", title: "C1", at: world.now() });
  await out(MINUTE, true);
  expect(news(chat)).toHaveLength(1);
  expect(attention(world, dispatchId)).toEqual([]);
}, 30_000);

test("after a day what is old is given up, and journaled", async () => {
  const { world, out } = await begin();
  for (let minute = 0; minute < 26 * 60; minute += 2) await out(minute * MINUTE, false);
  const why = () => world.store.db.query("SELECT why FROM journal WHERE layer = 'effect'").all();
  expect(why()).toEqual([
    { why: "Telegram did not answer. Given up after 24 h." },
    { why: "Telegram did not answer. Given up after 24 h." },
  ]);
}, 30_000);

test("what waits for a platform that has lost its tokens: the doctor says what to type, until nothing asks for it", async () => {
  const { world, dispatchId } = await begin();
  const { config, store, now, log } = world;
  const bare = { ...config.chat, telegram: { ...config.chat.telegram, botToken: null } };
  const found = () =>
    checkChat({ config: { ...config, chat: bare }, store, now, log, ask: null }) as Promise<unknown>;
  expect(await found()).toEqual([
    {
      ...{ name: "telegram", state: "warn" },
      says: "2 messages wait for it, and it has no token here.",
      hint: `rally config set chat.telegram.bot_token <token>, then rally up; or let them go: rally clean ${dispatchId}`,
    },
  ]);
  record(store, { actor: "cli:ana", at: now() }, [{ layer: "dispatch", id: dispatchId, on: "clean" }]);
  expect(await found()).toEqual([]);
}, 30_000);
