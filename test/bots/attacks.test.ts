import { afterEach, describe, expect, test } from "bun:test";
import { cardContent } from "../../bots/card.ts";
import type { Content } from "../../bots/content.ts";
import { slackMessage } from "../../bots/slack/format.ts";
import { html, plainText } from "../../bots/telegram/format.ts";
import { aView } from "../fixtures/builders.ts";
import { type Memory, memory, type Shown, textOf } from "./memory.ts";
import { type Scene, scene, until } from "./scene.ts";
import { strip } from "./telegram/state.ts";

let at: Scene | null = null;
afterEach(async () => {
  await at?.close();
  at = null;
});

async function begin(config?: string): Promise<{ place: Scene; chat: Memory }> {
  const place = await scene(config);
  at = place;
  const chat = memory();
  await place.bot(chat);
  return { place, chat };
}

const refusals = (place: Scene) =>
  place.world.store.db
    .query<{ actor: string; why: string }, []>(
      "SELECT actor, why FROM journal WHERE layer = 'refusal' ORDER BY id",
    )
    .all();
const count = (place: Scene) =>
  place.world.store.db.query<{ n: number }, []>("SELECT count(*) AS n FROM dispatches").get()?.n;
const shownIn = (chat: Memory) => () =>
  chat.shown.map((one) => `${one.to ?? "all"}: ${one.texts.at(-1)}`).join("\n");
const seen = (chat: Memory, text: RegExp) =>
  until(shownIn(chat), () => chat.shown.find((one) => text.test(textOf(one.message))));

/** A dispatch that is ready, and the news of it. */
async function ready(place: Scene, chat: Memory): Promise<Shown> {
  place.heartbeat();
  await chat.says("1", "dispatch 42");
  return seen(chat, /ready for review · #42/);
}

describe("who may", () => {
  test("a stranger's command does nothing, and tells only the own id and whom to ask, once in a while", async () => {
    const { place, chat } = await begin();
    for (const line of ["dispatch 42", "status", "projects"]) await chat.says("666", line);
    expect(chat.shown).toHaveLength(1);
    expect(textOf((chat.shown[0] as Shown).message)).toBe(
      "You are on no list here. Your id is 666; ask ana.",
    );
    expect(chat.shown[0]?.to).toBe("666");
    const why = ["On no list: dispatch 42", "On no list: status", "On no list: projects"];
    expect(refusals(place)).toEqual(why.map((each) => ({ actor: "telegram:666", why: each })));
    for (let tries = 0; tries < 100; tries += 1) await chat.says("666", "status");
    expect(refusals(place)).toHaveLength(10);
    expect(chat.shown).toHaveLength(1);
    expect(count(place)).toBe(0);
  }, 30_000);

  test("with empty lists nobody may do anything, whatever they are called", async () => {
    const { place, chat } = await begin("agent: scripted\nnotify: none\nheartbeat: {autostart: false}\n");
    for (const account of ["1", "7", "admin"]) await chat.says(account, "dispatch 42", { title: "admin" });
    expect(count(place)).toBe(0);
    expect(refusals(place)).toHaveLength(3);
  }, 30_000);

  test("a viewer looks and does not work; force is an admin's", async () => {
    const { place, chat } = await begin();
    await chat.says("9", "status");
    await seen(chat, /Nothing is dispatched/);
    await chat.says("9", "dispatch 42");
    await seen(chat, /"dispatch" is for an operator, and you are a viewer/);
    await chat.says("1", "clean --force");
    await seen(chat, /"clean" is for an admin/);
    expect(refusals(place)).toHaveLength(2);
    expect(count(place)).toBe(0);
  }, 30_000);

  test("invariant 35: a code from the desk, good once, makes one person one actor; it gives no rights", async () => {
    const { place, chat } = await begin();
    const { code } = JSON.parse(await place.rally("link", "telegram", "--json")) as { code: string };
    await chat.says("666", `/link ${code}`);
    expect(textOf((chat.shown[0] as Shown).message)).toStartWith("You are on no list here.");
    await chat.says("1", `/link ${code}`);
    await seen(chat, /you are cli:ana/);
    await chat.says("2", `/link ${code}`);
    await seen(chat, /That code is not good/);
    await chat.says("1", "follow acme/app");
    await seen(chat, /follows acme\/app/);
    const by = place.world.store.db.query('SELECT "by" FROM chat_follows').all();
    expect(by).toEqual([{ by: "cli:ana" }]);
  }, 30_000);

  test("invariant 36: which account is whose is listed, and taken back at once, with the codes that were not used", async () => {
    const { place, chat } = await begin();
    const codes = [];
    for (const _ of [1, 2]) codes.push(JSON.parse(await place.rally("link", "telegram", "--json")).code);
    await chat.says("1", `/link ${codes[0]}`);
    await seen(chat, /you are cli:ana/);
    expect(await place.rally("link")).toBe("telegram:1 is cli:ana");
    expect(await place.rally("link", "telegram", "--remove")).toContain("telegram:1 is no longer cli:ana");
    await chat.says("1", `/link ${codes[1]}`);
    await seen(chat, /That code is not good/);
    await chat.says("1", "follow acme/app");
    await seen(chat, /follows acme\/app/);
    const by = place.world.store.db.query('SELECT "by" FROM chat_follows').all();
    expect(by).toEqual([{ by: "telegram:1" }]);
    expect(await place.rally("link")).toBe("No account of a chat is linked to anybody.");
  }, 30_000);
});

describe("a button", () => {
  test("of a stranger's, of another room's, of another message's press does nothing", async () => {
    const { place, chat } = await begin();
    const news = await ready(place, chat);
    const before = refusals(place).length;
    await chat.presses("666", news, "Upstream");
    await chat.presses("9", news, "Upstream");
    await seen(chat, /That is for an operator, and you are a viewer/);
    await chat.presses("1", news, "Upstream", { chat: "C2" });
    await seen(chat, /belongs to another chat/);
    await chat.presses("1", { ...news, id: "m1" }, "Upstream");
    await seen(chat, /belongs to another message/);
    await chat.hear({ ...JSON.parse("{}"), ...forged(chat) });
    await seen(chat, /no longer good/);
    expect(refusals(place).length - before).toBe(5);
    expect(place.world.store.db.query("SELECT status FROM dispatches").all()).toEqual([
      { status: "reviewing" },
    ]);
  }, 30_000);

  test("pressed twice counts once; a replayed press does nothing; a new commit lapses it", async () => {
    const { place, chat } = await begin();
    const news = await ready(place, chat);
    await chat.presses("1", news, "Diff", { id: "same" });
    await chat.presses("1", news, "Diff", { id: "same" });
    await seen(chat, /diff --git/);
    expect(refusals(place).at(-1)?.why).toStartWith("It came a second time");
    const old = { ...news, message: news.message };
    const worktree = `${place.at.repo}/.worktrees/rally-42`;
    await place.git("-C", worktree, "commit", "--allow-empty", "-qm", "By hand");
    await chat.presses("1", old, "Upstream");
    await seen(chat, /There is a new commit since that button was shown/);
    const status = () => place.world.store.db.query("SELECT status FROM dispatches").get();
    expect(status()).toEqual({ status: "reviewing" });
    await until(shownIn(chat), () => news.message.buttons.some((one) => !old.message.buttons.includes(one)));
    const twice = { ...news, message: news.message };
    await Promise.all([chat.presses("1", twice, "Upstream"), chat.presses("2", twice, "Upstream")]);
    await seen(chat, /telegram:1 has pressed that already/);
    expect(status()).toEqual({ status: "upstream" });
  }, 30_000);

  test("after its time is over is refused", async () => {
    const { place, chat } = await begin();
    const news = await ready(place, chat);
    place.world.store.db.run("UPDATE chat_offers SET expires_at = 1");
    await chat.presses("1", news, "Upstream");
    await seen(chat, /That button has expired/);
  }, 30_000);
});

function forged(chat: Memory) {
  const answer = {
    receipt: async () => undefined,
    say: async () => null,
    prompt: async () => null,
    whisper: async (message: Shown["message"]) => {
      chat.shown.push({ chat: "C1", id: "w", message, how: null, texts: [], to: "1" });
      return null;
    },
  };
  const said = { press: "upstream 1", message: "m1", text: null };
  return { id: "forged", chat: "C1", title: "", thread: null, account: "1", said, answer };
}

describe("too much", () => {
  test("a flood of 1,000 commands is cut off with one word, and the bot lives", async () => {
    const { place, chat } = await begin();
    await Promise.all(Array.from({ length: 1_000 }, () => chat.says("1", "status")));
    await seen(chat, /too much at once/);
    await until(shownIn(chat), () => chat.shown.filter((one) => one.to === null).length === 20);
    expect(chat.shown.filter((one) => /too much/.test(textOf(one.message)))).toHaveLength(1);
    await chat.says("2", "projects");
    await seen(chat, /acme\/app/);
    expect(refusals(place).map(({ why }) => why)).toEqual(["Too much at once."]);
  }, 30_000);

  test("so is one of what passes the queue", async () => {
    const { place, chat } = await begin();
    await Promise.all(Array.from({ length: 1_000 }, () => chat.says("1", "/stop 99")));
    await until(
      shownIn(chat),
      () => chat.shown.filter((one) => /no dispatch 99/.test(textOf(one.message))).length === 20,
    );
    expect(chat.shown).toHaveLength(21);
    expect(refusals(place).map(({ why }) => why)).toEqual(["Too much at once."]);
  }, 30_000);

  test("stop passes the queue", async () => {
    const { chat } = await begin();
    const many = Array.from({ length: 15 }, () => chat.says("1", "status"));
    await Promise.all([...many, chat.says("1", "/stop 99")]);
    await until(shownIn(chat), () => chat.shown.length === 16);
    expect(chat.shown.findIndex((one) => /no dispatch 99/.test(textOf(one.message)))).toBeLessThan(5);
  }, 30_000);

  test("a message of 100,000 characters is refused or cut, on every platform", async () => {
    const { chat } = await begin();
    await chat.says("1", `dispatch task ${"x".repeat(100_000)}`);
    await until(shownIn(chat), () => chat.shown.length > 0);
    const long: Content = {
      parts: [{ line: "y".repeat(100_000) }, { code: "<&>\n".repeat(25_000) }],
      offers: [],
      mention: [],
    };
    const message = { ...long, buttons: [] };
    expect(html(message).length).toBeLessThanOrEqual(4096);
    expect(strip(html(message))).not.toBeNull();
    expect(plainText(message).length).toBeLessThanOrEqual(4096);
    const { blocks } = slackMessage(message);
    expect(blocks.length).toBeLessThanOrEqual(50);
    for (const block of blocks)
      if (block.type === "section") expect(block.text?.text.length).toBeLessThanOrEqual(3000);
  }, 30_000);
});

test("a token that is said, or that somebody wrote into a title, is not shown again", async () => {
  const { place, chat } = await begin();
  const token = `ghp_${"a1B2".repeat(9)}`;
  await chat.says("1", `dispatch task use ${token} for it`);
  await until(shownIn(chat), () => chat.shown.some((one) => one.how?.key?.startsWith("card:")));
  expect(shownIn(chat)()).not.toContain(token);
  const kept = place.world.store.db.query("SELECT text FROM chat_updates").all();
  expect(JSON.stringify(kept)).not.toContain(token);
}, 30_000);

test("a title can be no mention, no link, no mark, and cannot break the card", async () => {
  const { place } = await begin();
  const title = "<!channel> <@U7> </b><b>*bold* `code` ```\n<a href='x'>y</a> @everyone \u202egnp.exe &lt;";
  const content = cardContent(place.world, aView({ title }), null);
  const message = { ...content, buttons: [] };
  const slack = JSON.stringify(slackMessage(message).blocks);
  expect(slack).not.toMatch(/<[!@]|`code`|\u202e/);
  for (const block of slackMessage(message).blocks) expect(block).toHaveProperty("text.verbatim", true);
  expect(strip(html(message))?.replaceAll("\u2060", "")).toContain("<!channel> <@U7> </b><b>");
  for (const text of [html(message), plainText(message)]) expect(text).not.toMatch(/@\w/);
  expect(html(message)).not.toContain("<a ");
}, 30_000);

test("the address of a pull request that a command tells of can be followed in Slack", () => {
  const url = "https://github.com/acme/app/pull/57";
  const parts = [{ line: `Pull request #57: ${url}` }, { line: `See ${url} and more` }];
  const [block] = slackMessage({ parts, buttons: [], mention: [] }).blocks;
  expect(block).toHaveProperty("text.text", `Pull request #57: <${url}>\nSee ${url} and more`);
});
