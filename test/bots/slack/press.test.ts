import { expect, test } from "bun:test";
import { slack } from "../../../bots/slack/slack.ts";
import { closingAfterEach } from "../closing.ts";
import { hasty } from "../hasty.ts";
import { newHome, running } from "../home.ts";
import { until } from "../scene.ts";
import { wordsOf } from "./api.ts";
import { slackServer } from "./server.ts";

const closing = closingAfterEach();

async function begin() {
  const [home, api] = [newHome("chat: {slack: {operators: [U1]}}\n"), slackServer()];
  home.follows("slack", "C1");
  const { botToken, appToken, apiUrl } = api;
  const how = { botToken, appToken, apiUrl, log: home.world.log, say: () => undefined };
  const bot = running(home.world, hasty(slack({ ...how, heard: () => undefined })));
  closing.push(home.remove, api.close, bot.stop);
  await until(
    () => "connected",
    () => api.connections > 0,
  );
  const all = () => JSON.stringify([api.responses, api.posted.map(wordsOf)]);
  home.news(1);
  const news = await until(all, () => api.posted.find((one) => /ready for review ·/.test(wordsOf(one))));
  return { api, news, all };
}

test("a press that only asks for words waits for nothing that is being done there", async () => {
  const { api, news, all } = await begin();
  api.failures.push({ method: "chat.postMessage", how: { retryAfter: 4 } });
  const from = performance.now();
  await api.command("U1", "C1", "/rally projects");
  await until(all, () => api.failures.length === 0);
  await api.presses("U1", news, "Continue…");
  await until(all, () => api.views.length === 1);
  expect(performance.now() - from).toBeLessThan(3_000);
  await until(all, () => api.posted.some((one) => /acme\/app/.test(wordsOf(one)) && one.thread === null));
}, 20_000);

test("a question that Slack does not open any more is no bug, and the button is still good", async () => {
  const { api, news, all } = await begin();
  api.failures.push({ method: "views.open", how: { error: "expired_trigger_id" } });
  await api.presses("U1", news, "Continue…");
  await until(all, () =>
    /expired_trigger_id. The question was not opened/.test(JSON.stringify(api.responses)),
  );
  expect(all()).not.toContain("bug");
  await api.presses("U1", news, "Continue…");
  await until(all, () => api.views.length === 1);
}, 20_000);

test("what a button leads to that was shown to one person alone is said in the channel", async () => {
  const { api, all } = await begin();
  await api.command("U1", "C1", "/rally stop 1");
  const refused = await until(all, () => api.responses.find((one) => JSON.stringify(one).includes("Show 1")));
  await api.pressesAlone("U1", "C1", refused, "Show 1");
  const status = await until(all, () =>
    api.posted.find((one) => one.metadata === null && /Issue 1/.test(wordsOf(one))),
  );
  expect(status.thread).toBeNull();
}, 20_000);
