import { expect, test } from "bun:test";
import { telegram } from "../../../bots/telegram/telegram.ts";
import { COMMANDS } from "../../../src/domain/commands.ts";
import { closingAfterEach } from "../closing.ts";
import { newHome, running } from "../home.ts";
import { until } from "../scene.ts";
import { telegramServer } from "./server.ts";

const closing = closingAfterEach();

const GROUP = { id: -1007, type: "supergroup", title: "team" } as const;
const LISTS = { viewers: ["9"], operators: ["1"], admins: ["7"] };

function begin() {
  const api = telegramServer();
  const home = newHome();
  closing.push(api.close, home.remove);
  const how = { token: api.token, apiRoot: api.root, log: home.world.log };
  const { config } = home.world;
  /** The bot with these lists: roles are read when it starts. */
  const start = (lists: Partial<typeof LISTS>) => {
    const people = { viewers: [], operators: [], admins: [], ...lists };
    const chat = { ...config.chat, telegram: { ...config.chat.telegram, ...people } };
    const platform = telegram({ ...how, say: () => undefined, heard: () => undefined });
    const bot = running({ ...home.world, config: { ...config, chat } }, platform);
    closing.push(bot.stop);
    return bot;
  };
  const menu = (scope: string) =>
    until(
      () =>
        `${scope}: ${JSON.stringify([...api.menus])} ${JSON.stringify(api.posted.map(({ text }) => text))}`,
      () => api.menus.get(scope),
    );
  return { api, start, menu };
}

const alone = (id: number) => ({ id, type: "private", first_name: "x" }) as const;
const reading = (name: string) => COMMANDS.find((one) => one.name === name)?.role === "viewer";

test("each has the menu of the own role, alone and in a group; who is on no list has none", async () => {
  const { api, start, menu } = begin();
  api.menus.set("default", ["dispatch"]);
  const [ana, vi, eve, group] = [alone(1), alone(9), alone(666), GROUP].map((one) => api.chat(one));
  if (!ana || !vi || !eve || !group) throw new Error("a chat is missing");
  start(LISTS);
  api.says(ana, 1, "/status");
  api.says(vi, 9, "/status");
  api.says(eve, 666, "/status");
  for (const from of [1, 9, 666]) api.says(group, from, "/status");
  const [operator, viewer] = [await menu("chat 1"), await menu("chat 9")];
  expect(operator).toContain("dispatch");
  expect(operator).toContain("status");
  expect(viewer).toContain("status");
  expect(viewer.filter((name) => !reading(name))).toEqual([]);
  expect(await menu("chat_member -1007 1")).toEqual(operator);
  expect(await menu("chat_member -1007 9")).toEqual(viewer);
  const strangers = () => api.posted.filter(({ text }) => /Your id is 666/.test(text));
  await until(
    () => JSON.stringify(api.posted),
    () => strangers().length > 0,
  );
  expect([...api.menus.keys()].sort()).toEqual([
    "chat 1",
    "chat 9",
    "chat_member -1007 1",
    "chat_member -1007 9",
  ]);
}, 20_000);

test("a menu is set once, changes with the role, and goes with it", async () => {
  const { api, start, menu } = begin();
  const [ana, vi, group] = [alone(1), alone(9), GROUP].map((one) => api.chat(one));
  if (!ana || !vi || !group) throw new Error("a chat is missing");
  const first = start(LISTS);
  for (const _ of [1, 2, 3]) api.says(ana, 1, "/rooms");
  api.says(vi, 9, "/rooms");
  api.says(group, 1, "/rooms");
  await Promise.all(["chat 1", "chat 9", "chat_member -1007 1"].map(menu));
  await first.stop();
  const sets = () => api.calls.filter(({ method }) => method === "setMyCommands").length;
  expect(sets()).toBe(3);

  const second = start({ viewers: ["1"] });
  await until(
    () => JSON.stringify([...api.menus]),
    () => api.menus.size === 2 && !api.menus.get("chat 1")?.includes("dispatch"),
  );
  await second.stop();
  expect((await menu("chat_member -1007 1")).filter((name) => !reading(name))).toEqual([]);
  const third = start({});
  await until(
    () => JSON.stringify([...api.menus]),
    () => api.menus.size === 0,
  );
  await third.stop();
  expect(sets()).toBe(5);
}, 20_000);
