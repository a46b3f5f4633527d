import { afterEach, expect, test } from "bun:test";
import { memory, textOf } from "./memory.ts";
import { type Scene, scene, until } from "./scene.ts";

let at: Scene | null = null;
afterEach(async () => {
  await at?.close();
  at = null;
});

test("the whole way: dispatch, card, one ready, diff, continue, upstream, merged, clean", async () => {
  at = await scene();
  const chat = memory();
  at.heartbeat();
  await at.bot(chat);
  const all = () =>
    chat.shown.map((one) => `${one.id} ${one.how?.key ?? ""} ${one.texts.join(" ⇒ ")}`).join("\n");
  const said = (text: RegExp) => until(all, () => chat.shown.find((one) => text.test(textOf(one.message))));

  await chat.says("1", "/dispatch 42");
  const card = await until(all, () => chat.shown.find((one) => one.how?.key?.startsWith("card:")));
  const ready = await until(all, () =>
    chat.shown.find((one) => /ready for review · #42/.test(one.texts[0] ?? "")),
  );
  expect(ready.message.mention).toEqual(["1"]);
  expect(ready.how?.thread).toBe(card.id);
  await until(all, () => /🟡 #42 Fix login timeout/.test(textOf(card.message)));

  await chat.presses("1", ready, "Diff");
  await said(/NOTES\.md/);
  await chat.says("1", "/continue also handle the empty password", { thread: card.id });
  const again = await until(
    all,
    () => chat.shown.filter((one) => /ready for review/.test(one.texts[0] ?? ""))[1],
  );
  await until(all, () => ready.message.buttons.length === 0);
  expect(textOf(ready.message)).toMatch(/Sent back to the agent by telegram:1, \d\d:\d\d/);

  await chat.presses("1", again, "Upstream");
  await until(all, () => /waiting on upstream/.test(textOf(card.message)));
  await until(all, () => again.message.buttons.length === 0);
  expect(textOf(again.message)).toMatch(/Marked upstream by telegram:1/);

  await chat.says("1", "/pr 1");
  await said(/pull\/\d+/);
  await at.github("merge", "acme/app", "46");
  await at.rally("refresh");
  const done = await until(all, () => chat.shown.find((one) => /^✅ done/.test(one.texts[0] ?? "")));
  await chat.presses("1", done, "Clean");
  const proposal = await until(all, () =>
    chat.shown.find((one) => one.message.buttons.some((b) => b.label === "Clean 1")),
  );
  await chat.presses("1", proposal, "Clean 1");
  await until(all, () => /Cleaned by telegram:1/.test(textOf(card.message)));
  const counts = chat.shown.filter((one) => /ready for review ·|^✅ done/.test(one.texts[0] ?? ""));
  expect(counts).toHaveLength(3);
}, 60_000);
