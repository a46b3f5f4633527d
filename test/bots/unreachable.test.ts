import { expect, test } from "bun:test";
import { slack } from "../../bots/slack/slack.ts";
import { telegram } from "../../bots/telegram/telegram.ts";
import { newHome, running } from "./home.ts";
import { until } from "./scene.ts";
import { slackServer } from "./slack/server.ts";
import { telegramServer } from "./telegram/server.ts";

/** Nobody listens there. */
const NOWHERE = "http://127.0.0.1:9";

for (const name of ["slack", "telegram"] as const)
  test(`${name} out of reach at the start is said once, and ends at once when it is to end`, async () => {
    const home = newHome();
    const said: string[] = [];
    const errors: (string | null)[] = [];
    const common = {
      log: home.world.log,
      say: (line: string) => void said.push(line),
      heard: ({ error }: { readonly error: string | null }) => void errors.push(error),
      backOffMs: 20,
    };
    const platform =
      name === "slack"
        ? slack({ ...common, botToken: "xoxb-1", appToken: "xapp-1", apiUrl: `${NOWHERE}/` })
        : telegram({ ...common, token: "1:x", apiRoot: NOWHERE });
    const bot = running(home.world, platform);
    await until(
      () => JSON.stringify(errors),
      () => errors.length >= 3,
    );
    const from = performance.now();
    expect(await bot.stop()).toBe("stopped");
    expect(performance.now() - from).toBeLessThan(10_000);
    expect(said).toEqual([expect.stringMatching(new RegExp(`^warning: ${name}: .* did not answer\\.`, "i"))]);
    home.remove();
  }, 20_000);

test("a bot that was told to end while it began tells nobody that it listens, and nothing else", async () => {
  const [home, api] = [newHome(), telegramServer()];
  api.chat({ id: 5, type: "private", first_name: "Ana" });
  api.revoked = true;
  const said: string[] = [];
  const { log, store } = home.world;
  home.follows("telegram", "5");
  store.db.run(
    "INSERT INTO chat_updates (platform, id, at, room, account, text) VALUES ('telegram', '1', 1, 'telegram:5', '5', 'x')",
  );
  const how = { token: api.token, apiRoot: api.root, log, backOffMs: 20 };
  const bot = running(
    home.world,
    telegram({ ...how, say: (line) => void said.push(line), heard: () => undefined }),
  );
  await until(
    () => said.join("\n"),
    () => said.some((line) => /401/.test(line)),
  );
  expect(await bot.stop()).toBe("stopped");
  expect(api.posted).toEqual([]);
  expect(store.db.query("SELECT 1 FROM chat_updates WHERE done_at IS NULL").all()).toHaveLength(1);
  await api.close();
  home.remove();
}, 20_000);

test("Telegram's polls that failed for a while are not put off ever longer", async () => {
  const [home, api] = [newHome(), telegramServer()];
  const chat = api.chat({ id: 5, type: "private", first_name: "Eve" });
  const said: string[] = [];
  const how = { token: api.token, apiRoot: api.root, log: home.world.log, backOffMs: 5 };
  const out = { method: "getUpdates", how: { code: 502, description: "Bad Gateway" } };
  for (let times = 0; times < 8; times += 1) api.failures.push(out);
  const bot = running(
    home.world,
    telegram({ ...how, say: (line) => void said.push(line), heard: () => undefined }),
  );
  api.says(chat, 5, "/status");
  await until(
    () => JSON.stringify(api.posted),
    () => api.posted.length === 1,
    6_000,
  );
  expect(said.filter((line) => line.includes("502"))).toHaveLength(1);
  await bot.stop();
  await api.close();
  home.remove();
}, 20_000);

test("Slack's connection that is back is good again, though nobody says anything", async () => {
  const [home, api] = [newHome(), slackServer()];
  const heard: (string | null)[] = [];
  const { botToken, appToken, apiUrl } = api;
  const platform = slack({
    ...{ botToken, appToken, apiUrl, log: home.world.log, say: () => undefined },
    heard: ({ error }) => void heard.push(error),
  });
  const bot = running(home.world, platform);
  await until(
    () => JSON.stringify(heard),
    () => heard.at(-1) === null,
  );
  api.failures.push({ method: "apps.connections.open", how: { error: "internal_error" } });
  api.disconnect();
  await until(
    () => JSON.stringify(heard),
    () => heard.length >= 3 && heard.at(-1) === null,
  );
  expect(heard.filter((error) => error !== null)).toEqual([expect.stringContaining("internal_error")]);
  await bot.stop();
  await api.close();
  home.remove();
}, 20_000);
