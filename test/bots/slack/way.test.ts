import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { slack } from "../../../bots/slack/slack.ts";
import { closingAfterEach } from "../closing.ts";
import { hasty } from "../hasty.ts";
import { scene, until } from "../scene.ts";
import { labelsOf, wordsOf } from "./api.ts";
import { slackServer } from "./server.ts";

const closing = closingAfterEach();

async function begin() {
  const place = await scene(undefined, { RALLY_SCRIPTED_PACE: "1" });
  const api = slackServer();
  closing.push(api.close, place.close);
  const platform = slack({
    ...{ botToken: api.botToken, appToken: api.appToken, apiUrl: api.apiUrl, log: place.world.log },
    say: () => undefined,
    heard: () => undefined,
  });
  place.heartbeat();
  await place.bot(hasty(platform));
  return { place, api };
}

test("the whole way in Slack: dispatch, card, one ready, diff, continue, upstream, merged, clean", async () => {
  const { place, api } = await begin();
  const all = () =>
    `${api.posted.map((one) => `${one.ts} ${wordsOf(one)} ⇒ ${one.edits.join(" ⇒ ")}`).join("\n")}\n${JSON.stringify(api.responses)}`;
  const posted = (text: RegExp) => until(all, () => api.posted.find((one) => text.test(wordsOf(one))));

  await api.command("U1", "C1", "/dispatch 42");
  const ready = await posted(/ready for review · #42/);
  const card = await until(all, () => api.posted.find((one) => one.ts === ready.thread));
  expect(wordsOf(ready)).toStartWith("<@U1> ");
  expect(ready.broadcast).toBe(true);
  await until(all, () => /🟡 #42 Fix login timeout/.test(wordsOf(card)));
  expect(card.edits.join("\n")).toMatch(/scripted working: (setup|coding|closeout)/);
  expect(api.posted.filter((one) => /ready for review ·/.test(wordsOf(one)))).toHaveLength(1);

  await api.presses("U1", ready, "Diff");
  const diff = await posted(/diff --git a\/NOTES\.md/);
  expect(diff.thread).toBe(card.ts);
  await api.mention("U1", "C1", "continue also the empty password", card.ts);
  await until(all, () => api.reactions.some((one) => one.startsWith("eyes ")));
  const again = await until(
    all,
    () => api.posted.filter((one) => /ready for review ·/.test(wordsOf(one)))[1],
  );
  await until(
    all,
    () => labelsOf(ready).length === 0 && /Sent back to the agent by slack:U1/.test(wordsOf(ready)),
  );
  await api.presses("U1", again, "Continue…");
  await until(all, () => api.views.length === 1);
  await api.submits("U1", "and the docs");
  const third = await until(
    all,
    () => api.posted.filter((one) => /ready for review ·/.test(wordsOf(one)))[2],
  );

  await api.presses("U1", third, "Upstream");
  await until(all, () => /waiting on upstream/.test(wordsOf(card)));
  await api.command("U1", "C1", "/rally pr 1");
  await posted(/pull\/46/);
  await place.github("merge", "acme/app", "46");
  await place.rally("refresh");
  const done = await posted(/✅ done/);
  await api.presses("U1", done, "Clean");
  const proposal = await until(all, () => api.posted.find((one) => labelsOf(one).includes("Clean 1")));
  await api.presses("U1", proposal, "Clean 1");
  await until(all, () => /Cleaned by slack:U1/.test(wordsOf(card)));
  expect(existsSync(`${place.at.repo}/.worktrees/rally-42`)).toBe(false);
}, 90_000);

test("an error is for the asker alone; a new connection takes over where Slack asks for one; an envelope counts once", async () => {
  const { place, api } = await begin();
  const all = () => JSON.stringify([api.responses, api.posted.map(wordsOf)]);
  await api.command("U1", "C1", "/dispatch 41");
  await until(all, () => api.responses.some((one) => JSON.stringify(one).includes("closed already")));
  expect(api.posted).toEqual([]);

  const before = api.connections;
  api.disconnect();
  await until(all, () => api.connections > before, 20_000);
  const envelope = await api.command("U1", "C1", "/rally follow acme/app");
  await until(all, () => api.posted.some((one) => /follows acme\/app/.test(wordsOf(one))));
  await api.mention("UBOT2", "C1", "status", undefined, "BBOT2");
  await api.replay(envelope);
  const refusals = () => place.world.store.db.query("SELECT why FROM journal WHERE layer = 'refusal'").all();
  await until(all, () => refusals().length === 1);
  expect(api.posted).toHaveLength(1);
}, 60_000);
