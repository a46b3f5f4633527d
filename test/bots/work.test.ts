import { afterEach, expect, test } from "bun:test";
import { admit } from "../../src/store/admit.ts";
import { addProject } from "../../src/store/projects.ts";
import { record } from "../../src/store/record.ts";
import { takeSlot } from "../../src/store/slot.ts";
import { endsWell } from "./home.ts";
import { type Memory, memory, type Shown, textOf } from "./memory.ts";
import { type Scene, scene, until } from "./scene.ts";

let at: Scene | null = null;
afterEach(async () => {
  await at?.close();
  at = null;
});

async function begin(name: "slack" | "telegram" = "telegram"): Promise<{ place: Scene; chat: Memory }> {
  const place = await scene();
  at = place;
  const chat = memory(name);
  place.heartbeat();
  await place.bot(chat);
  return { place, chat };
}

const shownIn = (chat: Memory) => () =>
  chat.shown.map((one) => `${one.to ?? "all"}: ${one.texts.at(-1)}`).join("\n");
const seen = (chat: Memory, text: RegExp) =>
  until(shownIn(chat), () => chat.shown.find((one) => text.test(textOf(one.message))));

test("a question comes with its words, is answered once by a reply, and the others are told", async () => {
  const { place, chat } = await begin();
  await chat.says("1", "dispatch --model ask 42");
  const asked = await until(shownIn(chat), () =>
    chat.shown.find(
      (one) => one.message.buttons.some(({ label }) => label === "Answer…") && one.how?.silent === false,
    ),
  );
  await chat.presses("1", asked, "Answer…");
  const prompt = await until(shownIn(chat), () =>
    chat.shown.find((one) => /^Answer: what shall be said/.test(one.texts[0] ?? "")),
  );
  await chat.says("2", "the first one", { thread: prompt.id });
  await seen(chat, /There is no command "the"/);
  await chat.says("1", "the second one", { thread: prompt.id });
  await seen(chat, /Answered: scripted is told/);
  await until(
    shownIn(chat),
    () => asked.message.buttons.length === 0 && /Answered by telegram:1/.test(textOf(asked.message)),
  );
  await chat.says("2", "answer 1 the third one");
  await seen(chat, /telegram:1 has answered already: "the second one"/);
  const kept = place.world.store.db.query("SELECT answer, closed_by AS by FROM questions").all();
  expect(kept).toEqual([{ answer: "the second one", by: "telegram:1" }]);
}, 40_000);

test("plain words in reply to the question itself are the answer, whatever they begin with", async () => {
  const { place, chat } = await begin();
  await chat.says("1", "dispatch --model ask 42");
  const asked = await until(shownIn(chat), () =>
    chat.shown.find((one) => /needs you/.test(one.texts[0] ?? "") && one.how?.silent === false),
  );
  await chat.says("9", "status quo", { thread: asked.id });
  await seen(chat, /"answer" is for an operator, and you are a viewer/);
  await chat.says("1", "stop using the second one", { thread: asked.id });
  await seen(chat, /Answered: scripted is told/);
  await chat.says("2", "no, the third", { thread: asked.id });
  await seen(chat, /telegram:1 has answered already: "stop using the second one"/);
  const kept = place.world.store.db.query("SELECT answer FROM questions").all();
  expect(kept).toEqual([{ answer: "stop using the second one" }]);
}, 40_000);

test("words in a thread where a question is open, and that are no command, are offered as its answer", async () => {
  const { place, chat } = await begin();
  await chat.says("1", "dispatch --model ask 42");
  const asked = await until(shownIn(chat), () =>
    chat.shown.find((one) => /needs you/.test(one.texts[0] ?? "") && one.how?.silent === false),
  );
  const card = asked.how?.thread ?? "";
  await chat.says("1", "the second one", { thread: card });
  const offered = await seen(chat, /That is no command. Is it the answer to/);
  await chat.presses("1", offered, "Answer with it");
  await seen(chat, /Answered: scripted is told/);
  const kept = place.world.store.db.query("SELECT answer FROM questions").all();
  expect(kept).toEqual([{ answer: "the second one" }]);
}, 40_000);

test("what is not trusted by itself is answered with the reasons, and a button that is good once", async () => {
  const { place, chat } = await begin();
  await chat.says("1", "dispatch --model ask 45");
  const refused = await seen(chat, /#45 is not trusted by itself.*written by stranger/s);
  expect(refused.to).toBe("1");
  await chat.presses("1", refused, "Dispatch anyway");
  await seen(chat, /Speed things up/);
  const rows = place.world.store.db.query("SELECT number, model, created_by AS by FROM dispatches").all();
  expect(rows).toEqual([{ number: 45, model: "ask", by: "telegram:1" }]);
  await chat.presses("2", refused, "Dispatch anyway");
  await seen(chat, /telegram:1 has pressed that already/);
}, 30_000);

test("a pull request that was pushed to since it was refused is not dispatched by the older button", async () => {
  const { place, chat } = await begin();
  await place.github("contribute", "acme/app", "cache", "Cache layer");
  const head = async () => (await place.git("ls-remote", "origin", "refs/pull/46/head")).split("\t")[0] ?? "";
  const offered = (at: number) =>
    until(
      shownIn(chat),
      () =>
        chat.shown.filter(({ message }) => message.buttons.some(({ label }) => label === "Dispatch anyway"))[
          at
        ],
    );
  await chat.says("1", "dispatch --model nothing pr#46");
  const older = await offered(0);
  await place.github("push", "acme/app", "46");
  await chat.presses("1", older, "Dispatch anyway");
  const newer = await offered(1);
  expect(textOf(newer.message)).toContain("#46 has new commits since it was shown");
  expect(place.world.store.db.query("SELECT 1 FROM dispatches").all()).toEqual([]);
  await chat.presses("1", newer, "Dispatch anyway");
  await ended(place, chat, 1);
  expect(await place.git("-C", `${place.at.repo}/.worktrees/rally-pr-46`, "rev-parse", "HEAD")).toBe(
    await head(),
  );
}, 60_000);

/** A stranger's pull request that was trusted, looked at, and then pushed to; gives the head that it has then. */
async function pushedTo(place: Scene, chat: Memory, account: string): Promise<() => Promise<string>> {
  await place.github("contribute", "acme/app", "cache", "Cache layer");
  await chat.says(account, "dispatch pr --trust --model nothing 46");
  await ended(place, chat, 1);
  await place.github("push", "acme/app", "46");
  return async () => (await place.git("ls-remote", "origin", "refs/pull/46/head")).split("\t")[0] ?? "";
}

const ended = (place: Scene, chat: Memory, run: number) =>
  until(shownIn(chat), () => {
    const done = "SELECT 1 FROM runs WHERE id = ? AND state NOT IN ('queued', 'starting', 'running')";
    return place.world.store.db.query(done).get(run) !== null;
  });

const trusted = (place: Scene) =>
  place.world.store.db
    .query<{ head: string }, []>("SELECT to_state AS head FROM journal WHERE event = 'head_trusted'")
    .all()
    .map(({ head }) => head);

for (const [name, account] of [
  ["telegram", "1"],
  ["slack", "U1"],
] as const) {
  test(`on ${name}, new commits that ask for trust again are offered to be gone on with, at that head alone`, async () => {
    const { place, chat } = await begin(name);
    const head = await pushedTo(place, chat, account);
    await chat.says(account, "continue 1 mind --trust and\nthe cache");
    const refused = await seen(chat, /#46 has new commits since it was trusted.*written by ben/s);
    expect(refused.to).toBe(account);
    expect(refused.message.buttons.map(({ label }) => label)).toEqual(["Continue anyway", "Read only"]);
    const shown = await head();
    await chat.presses(account, refused, "Continue anyway");
    await until(shownIn(chat), () => trusted(place).length > 0);
    expect(trusted(place)).toEqual([shown]);
    const said = place.world.store.db.query("SELECT message FROM runs WHERE id = 2").get();
    expect(said).toEqual({ message: "mind --trust and\nthe cache" });
    await chat.presses(account, refused, "Continue anyway");
    await seen(chat, /has pressed that already/);

    await ended(place, chat, 2);
    await place.github("push", "acme/app", "46");
    await chat.says(account, "retry 1");
    const older = await until(shownIn(chat), () => chat.shown.filter(retries)[0]);
    await place.github("push", "acme/app", "46");
    await chat.presses(account, older, "Retry anyway");
    const newer = await until(shownIn(chat), () => chat.shown.filter(retries)[1]);
    expect(trusted(place)).toEqual([shown]);
    await chat.presses(account, newer, "Retry anyway");
    await until(shownIn(chat), () => trusted(place).length > 1);
    expect(trusted(place)).toEqual([shown, await head()]);
  }, 60_000);
}

const retries = ({ message }: Shown) => message.buttons.some(({ label }) => label === "Retry anyway");

test("where several projects could be meant there is a button for each, which says the line as it was", async () => {
  const { place, chat } = await begin();
  const { store, now } = place.world;
  addProject(store, { actor: "cli:ana", at: now() }, { name: "api", repo: "acme/api", path: "/api" });
  await chat.says("1", "dispatch --model ask --no-trust 42");
  const asked = await seen(chat, /Which project/);
  expect(asked.to).toBe("1");
  expect(asked.message.buttons.map(({ label }) => label)).toEqual(["acme/app", "acme/api"]);
  await chat.presses("1", asked, "acme/app");
  await seen(chat, /#42 Fix login timeout · rally/);
  const rows = store.db.query("SELECT number, project_id AS project, model, mode FROM dispatches").all();
  expect(rows).toEqual([{ number: 42, project: 1, model: "ask", mode: "read-only" }]);
}, 30_000);

test("an address alone is offered to be dispatched; an unknown word is answered with the nearest", async () => {
  const { chat } = await begin();
  await chat.says("1", "https://github.com/acme/app/issues/43");
  const offered = await seen(chat, /Shall an agent take it/);
  await chat.says("1", "/dispach 43");
  await seen(chat, /did you mean dispatch\?/);
  await chat.presses("1", offered, "Dispatch it");
  await seen(chat, /#43 Dark mode/);
}, 30_000);

test("a decision at the desk updates every card, and invariant 36: what begins there can be seen and ended here", async () => {
  const { place, chat } = await begin();
  await chat.says("1", "follow acme/app");
  await seen(chat, /follows acme\/app/);
  await place.rally("dispatch", "42");
  const ready = await seen(chat, /ready for review · #42/);
  const card = await until(shownIn(chat), () => chat.shown.find((one) => one.id === ready.how?.thread));
  await place.rally("upstream", "1");
  await until(shownIn(chat), () => /waiting on upstream/.test(textOf(card.message)));
  await until(shownIn(chat), () => /Marked upstream by ana, \d\d:\d\d/.test(textOf(ready.message)));
  expect(ready.message.buttons).toEqual([]);
  await chat.says("1", "/status");
  await seen(chat, /1 upstream/);
  await chat.says("1", "/clean 1");
  await seen(chat, /left alone/);
  expect(place.world.store.db.query("SELECT count(*) AS n FROM dispatches").get()).toEqual({ n: 1 });
}, 30_000);

test("news tell of the work as it is when it has ended, and their buttons are good for it", async () => {
  const place = await scene();
  at = place;
  const chat = memory();
  await place.bot(chat);
  await chat.says("1", "follow acme/app");
  await seen(chat, /follows acme\/app/);
  const heartbeat = place.heartbeat();
  await place.rally("dispatch", "42");
  await seen(chat, /ready for review · #42/);
  await heartbeat.stop();

  const { store, now } = place.world;
  const by = { actor: "cli:ana", at: now() };
  const how = { agent: "scripted", message: "more", resume: true, session: null, priority: 0 };
  const begun = admit(store, { ...by, dispatch: { id: 1 }, run: { role: "follow_up", ...how } });
  takeSlot(store, { ...by, runId: begun.runId, capacity: 9, starter: "me" });
  record(store, by, [{ layer: "run", id: begun.runId, on: "started" }]);
  const worktree = `${place.at.repo}/.worktrees/rally-42`;
  await Bun.write(`${worktree}/MORE.md`, "one\ntwo\nthree\nfour\n");
  await place.git("-C", worktree, "add", "MORE.md");
  await place.git("-C", worktree, "commit", "-qm", "More");
  endsWell(place.world, begun);
  const news = await until(
    shownIn(chat),
    () => chat.shown.filter((one) => /ready for review · #42/.test(one.texts[0] ?? ""))[1],
  );
  expect(news.texts[0]).toContain("+7 −0");
  await chat.presses("1", news, "Upstream");
  await until(shownIn(chat), () =>
    store.db.query("SELECT 1 FROM dispatches WHERE status = 'upstream'").get(),
  );
}, 30_000);
