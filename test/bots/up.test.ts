import { expect, test } from "bun:test";
import { join } from "node:path";
import { program } from "../../src/wiring/program.ts";
import { closingAfterEach } from "./closing.ts";
import { scene, until } from "./scene.ts";
import { wordsOf } from "./slack/api.ts";
import { slackServer } from "./slack/server.ts";
import { telegramServer } from "./telegram/server.ts";

const closing = closingAfterEach();

async function begin() {
  const [api, slack] = [telegramServer(), slackServer()];
  closing.push(api.close, slack.close);
  const tokens = {
    ...{ TELEGRAM_BOT_TOKEN: api.token, TELEGRAM_API_ROOT: api.root },
    ...{ SLACK_BOT_TOKEN: slack.botToken, SLACK_APP_TOKEN: slack.appToken, SLACK_API_URL: slack.apiUrl },
  };
  const place = await scene(undefined, tokens);
  closing.push(place.close);
  const env = { ...place.at.env, ...tokens };
  const start = (argv: string[]) => {
    const child = Bun.spawn(argv, { cwd: place.at.repo, env, stdout: "ignore", stderr: "pipe" });
    closing.push(async () => {
      child.kill("SIGKILL");
      await child.exited;
    });
    return child;
  };
  return { api, slack, place, start };
}

test("rally up runs both bots beside the heartbeat, killed and started again, and ends with it", async () => {
  const { api, slack, place, start } = await begin();
  const chat = api.chat({ id: 1, type: "private", first_name: "Ana" });
  const all = () => JSON.stringify([api.posted.map(({ text }) => text), slack.posted.map(wordsOf)]);
  const first = start([...program(), "up", "--no-web"]);
  await slack.command("U1", "C1", "/follow acme/app");
  await until(all, () => slack.posted.some((one) => /follows acme\/app/.test(wordsOf(one))));
  api.says(chat, 1, "/dispatch 42");
  await until(all, () => api.posted.some(({ text }) => /ready for review · #42/.test(text)), 20_000);
  await until(all, () => slack.posted.some((one) => /ready for review · #42/.test(wordsOf(one))), 20_000);

  first.kill("SIGKILL");
  await first.exited;
  await place.rally("dispatch", "43");
  const second = start([...program(), "up", "--no-web"]);
  await until(all, () => api.posted.some(({ text }) => /ready for review · #42/.test(text)), 20_000);
  await until(all, () => slack.posted.some((one) => /ready for review · #43/.test(wordsOf(one))), 20_000);
  api.says(chat, 1, "/status");
  await until(all, () => api.posted.some(({ text }) => /2 ready/.test(text)), 20_000);

  slack.scopes = ["commands", "chat:write"];
  const tested = await place.rally("chat", "test", "--json").catch((error: Error) => error.message);
  expect(tested).toContain("scopes app_mentions:read");
  expect(slack.posted.some((one) => /A test by cli:ana/.test(wordsOf(one)))).toBe(true);
  const looked = await place.rally("doctor", "--json").catch((error: Error) => error.message);
  expect(looked).toMatch(/last event \d+s ago/);
  second.kill("SIGTERM");
  expect(await second.exited).toBe(0);
}, 90_000);

test("bots/telegram runs alone, and says what it needs where it has no token", async () => {
  const { api, place, start } = await begin();
  const main = join(import.meta.dir, "../../bots/telegram/main.ts");
  const chat = api.chat({ id: 9, type: "private", first_name: "Vi" });
  const alone = start([process.execPath, "--no-env-file", main]);
  api.says(chat, 9, "/projects");
  await until(
    () => JSON.stringify(api.posted),
    () => api.posted.some(({ text }) => /acme\/app/.test(text)),
  );
  alone.kill("SIGTERM");
  expect(await alone.exited).toBe(0);
  const bare = Bun.spawn([process.execPath, "--no-env-file", main], { env: place.at.env, stderr: "pipe" });
  expect(await bare.exited).toBe(2);
  expect(await new Response(bare.stderr).text()).toContain("docs/telegram.md");
}, 30_000);
