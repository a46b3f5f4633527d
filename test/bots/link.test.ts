import { afterEach, expect, test } from "bun:test";
import { slackMessage } from "../../bots/slack/format.ts";
import { html, plainText } from "../../bots/telegram/format.ts";
import { type Home, newHome, running } from "./home.ts";
import { memory } from "./memory.ts";
import { until } from "./scene.ts";
import { strip } from "./telegram/state.ts";

let home: Home | null = null;
afterEach(() => {
  home?.remove();
  home = null;
});

async function messages(config: string) {
  const at = newHome(config);
  home = at;
  at.follows("telegram", "C1");
  const chat = memory();
  const bot = running(at.world, chat);
  const cursor = () => at.world.store.db.query("SELECT 1 FROM cursors").all().length > 0;
  await until(() => "a cursor", cursor);
  at.news(1);
  await until(
    () => JSON.stringify(chat.shown),
    () => chat.shown.length === 2,
  );
  await bot.stop();
  return chat.shown.map((one) => one.message);
}

test("a card and its news lead to the status page where people can reach one, on both platforms", async () => {
  for (const message of await messages("web: {base_url: 'https://rally.example/a\"b|c>d&e'}\n")) {
    const slack = JSON.stringify(slackMessage(message).blocks);
    const url = "https://rally.example/a%22b%7Cc%3Ed&e/dispatches/1";
    expect(slack).toContain(`<${url.replaceAll("&", "&amp;")}|Status page>`);
    expect(html(message)).toContain(`<a href="${url.replaceAll("&", "&amp;")}">Status page</a>`);
    expect(strip(html(message))).toContain("Status page");
    expect(plainText(message)).toContain(url);
  }
}, 30_000);

test("no mark is ever cut through, however little room is left for it", () => {
  for (let lines = 1; lines < 60; lines += 1) {
    const code = `${"x&".repeat(36)}\n`.repeat(lines);
    const line = [{ text: "strong words & more of them ".repeat(9), tone: "strong" as const }];
    const link = { link: "https://rally.example/dispatches/1", text: "Status page" };
    const message = { parts: [{ code }, { line }, { code }, link], buttons: [], mention: ["1"] };
    expect(strip(html(message))).not.toBeNull();
    expect(html(message).length).toBeLessThanOrEqual(4096);
  }
});

test("without such an address there is no link", async () => {
  for (const message of await messages("")) expect(JSON.stringify(message)).not.toContain("Status page");
}, 30_000);
