import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { checkChat } from "../../src/app/doctor-chat.ts";
import { setConfigValue } from "../../src/config/write.ts";
import { chatRules } from "../../src/wiring/chat-rules.ts";
import { closingAfterEach } from "./closing.ts";
import { newHome, running } from "./home.ts";
import { memory, textOf } from "./memory.ts";
import { until } from "./scene.ts";

const closing = closingAfterEach();

async function begin() {
  const home = newHome("chat: {telegram: {bot_token: '1:x', viewers: [9], operators: [1, 2]}}\n");
  const { world } = home;
  const chat = memory();
  const said: string[] = [];
  const bot = running(
    world,
    chat,
    chatRules(world.config, (line) => void said.push(line)),
  );
  closing.push(home.remove, bot.stop);
  const all = () => chat.shown.map((one) => `${one.chat} ${one.to ?? "all"}: ${one.texts.at(-1)}`).join("\n");
  const times = (text: RegExp, more: (one: (typeof chat.shown)[number]) => boolean = () => true) =>
    chat.shown.filter((one) => text.test(textOf(one.message)) && more(one)).length;
  await until(all, () => world.store.db.query("SELECT 1 FROM cursors").all().length > 0);
  const set = (key: string, value: string) =>
    setConfigValue(world.config.home, `chat.telegram.${key}`, value);
  return { home, world, chat, said, all, times, set };
}

test("who is taken off the lists may do nothing from then on, and whoever is put on one may; nothing is restarted", async () => {
  const { chat, all, times, set } = await begin();
  await chat.says("2", "/projects");
  await until(all, () => times(/acme\/app/) === 1);
  await set("operators", "1");
  await chat.says("2", "/projects");
  await until(all, () => times(/You are on no list here. Your id is 2/) === 1);
  await chat.says("9", "/upstream 1");
  await until(all, () => times(/"upstream" is for an operator, and you are a viewer/) === 1);
  await set("viewers", "");
  await set("operators", "1, 9");
  await chat.says("9", "/upstream 1");
  await until(all, () => times(/There is no dispatch 1/) === 1);
  expect(times(/acme\/app/)).toBe(1);
}, 20_000);

test("what waited in line is not done for who was taken off the lists meanwhile", async () => {
  const { world, chat, all, times, set } = await begin();
  let go = () => {};
  const slow = new Promise<void>((resolve) => {
    go = resolve;
  });
  const answer = {
    receipt: async () => undefined,
    say: async () => {
      await slow;
      return null;
    },
    whisper: async () => null,
    prompt: async () => null,
  };
  await chat.says("1", "/projects", { answer });
  await chat.says("2", "/follow acme/app");
  await set("operators", "1");
  go();
  await until(all, () => times(/You are on no list here. Your id is 2/) === 1);
  expect(world.store.db.query("SELECT 1 FROM chat_follows").all()).toEqual([]);
}, 20_000);

test("who is alone with the bot is told nothing more off the lists, and again when back on one; others are", async () => {
  const { home, world, chat, all, times, set } = await begin();
  await chat.says("2", "/follow acme/app", { chat: "2", alone: true });
  await chat.says("1", "/follow acme/app");
  await until(all, () => times(/follows acme\/app/) === 2);
  const told = (where: string, number: number) =>
    times(new RegExp(`ready for review · #${number} `), (one) => one.chat === where);
  home.news(1);
  await until(all, () => told("2", 1) === 1 && told("C1", 1) === 1);
  await set("operators", "1");
  const gone = () => world.store.db.query("SELECT id FROM chat_rooms WHERE gone IS NOT NULL").all();
  await until(all, () => gone().length === 1);
  home.news(2);
  await until(all, () => told("C1", 2) === 1);
  const doctor = await checkChat({ ...world, ask: null });
  expect(JSON.stringify(doctor)).not.toContain("cannot be reached");
  await set("operators", "1, 2");
  await until(all, () => gone().length === 0);
  home.news(3);
  await until(all, () => told("2", 3) === 1);
  expect(told("2", 2)).toBe(0);
}, 20_000);

test("while the configuration cannot be read nobody may, which is said; what is followed is told all the same", async () => {
  const { home, world, chat, said, all, times } = await begin();
  await chat.says("2", "/follow acme/app", { chat: "2", alone: true });
  await until(all, () => times(/follows acme\/app/) === 1);
  const { path } = world.config;
  const before = await Bun.file(path).text();
  writeFileSync(path, "chat: [");
  await chat.says("2", "/projects");
  await until(all, () => times(/You are on no list here/) === 1);
  expect(said.join("\n")).toContain("is not valid YAML");
  home.news(1);
  await until(all, () => times(/ready for review · #1 /) === 1);
  writeFileSync(path, before);
  await chat.says("2", "/rooms", { chat: "2" });
  await until(all, () => times(/telegram:2 team/) === 1);
}, 20_000);
