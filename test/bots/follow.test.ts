import { afterEach, expect, test } from "bun:test";
import { armBoundaries } from "../../src/boundary.ts";
import { type Memory, memory, textOf } from "./memory.ts";
import { type Scene, scene, until } from "./scene.ts";

let at: Scene | null = null;
afterEach(async () => {
  armBoundaries(null);
  await at?.close();
  at = null;
});

async function begin(): Promise<{ place: Scene; chat: Memory }> {
  const place = await scene();
  at = place;
  const chat = memory();
  await place.bot(chat);
  return { place, chat };
}

const shownIn = (chat: Memory) => () =>
  chat.shown.map((one) => `${one.how?.key ?? one.to ?? "all"}: ${one.texts.at(-1)}`).join("\n");
const seen = (chat: Memory, text: RegExp) =>
  until(shownIn(chat), () => chat.shown.find((one) => text.test(textOf(one.message))));
const followed = ({ world }: Scene) =>
  world.store.db
    .query<{ id: number }, []>("SELECT dispatch_id AS id FROM chat_follows ORDER BY dispatch_id")
    .all()
    .map(({ id }) => id);
const runs = ({ world }: Scene) =>
  world.store.db.query<{ n: number }, []>("SELECT count(*) AS n FROM runs").get()?.n ?? 0;

test("what is dispatched from a chat is followed there in the moment in which it is written down", async () => {
  const { place, chat } = await begin();
  let [moments, unheard] = [0, 0];
  armBoundaries(() => {
    if (runs(place) === 0) return;
    moments += 1;
    if (followed(place).length === 0) unheard += 1;
  });
  await chat.says("1", "dispatch 42");
  await seen(chat, /#42 Fix login timeout · rally/);
  await chat.says("1", "dispatch task tidy the docs");
  await seen(chat, /task tidy the docs/);
  armBoundaries(null);
  expect(moments).toBeGreaterThan(10);
  expect(unheard).toBe(0);
  expect(followed(place)).toEqual([1, 2]);
}, 30_000);

for (const [verb, line] of [
  ["continue", "continue 1 also the docs"],
  ["retry", "retry 1"],
] as const)
  test(`what ${verb} begins again from a chat is followed there from that moment on, with a card and its news`, async () => {
    const { place, chat } = await begin();
    await place.rally("dispatch", "42");
    await place.rally("log", "1", "-f");
    await place.rally("status");
    let unheard = 0;
    armBoundaries(() => {
      if (runs(place) > 1 && followed(place).length === 0) unheard += 1;
    });
    await chat.says("1", line);
    await seen(chat, /#42 Fix login timeout · rally/);
    armBoundaries(null);
    expect({ unheard, followed: followed(place) }).toEqual({ unheard: 0, followed: [1] });
    place.heartbeat();
    await seen(chat, /ready for review · #42/);
    expect(chat.shown.filter((one) => one.how?.key?.startsWith("card:"))).toHaveLength(1);
  }, 40_000);

test("an answer and words for a run that is at work make the chat follow it, too", async () => {
  const { place, chat } = await begin();
  await place.rally("dispatch", "--model", "ask", "42");
  await place.rally("dispatch", "43");
  place.heartbeat();
  await until(shownIn(chat), () => place.world.store.db.query("SELECT 1 FROM questions").all().length === 1);
  await chat.says("1", "answer 1 the second one");
  await seen(chat, /Answered: scripted is told/);
  await chat.says("1", "continue 2 and the tests");
  await until(shownIn(chat), () => followed(place).length === 2);
  expect(followed(place)).toEqual([1, 2]);
}, 40_000);
