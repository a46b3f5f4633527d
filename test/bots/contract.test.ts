import { afterEach, describe, expect, test } from "bun:test";
import { type Platform, Undelivered } from "../../bots/platform.ts";
import { slack } from "../../bots/slack/slack.ts";
import { telegram } from "../../bots/telegram/telegram.ts";
import { hasty } from "./hasty.ts";
import { type Home, newHome, running } from "./home.ts";
import { memory, textOf } from "./memory.ts";
import { until } from "./scene.ts";
import { wordsOf } from "./slack/api.ts";
import { slackServer } from "./slack/server.ts";
import { telegramServer } from "./telegram/server.ts";

type Stage = {
  readonly platform: Platform;
  /** A fresh one, as after a restart. */
  again(): Platform;
  readonly chats: readonly [string, string];
  /** Of one chat, oldest first: the first words of each message as they are now. */
  texts(chat: string): string[];
  /** The next sending is put off by a second, refused because the chat is gone, or arrives and is never answered. */
  next(how: "later" | "gone" | "lost"): void;
  readonly exactlyOnce: boolean;
  close(): Promise<void>;
};

const log = { debug: () => undefined, warn: () => undefined, error: () => undefined };
const common = { log, say: () => undefined, heard: () => undefined };

const STAGES: Readonly<Record<string, () => Stage>> = {
  "in memory": () => {
    const chat = memory();
    const how = {
      later: () => void chat.failures.push(new Undelivered("slowly", { retryAfterMs: 1000 })),
      gone: () => void chat.failures.push(new Undelivered("gone", { never: "chat" })),
      lost: () => {
        chat.lost = 1;
      },
    };
    return {
      ...{ platform: chat, again: () => chat, chats: ["C1", "C2"], exactlyOnce: true },
      texts: (of) => chat.shown.filter((one) => one.chat === of).map((one) => textOf(one.message)),
      next: (which) => how[which](),
      close: async () => undefined,
    };
  },
  Telegram: () => {
    const api = telegramServer();
    for (const id of [1, 2]) api.chat({ id, type: "private", first_name: "Ana" });
    const again = () => hasty(telegram({ ...common, token: api.token, apiRoot: api.root, backOffMs: 50 }));
    const how = {
      later: { code: 429, description: "Too Many Requests: retry after 1", retryAfter: 1 },
      gone: { code: 403, description: "Forbidden: bot was blocked by the user" },
      lost: "silence" as const,
    };
    return {
      ...{ platform: again(), again, chats: ["1", "2"], exactlyOnce: false, close: api.close },
      texts: (of) => api.posted.filter((one) => String(one.chat) === of).map((one) => one.text),
      next: (which) => void api.failures.push({ method: "sendMessage", how: how[which] }),
    };
  },
  Slack: () => {
    const api = slackServer();
    const { botToken, appToken, apiUrl } = api;
    const again = () => hasty(slack({ ...common, botToken, appToken, apiUrl }));
    const how = {
      later: { retryAfter: 1 },
      gone: { error: "channel_not_found" },
      lost: "silence" as const,
    };
    return {
      ...{ platform: again(), again, chats: ["C1", "C2"], exactlyOnce: true, close: api.close },
      texts: (of) => api.posted.filter((one) => one.channel === of).map(wordsOf),
      next: (which) => void api.failures.push({ method: "chat.postMessage", how: how[which] }),
    };
  },
};

let [home, stage]: [Home | null, Stage | null] = [null, null];
const bots: { stop(): Promise<string> }[] = [];
afterEach(async () => {
  for (const bot of bots.splice(0)) await bot.stop();
  home?.remove();
  await stage?.close();
  [home, stage] = [null, null];
});

function begin(make: () => Stage) {
  const at = newHome();
  const on = make();
  [home, stage] = [at, on];
  /** Resolves when what happens from then on is news. */
  const start = async (platform: Platform): Promise<() => Promise<string>> => {
    const bot = running(at.world, platform);
    bots.push(bot);
    await until(
      () => "a cursor",
      () => cursorOf(at, on.platform.name),
    );
    return bot.stop;
  };
  const told = (chat: string) =>
    until(
      () => JSON.stringify(on.texts(chat)),
      () => on.texts(chat).some(isNews),
      20_000,
    );
  return { at, on, start, told };
}

const first = (text: string) => text.split("\n", 1)[0]?.replaceAll("*", "") ?? "";
const isNews = (text: string) => /ready for review · #/.test(first(text));

for (const [name, make] of Object.entries(STAGES))
  describe(name, () => {
    test("a card is edited in place, and news are new messages below it, in order, in every room", async () => {
      const { at, on, start } = begin(make);
      for (const chat of on.chats) at.follows(on.platform.name, chat);
      await start(on.platform);
      for (const number of [1, 2]) at.news(number);
      const all = () => JSON.stringify(on.chats.map(on.texts));
      for (const chat of on.chats) {
        await until(all, () => on.texts(chat).filter(isNews).length === 2, 20_000);
        expect(on.texts(chat).map((text) => Number(/#(\d)/.exec(text)?.[1]))).toEqual([1, 1, 2, 2]);
      }
      const { store, now } = at.world;
      const { record } = await import("../../src/store/record.ts");
      record(store, { actor: "cli:ana", at: now() }, [{ layer: "dispatch", id: 1, on: "upstream" }]);
      await until(
        all,
        () => on.chats.every((chat) => /waiting on upstream/.test(on.texts(chat)[0] ?? "")),
        20_000,
      );
      await until(
        all,
        () => on.texts(on.chats[0]).some((text) => isNews(text) && /Marked upstream by ana/.test(text)),
        20_000,
      );
      expect(on.texts(on.chats[0])).toHaveLength(4);
    }, 60_000);

    test("what is put off comes later, once, and nothing overtakes it", async () => {
      const { at, on, start, told } = begin(make);
      at.follows(on.platform.name, on.chats[0]);
      await start(on.platform);
      on.next("later");
      const from = performance.now();
      at.news(1);
      await told(on.chats[0]);
      expect(performance.now() - from).toBeGreaterThan(900);
      expect(on.texts(on.chats[0])).toHaveLength(2);
    }, 30_000);

    test("a chat that is gone is journaled, and keeps no other waiting", async () => {
      const { at, on, start, told } = begin(make);
      at.follows(on.platform.name, on.chats[0]);
      await start(on.platform);
      on.next("gone");
      at.news(1);
      const gone = () => at.world.store.db.query("SELECT gone FROM chat_rooms WHERE gone IS NOT NULL").all();
      await until(
        () => "gone",
        () => gone().length === 1,
      );
      at.follows(on.platform.name, on.chats[1]);
      at.news(2);
      await told(on.chats[1]);
      const failed = at.world.store.db.query("SELECT why FROM journal WHERE layer = 'effect'").all();
      expect(failed.length).toBeGreaterThanOrEqual(1);
      expect(on.texts(on.chats[0])).toEqual([]);
    }, 30_000);

    test("a send whose answer was lost is asked for where that can be, else sent again and marked", async () => {
      const { at, on, start, told } = begin(make);
      at.follows(on.platform.name, on.chats[0]);
      const stop = await start(on.platform);
      at.news(1);
      const texts = () => on.texts(on.chats[0]);
      await told(on.chats[0]);
      await stop();
      on.next("lost");
      at.news(2);
      await start(on.again());
      const pending = () =>
        at.world.store.db.query("SELECT 1 FROM effects WHERE state IN ('pending', 'sending')").all().length;
      await until(
        () => JSON.stringify(texts()),
        () => pending() === 0 && texts().filter(isNews).length === 2,
        30_000,
      );
      const cards = texts().filter((text) => /#2/.test(text) && !isNews(text));
      expect(cards).toHaveLength(on.exactlyOnce ? 1 : 2);
    }, 60_000);
  });

function cursorOf(at: Home, name: string): boolean {
  return at.world.store.db.query("SELECT 1 FROM cursors WHERE room = ?").all(`chat:${name}`).length > 0;
}
