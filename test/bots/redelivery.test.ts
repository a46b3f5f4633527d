import { expect, test } from "bun:test";
import { type Platform, Undelivered } from "../../bots/platform.ts";
import { claimEffect, enqueue } from "../../src/store/effects.ts";
import { closingAfterEach } from "./closing.ts";
import { type Home, newHome, running } from "./home.ts";
import { type Memory, memory, textOf } from "./memory.ts";
import { until } from "./scene.ts";

const closing = closingAfterEach();

/** A bot in a room that follows the project; what of its platform is given is in the place of the platform's own. */
async function begin(more: (chat: Memory) => Partial<Platform>): Promise<{ home: Home; chat: Memory }> {
  const home = newHome();
  const chat = memory("slack");
  home.follows("slack", "C1");
  closing.push(home.remove);
  const bot = running(home.world, { ...chat, ...more(chat) });
  closing.push(bot.stop);
  await until(
    () => "a cursor",
    () => home.world.store.db.query("SELECT 1 FROM cursors WHERE room = 'chat:slack'").all().length > 0,
  );
  return { home, chat };
}

const shown = (chat: Memory) => chat.shown.map((one) => textOf(one.message).split("\n", 1)[0]).join("\n");
const isTold = (chat: Memory) =>
  until(
    () => shown(chat),
    () => /ready for review/.test(shown(chat)),
  );

test("what perhaps arrived stays so while the platform cannot be asked, and is not sent a second time", async () => {
  let asked = 0;
  const { home, chat } = await begin((own) => ({
    find: async (...about) => {
      asked += 1;
      if (asked === 1) throw new Undelivered("Slack: too fast.", { retryAfterMs: 10 });
      return (await own.find?.(...about)) ?? null;
    },
  }));
  chat.lost = 1;
  home.news(1);
  await isTold(chat);
  expect(asked).toBe(2);
  expect(chat.shown).toHaveLength(2);
}, 20_000);

test("a message that was sent, and a fault of ours after it, is not sent a second time", async () => {
  let faults = 1;
  const { home, chat } = await begin((own) => ({
    post: async (...message) => {
      const id = await own.post(...message);
      faults -= 1;
      if (faults === 0) throw new TypeError("a fault");
      return id;
    },
  }));
  home.news(1);
  await isTold(chat);
  expect(chat.shown).toHaveLength(2);
}, 20_000);

test("a fault over what was being sent when the bot died does not end the bot that comes after it", async () => {
  const home = newHome();
  closing.push(home.remove);
  const chat = memory("slack");
  home.follows("slack", "C1");
  const { store, now } = home.world;
  const { dispatchId } = home.begins(1);
  const effect = {
    key: "card:1:slack:C1",
    kind: "card",
    dispatchId,
    room: "slack:C1",
    payload: {},
    at: now(),
  };
  claimEffect(store, enqueue(store, effect), now());
  let faults = 1;
  const find = async () => {
    faults -= 1;
    if (faults === 0) throw new TypeError("a fault");
    return null;
  };
  closing.push(running(home.world, { ...chat, find }).stop);
  await until(
    () => shown(chat),
    () => chat.shown.length === 1,
  );
}, 20_000);
