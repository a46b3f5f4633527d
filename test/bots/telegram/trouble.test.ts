import { expect, test } from "bun:test";
import TelegramServer from "telegram-test-api";
import { telegram } from "../../../bots/telegram/telegram.ts";
import { closingAfterEach } from "../closing.ts";
import { type Home, newHome, running } from "../home.ts";
import { until } from "../scene.ts";
import { type Telegram, telegramServer } from "./server.ts";

const closing = closingAfterEach();

function begin(api: Telegram): { home: Home; said: string[] } {
  const home = newHome();
  const said: string[] = [];
  const { log } = home.world;
  const platform = telegram({
    ...{ token: api.token, apiRoot: api.root, log, backOffMs: 30 },
    say: (line) => void said.push(line),
    heard: () => undefined,
  });
  closing.push(home.remove, running(home.world, platform).stop);
  return { home, said };
}

function server(): Telegram {
  const api = telegramServer();
  closing.push(api.close);
  return api;
}

test("another poller and a revoked token are said once and loudly, and it goes on when they are over", async () => {
  const api = server();
  const chat = api.chat({ id: 5, type: "private", first_name: "Eve" });
  const { said } = begin(api);
  await until(
    () => "polling",
    () => api.calls.some(({ method }) => method === "getUpdates"),
  );
  api.rival = true;
  await until(
    () => said.join("\n"),
    () => said.some((line) => /409.*end one of the two/.test(line)),
  );
  api.rival = false;
  api.revoked = true;
  await until(
    () => said.join("\n"),
    () => said.some((line) => /401.*bot_token/.test(line)),
  );
  expect(said.filter((line) => line.includes("409"))).toHaveLength(1);
  expect(said.join("\n")).not.toContain(api.token);
  api.revoked = false;
  api.says(chat, 5, "/status");
  await until(
    () => JSON.stringify(api.posted),
    () => api.posted.some(({ text }) => /Your id is 5/.test(text)),
  );
}, 20_000);

test("an answer that is put off comes later", async () => {
  const api = server();
  const chat = api.chat({ id: 9, type: "private", first_name: "Vi" });
  const home = newHome("chat: {telegram: {viewers: [9]}}\n");
  const { log } = home.world;
  const common = { token: api.token, apiRoot: api.root, log, say: () => undefined, heard: () => undefined };
  closing.push(home.remove, running(home.world, telegram(common)).stop);
  api.failures.push({
    method: "sendMessage",
    how: { code: 429, description: "Too Many Requests", retryAfter: 1 },
  });
  const from = performance.now();
  api.says(chat, 9, "/projects");
  await until(
    () => JSON.stringify(api.posted),
    () => api.posted.some(({ text }) => /acme\/app/.test(text)),
  );
  expect(performance.now() - from).toBeGreaterThan(900);
  expect(api.posted).toHaveLength(1);
}, 20_000);

test("in a group only what is said to it is heard", async () => {
  const api = server();
  const group = api.chat({ id: -1007, type: "supergroup", title: "team" });
  begin(api);
  for (const text of ["hello all", "/status@other_bot", "@other_bot status"]) api.says(group, 5, text);
  api.says(group, 6, "/status@rally_bot");
  const known = (text: RegExp) => api.posted.filter((one) => text.test(one.text)).length;
  await until(
    () => JSON.stringify(api.posted),
    () => known(/Your id is 6/) === 1,
  );
  api.says(group, 7, "@rally_bot status");
  await until(
    () => JSON.stringify(api.posted),
    () => known(/Your id is 7/) === 1,
  );
  expect(api.posted).toHaveLength(2);
}, 20_000);

test("a replayed update does nothing; plain words are sent where the marks are not understood", async () => {
  const api = server();
  const chat = api.chat({ id: 5, type: "private", first_name: "Admin" });
  const refused = { code: 400, description: "Bad Request: can't parse entities" };
  api.failures.push({ method: "sendMessage", how: refused });
  const { home } = begin(api);
  const update = api.says(chat, 5, "/status", { name: "admin" });
  await until(
    () => JSON.stringify(api.posted),
    () => api.posted.length === 1,
  );
  expect(api.posted[0]?.html).toBe("You are on no list here. Your id is 5; ask whoever runs Rally here.");
  api.repeat(update);
  const refusals = () => home.world.store.db.query("SELECT why FROM journal WHERE layer = 'refusal'").all();
  await until(
    () => JSON.stringify(refusals()),
    () => refusals().length === 2,
  );
  expect(JSON.stringify(refusals())).toContain("It came a second time");
  expect(api.posted).toHaveLength(1);
}, 20_000);

test("telegram-test-api, which others made: a stranger is answered there, too", async () => {
  const other = new TelegramServer({
    host: "127.0.0.1",
    port: 20_000 + (process.pid % 20_000),
    storage: "RAM",
  });
  await other.start();
  closing.push(() => other.stop());
  const token = "123456:of-the-test-api";
  const home = newHome();
  const { log } = home.world;
  const platform = telegram({
    ...{ token, apiRoot: other.config.apiURL, log },
    say: () => undefined,
    heard: () => undefined,
  });
  closing.push(home.remove, running(home.world, platform).stop);
  const client = other.getClient(token, { userId: 5, chatId: 5, firstName: "Eve" });
  await client.sendCommand(client.makeCommand("/status"));
  const { result } = await client.getUpdates();
  expect(JSON.stringify(result)).toContain("Your id is 5");
}, 20_000);
