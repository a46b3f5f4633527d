import { expect, test } from "bun:test";
import { Undelivered } from "../../../bots/platform.ts";
import { slack } from "../../../bots/slack/slack.ts";
import { slackServer } from "./server.ts";

test("what is wrong with the app is not held against a chat or a message: another token makes it good", async () => {
  const api = slackServer();
  const { botToken, appToken, apiUrl } = api;
  const log = { debug: () => undefined, warn: () => undefined, error: () => undefined };
  const platform = slack({ botToken, appToken, apiUrl, log, say: () => undefined, heard: () => undefined });
  const refused = async (error: string) => {
    api.failures.push({ method: "chat.postMessage", how: { error } });
    const message = { parts: [{ line: "x" }], buttons: [], mention: [] };
    const post = platform.post("C1", message, { thread: null, key: null, silent: true });
    const problem = await post.catch((reason: unknown) => reason);
    return problem instanceof Undelivered ? (problem.how.never ?? "later") : problem;
  };
  // What Slack says of a bot token whose app was taken out of the workspace.
  for (const error of ["account_inactive", "token_revoked", "invalid_auth", "missing_scope", "no_permission"])
    expect([error, await refused(error)]).toEqual([error, "later"]);
  expect(await refused("is_archived")).toBe("chat");
  expect(await refused("msg_too_long")).toBe("message");
  await api.close();
});
