import { expect, test } from "bun:test";
import { slack } from "../../../bots/slack/slack.ts";
import { slackServer } from "./server.ts";

test("a message of ours is found in a long thread and in a busy channel", async () => {
  const api = slackServer();
  const { botToken, appToken, apiUrl } = api;
  const log = { debug: () => undefined, warn: () => undefined, error: () => undefined };
  const platform = slack({ botToken, appToken, apiUrl, log, say: () => undefined, heard: () => undefined });
  const says = (thread: string | null, key: string) =>
    platform.post("C1", { parts: [{ line: key }], buttons: [], mention: [] }, { thread, key, silent: true });
  const root = await says(null, "card");
  for (let times = 0; times < 210; times += 1) await says(root, `reply ${times}`);
  const last = await says(root, "news");
  for (let times = 0; times < 210; times += 1) await says(null, `another ${times}`);
  expect(await platform.find?.("C1", "news", root)).toBe(last);
  expect(await platform.find?.("C1", "card", null)).toBe(root);
  expect(await platform.find?.("C1", "never", null)).toBeNull();
  await api.close();
}, 20_000);
