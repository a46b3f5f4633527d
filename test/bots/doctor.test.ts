import { expect, test } from "bun:test";
import { closingAfterEach } from "./closing.ts";
import { scene } from "./scene.ts";
import { slackServer } from "./slack/server.ts";
import { telegramServer } from "./telegram/server.ts";

const closing = closingAfterEach();

type Check = { readonly name: string; readonly state: string; readonly says: string; readonly hint?: string };

async function begin(env: Record<string, string> = {}) {
  const [telegram, slack] = [telegramServer(), slackServer()];
  closing.push(telegram.close, slack.close);
  const place = await scene(undefined, {
    ...{ TELEGRAM_BOT_TOKEN: telegram.token, TELEGRAM_API_ROOT: telegram.root },
    ...{ SLACK_BOT_TOKEN: slack.botToken, SLACK_APP_TOKEN: slack.appToken, SLACK_API_URL: slack.apiUrl },
    ...env,
  });
  closing.push(place.close);
  /** With what is bad it exits with 1, and its words are in the error. */
  const doctor = async (): Promise<readonly Check[]> => {
    const text = await place.rally("doctor", "--json").catch((error: Error) => error.message);
    const { checks } = JSON.parse(text.slice(text.indexOf("{"), text.lastIndexOf("}") + 1));
    return (checks as Check[]).filter(({ name }) => name === "slack" || name === "telegram");
  };
  return { telegram, slack, place, doctor };
}

test("the doctor asks both platforms about their tokens, and Slack about the manifest's scopes", async () => {
  const { telegram, slack, doctor } = await begin();
  const good = await doctor();
  expect(good.filter(({ state }) => state === "bad")).toEqual([]);
  expect(good.map(({ says }) => says)).toContain("@rally in Acme");
  expect(good.map(({ says }) => says)).toContain("@rally_bot (999)");

  slack.scopes = ["commands", "chat:write"];
  telegram.revoked = true;
  const bad = (await doctor()).filter(({ state }) => state === "bad");
  expect(bad.map(({ name, says }) => `${name}: ${says}`)).toEqual([
    "slack: The scopes app_mentions:read, channels:history, groups:history, im:history, reactions:write are missing.",
    "telegram: 401 Unauthorized",
  ]);
  expect(bad[0]?.hint).toContain("deploy/slack-manifest.yaml");
}, 30_000);

test("an app token that is not good, and a platform that does not answer, are findings that show no token", async () => {
  const token = "xapp-1-A-of-somebody-else-1234567890";
  const root = "http://127.0.0.1:1";
  const { doctor } = await begin({ SLACK_APP_TOKEN: token, TELEGRAM_API_ROOT: root });
  const bad = (await doctor()).filter(({ state }) => state === "bad");
  expect(bad.map(({ name, says }) => `${name}: ${says}`)).toEqual([
    "slack: The app's token: Slack: invalid_auth.",
    "telegram: Telegram did not answer.",
  ]);
  expect(JSON.stringify(bad)).not.toContain(token);
}, 30_000);

test("a name on a list, where an id is wanted, is found", async () => {
  const { place, doctor } = await begin();
  const of = async (name: string) =>
    (await doctor()).filter((one) => one.name === name).map(({ says }) => says);
  expect((await of("telegram")).join()).not.toContain("has the id");
  await place.rally("config", "set", "chat.telegram.viewers", "9, ana");
  await place.rally("config", "set", "chat.slack.admins", "U7, 77123456");
  expect(await of("telegram")).toContain("No account has the id ana there; its lists want ids, not names.");
  expect(await of("slack")).toContain("No account has the id 77123456 there; its lists want ids, not names.");
}, 30_000);
