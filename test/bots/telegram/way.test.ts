import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { telegram } from "../../../bots/telegram/telegram.ts";
import { closingAfterEach } from "../closing.ts";
import { hasty } from "../hasty.ts";
import { scene, until } from "../scene.ts";
import { telegramServer } from "./server.ts";

const closing = closingAfterEach();

async function begin() {
  const place = await scene(undefined, { RALLY_SCRIPTED_PACE: "1" });
  const api = telegramServer();
  closing.push(api.close, place.close);
  const { log } = place.world;
  const platform = telegram({
    ...{ token: api.token, apiRoot: api.root, log, backOffMs: 50 },
    say: () => undefined,
    heard: () => undefined,
  });
  place.heartbeat();
  const bot = await place.bot(hasty(platform));
  return { place, api, bot };
}

test("the whole way in Telegram: dispatch, card, one ready, diff, continue, upstream, merged, clean", async () => {
  const { place, api } = await begin();
  const chat = api.chat({ id: 1, type: "private", first_name: "Ana" });
  const all = () =>
    api.posted
      .map((one) => `${one.id} ${one.text} ⇒ ${one.edits.map(({ text }) => text).join(" ⇒ ")}`)
      .join("\n");
  const posted = (text: RegExp) => until(all, () => api.posted.find((one) => text.test(one.text)));

  api.says(chat, 1, "/follow acme/app@rally_bot");
  api.says(chat, 1, "/follow@rally_bot acme/app");
  await posted(/follows acme\/app/);
  api.says(chat, 1, "/dispatch 42");
  const card = await until(all, () =>
    api.posted.find((one) => one.silent && /#42 Fix login timeout/.test(one.text)),
  );
  const ready = await posted(/ready for review · #42/);
  expect(ready.html).toContain('<a href="tg://user?id=1">');
  expect(ready.to).toBe(card.id);
  expect(ready.silent).toBe(false);
  await until(all, () => /^🟡 #42/.test(card.text));
  const working = card.edits.map(({ text }) => text).join("\n");
  expect(working).toMatch(/scripted working: (setup|coding|closeout)/);
  expect(api.posted.filter(({ text }) => /ready for review ·/.test(text))).toHaveLength(1);

  api.presses(1, ready, "Diff");
  await posted(/diff --git a\/NOTES\.md/);
  api.says(chat, 1, "/continue also the empty password", { to: card });
  const again = await until(all, () => api.posted.filter((one) => /🟡 ready for review ·/.test(one.text))[1]);
  expect(again.text).toStartWith("you: ");
  await until(
    all,
    () => ready.buttons.length === 0 && /Sent back to the agent by telegram:1/.test(ready.text),
  );
  api.presses(1, again, "Upstream");
  await until(all, () => /waiting on upstream/.test(card.text));
  api.says(chat, 1, "/pr 1");
  await posted(/pull\/46/);
  await place.github("merge", "acme/app", "46");
  await place.rally("refresh");
  const done = await posted(/^✅ done/);
  api.presses(1, done, "Clean");
  const proposal = await until(all, () =>
    api.posted.find((one) => one.buttons.some(({ text }) => text === "Clean 1")),
  );
  api.presses(1, proposal, "Clean 1");
  await until(all, () => /Cleaned by telegram:1/.test(card.text));
  expect(existsSync(`${place.at.repo}/.worktrees/rally-42`)).toBe(false);
  expect(api.posted.filter((one) => /ready for review ·/.test(one.text))).toHaveLength(2);
  expect(api.menus.get("chat 1")).toContain("dispatch");
}, 90_000);
