import { expect, test } from "bun:test";
import { understood } from "../../../bots/speech.ts";
import { telegram } from "../../../bots/telegram/telegram.ts";
import { checkChat } from "../../../src/app/doctor-chat.ts";
import { follow, unfollow } from "../../../src/store/chat-rooms.ts";
import { addProject } from "../../../src/store/projects.ts";
import { closingAfterEach } from "../closing.ts";
import { hasty } from "../hasty.ts";
import { endsWell, type Home, newHome, running } from "../home.ts";
import { scene, until } from "../scene.ts";
import { telegramServer } from "./server.ts";
import type { Posted } from "./state.ts";

const GROUP = -100123;
const CONFIG = "chat: {telegram: {bot_token: '999:x', operators: [1]}}\n";

const closing = closingAfterEach();

/** A forum group that follows two projects; the clock can be put forward. */
function begin(mayTopics = true) {
  const api = telegramServer();
  const group = { id: GROUP, type: "supergroup", title: "team", is_forum: true } as const;
  const chat = api.chat({ ...group, may_topics: mayTopics });
  const home = newHome(CONFIG);
  const other = { name: "api", repo: "acme/api", path: "/api" };
  addProject(home.world.store, { actor: "cli:ana", at: home.world.now() }, other);
  const clock = { ahead: 0 };
  const world = { ...home.world, now: () => Date.now() + clock.ahead };
  closing.push(api.close, home.remove);
  home.follows("telegram", String(GROUP));
  const by = { by: "cli:ana", at: home.world.now() };
  follow(home.world.store, { room: `telegram:${GROUP}`, projectId: 2, ...by });
  const how = { token: api.token, apiRoot: api.root, log: world.log };
  const start = async () => {
    const bot = running(world, hasty(telegram({ ...how, say: () => undefined, heard: () => undefined })));
    closing.push(bot.stop);
    await until(
      () => "a cursor",
      () => world.store.db.query("SELECT 1 FROM cursors WHERE room = 'chat:telegram'").all().length > 0,
    );
    return bot;
  };
  const all = () => api.posted.map((one) => `${one.topic} ${one.to} ${one.text}`).join("\n");
  const news = (number: number) =>
    until(all, () => api.posted.find((one) => one.text.includes(`ready for review · #${number} `)), 20_000);
  return { api, home, world, clock, chat, start, news, all };
}

const cardOf = (posted: readonly Posted[], number: number) =>
  posted.find((one) => one.silent && one.text.includes(`#${number} `));
const doctor = async ({ world }: { readonly world: Home["world"] }) =>
  (await checkChat({ ...world, ask: null })).map(({ says }) => says).join("\n");

test("a forum group has a topic for each project, made when there is something to tell, and remembered", async () => {
  const { api, home, start, news, all } = begin();
  const bot = await start();
  expect(api.topics).toEqual([]);
  home.news(1);
  const first = await news(1);
  expect(api.topics.map(({ name }) => name)).toEqual(["acme/app"]);
  expect(first.topic).toBe(api.topics[0]?.id ?? null);
  expect(first.to).toBe(cardOf(api.posted, 1)?.id ?? null);
  expect(cardOf(api.posted, 1)?.topic).toBe(first.topic);

  await bot.stop();
  await start();
  home.world.store.db.run("UPDATE dispatches SET project_id = 2 WHERE id = ?", [home.begins(2).dispatchId]);
  endsWell(home.world, { dispatchId: 2, runId: 2 });
  home.news(3);
  const [second, third] = [await news(2), await news(3)];
  expect(api.topics.map(({ name }) => name)).toEqual(["acme/app", "acme/api"]);
  expect([second.topic, third.topic]).toEqual([api.topics[1]?.id ?? null, first.topic]);
  expect(api.posted.filter(({ topic }) => topic === null).map(({ text }) => text)).toEqual([]);
  await until(all, () => cardOf(api.posted, 2)?.text.includes("ready for review"));
}, 40_000);

test("a line in a topic is about its project; what it follows, the group follows", async () => {
  const { api, home, world, chat, start, news, all } = begin();
  await start();
  home.news(1);
  const { topic } = await news(1);
  const place = { room: `telegram:${GROUP}/${topic}`, dispatchId: null };
  unfollow(world.store, { room: `telegram:${GROUP}`, projectId: 2 });
  const meant = (line: string, at = place) => understood(world, line, at).parsed.flags.project ?? null;
  expect(meant("/dispatch 42")).toBe("acme/app");
  expect(meant("/status")).toBe("acme/app");
  expect(meant("/log 1")).toBe(null);
  expect(meant("/dispatch 42", { ...place, room: `telegram:${GROUP}` })).toBe("acme/app");
  api.says(chat, 1, "/follow acme/api", { topic: topic ?? 0 });
  const said = await until(all, () => api.posted.find(({ text }) => /follows acme\/api/.test(text)));
  expect(said.topic).toBe(topic);
  const rooms = world.store.db.query("SELECT DISTINCT room FROM chat_follows").all();
  expect(rooms).toEqual([{ room: `telegram:${GROUP}` }]);
  expect(meant("/dispatch 42")).toBe("acme/app");
  expect(meant("/dispatch 42", { ...place, room: `telegram:${GROUP}` })).toBe(null);
}, 30_000);

test("a topic that was deleted is made again once, with the cards that were in it", async () => {
  const { api, home, start, news, all } = begin();
  await start();
  home.news(1);
  await news(1);
  for (const topic of api.topics) api.deletesTopic(topic);
  home.news(2);
  const second = await news(2);
  expect(second.topic).toBe(api.topics[1]?.id ?? null);
  await until(all, () => cardOf(api.posted, 1)?.topic === second.topic, 20_000);
  for (const topic of api.topics) api.deletesTopic(topic);
  home.news(3);
  expect((await news(3)).topic).toBeNull();
  expect(api.topics).toHaveLength(2);
  expect(await doctor(home)).toContain("acme/app has no topic in -100123");
}, 60_000);

test("without the right to make topics the general one is told, the doctor says so, and it is tried again later", async () => {
  const { api, home, clock, chat, start, news } = begin(false);
  chat.may_topics = false;
  await start();
  home.news(1);
  expect((await news(1)).topic).toBeNull();
  expect(await doctor(home)).toMatch(
    /acme\/app has no topic in -100123 .*not enough rights to create a topic/,
  );
  expect(api.calls.filter(({ method }) => method === "createForumTopic")).toHaveLength(1);
  chat.may_topics = true;
  clock.ahead = 11 * 60_000;
  home.news(2);
  expect((await news(2)).topic).toBe(api.topics[0]?.id ?? null);
  expect(await doctor(home)).not.toContain("has no topic");
}, 40_000);

test("a group without topics, and a chat alone with the bot, stay as they are", async () => {
  const { api, home, start, all } = begin();
  api.chat({ id: -1009, type: "supergroup", title: "flat" });
  api.chat({ id: 5, type: "private", first_name: "Ana" });
  for (const room of ["-1009", "5"]) home.follows("telegram", room);
  await start();
  home.news(1);
  const of = (id: number) => api.posted.filter(({ chat }) => chat === id);
  await until(all, () => of(-1009).length === 2 && of(5).length === 2 && of(GROUP).length === 2, 20_000);
  expect([...of(-1009), ...of(5)].map(({ topic }) => topic)).toEqual([null, null, null, null]);
  expect(of(GROUP).every(({ topic }) => topic === api.topics[0]?.id)).toBe(true);
  expect(api.topics).toHaveLength(1);
}, 30_000);

test("from a group's general topic to its project's: dispatched, told once, answered and sent back there", async () => {
  const api = telegramServer();
  const place = await scene();
  closing.push(api.close, place.close);
  const { log } = place.world;
  const how = { token: api.token, apiRoot: api.root, log, say: () => undefined, heard: () => undefined };
  place.heartbeat();
  await place.bot(hasty(telegram(how)));
  const group = { id: GROUP, type: "supergroup", title: "team", is_forum: true, may_topics: true } as const;
  const chat = api.chat(group);
  const all = () => api.posted.map((one) => `${one.topic} ${one.to} ${one.text}`).join("\n");
  const posted = (text: RegExp) => until(all, () => api.posted.find((one) => text.test(one.text)), 20_000);
  api.says(chat, 1, "/dispatch 42");
  const ready = await posted(/ready for review · #42/);
  const card = await until(all, () => cardOf(api.posted, 42));
  expect([ready.topic, card.topic]).toEqual([api.topics[0]?.id ?? 0, api.topics[0]?.id ?? 0]);
  api.presses(1, ready, "Diff");
  expect((await posted(/diff --git/)).topic).toBe(card.topic);
  api.says(chat, 1, "/continue also the docs", { to: card });
  await until(
    all,
    () => api.posted.filter(({ text }) => /ready for review · #42/.test(text)).length === 2,
    20_000,
  );
  api.says(chat, 1, "/dispatch 43", { topic: card.topic ?? 0 });
  expect((await posted(/ready for review · #43/)).topic).toBe(card.topic);
  expect(api.posted.filter((one) => one.silent && /#43 Dark mode/.test(one.text))).toHaveLength(1);
}, 60_000);
