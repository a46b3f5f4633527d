import { afterEach, describe, expect, test } from "bun:test";
import { recordGit } from "../../src/store/facts.ts";
import { gitFacts } from "../fixtures/builders.ts";
import { type Home, newHome } from "./home.ts";
import { until } from "./scene.ts";
import { type Side, slackSide, telegramSide } from "./sides.ts";

const LISTS = `chat:
  slack: {viewers: [U9], operators: [U1], admins: [U7]}
  telegram: {viewers: [9], operators: [1], admins: [7]}
`;

let [home, side]: [Home | null, Side | null] = [null, null];
let stop: (() => Promise<string>) | null = null;
afterEach(async () => {
  await stop?.();
  home?.remove();
  await side?.close();
  [home, side, stop] = [null, null, null];
});

/** A room that follows a project, with a dispatch that is ready, and its buttons. */
async function begin(make: () => Side, { config = LISTS, title = "Fix login", ready = true } = {}) {
  const [at, on] = [newHome(config), make()];
  [home, side] = [at, on];
  at.follows(on.name, on.room);
  stop = on.start(at.world).stop;
  const { store, now } = at.world;
  const all = () => `${JSON.stringify(refusals())} ${on.texts().join("\n")}`;
  const refusals = () =>
    store.db
      .query<{ actor: string; why: string }, []>(
        "SELECT actor, why FROM journal WHERE layer = 'refusal' ORDER BY id",
      )
      .all();
  /** The next refusal in the journal after what is done. */
  const refused = async (act: () => Promise<unknown>) => {
    const before = refusals().length;
    await act();
    const rows = await until(all, () => (refusals().length > before ? refusals() : null));
    return rows.at(-1);
  };
  const head = (sha: string) =>
    recordGit(store, 1, { ...gitFacts({ head: sha, asOf: now() }), indexStamp: null }, now());
  await until(all, () => store.db.query("SELECT 1 FROM cursors").all().length > 0);
  if (ready) {
    const begun = at.begins(1);
    store.db.run("UPDATE dispatches SET title = ?", [title]);
    head("a".repeat(40));
    at.ends(begun);
    const done = "SELECT 1 FROM effects WHERE kind = 'announce' AND state = 'done'";
    await until(all, () => store.db.query(done).all().length > 0);
  }
  const status = () => store.db.query("SELECT status FROM dispatches").all();
  return { at, on, all, refusals, refused, head, status };
}

const UNTOUCHED = [{ status: "reviewing" }];

for (const [name, make] of Object.entries({ Slack: slackSide, Telegram: telegramSide }))
  describe(`on ${name}, refused and journaled:`, () => {
    test("a stranger's command, a stranger's press, and a name like an admin's", async () => {
      const { on, refused, status } = await begin(make);
      const { eve, root } = on.people;
      const actor = `${on.name}:${eve}`;
      expect(await refused(() => on.says(eve, "/upstream 1"))).toEqual({
        ...{ actor, why: "On no list: upstream 1" },
        ...(on.name === "telegram" ? { why: "On no list: /upstream 1" } : {}),
      });
      expect((await refused(() => on.presses(eve, "Upstream")))?.why).toStartWith("On no list: [");
      expect((await refused(() => on.says(eve, "/upstream 1", root)))?.actor).toBe(actor);
      expect((await refused(() => on.says(eve, "/upstream 1", "admin")))?.actor).toBe(actor);
      expect(status()).toEqual(UNTOUCHED);
      expect(on.texts().filter((text) => text.includes("Your id is"))).toHaveLength(1);
    }, 30_000);

    test("a viewer's press, one in another room, and one of a button that was never shown", async () => {
      const { on, refused, status } = await begin(make);
      const { vi, ana } = on.people;
      const why = async (act: () => Promise<void>) => (await refused(act))?.why;
      expect(await why(() => on.presses(vi, "Upstream"))).toMatch(/for an operator, and you are a viewer/);
      expect(await why(() => on.presses(ana, "Upstream", { room: on.other }))).toMatch(/another chat/);
      expect(await why(() => on.presses(ana, "Upstream", { offer: "upstream 1" }))).toMatch(/no longer good/);
      expect(status()).toEqual(UNTOUCHED);
    }, 30_000);

    test("one after a new commit, one after its time, and the second of two", async () => {
      const { at, on, all, refused, head, status } = await begin(make);
      const { ana } = on.people;
      const why = async (act: () => Promise<void>) => (await refused(act))?.why;
      head("b".repeat(40));
      expect(await why(() => on.presses(ana, "Upstream"))).toMatch(/new commit since that button/);
      head("a".repeat(40));
      at.world.store.db.run("UPDATE chat_offers SET expires_at = 1 WHERE label = 'Open PR'");
      expect(await why(() => on.presses(ana, "Open PR"))).toMatch(/has expired/);
      expect(status()).toEqual(UNTOUCHED);
      const offers = () =>
        at.world.store.db
          .query<{ id: string }, []>(
            "SELECT id FROM chat_offers WHERE label = 'Upstream' AND used_at IS NULL AND expires_at > 1",
          )
          .all();
      const [offer] = await until(all, () => (offers().length > 0 ? offers() : null));
      const twice = { offer: offer?.id ?? "" };
      const second = why(async () => {
        await Promise.all([on.presses(ana, "Upstream", twice), on.presses(ana, "Upstream", twice)]);
      });
      expect(await second).toMatch(/has pressed that already|another message/);
    }, 30_000);

    test("the same update again, a message of 100,000 characters, and 1,000 commands at once", async () => {
      const { on, all, refusals, refused } = await begin(make, { ready: false });
      const { ana, vi } = on.people;
      const first = await on.says(ana, "/projects");
      await until(all, () => on.texts().some((text) => text.includes("acme/app")));
      expect((await refused(() => on.replay(first)))?.why).toStartWith("It came a second time:");
      const long = await refused(() => on.says(ana, `/rally dispatch task ${"x".repeat(100_000)}`));
      expect(long?.why).toMatch(/^A line of 1000\d\d characters\.$/);
      const flood = await refused(() =>
        Promise.all(Array.from({ length: 1_000 }, () => on.says(vi, "/projects"))),
      );
      expect(flood).toEqual({ actor: `${on.name}:${vi}`, why: "Too much at once." });
      expect(refusals().length).toBeLessThan(10);
    }, 60_000);

    test("everybody, where the lists are empty", async () => {
      const { on, refused, status } = await begin(make, { config: "" });
      for (const account of Object.values(on.people))
        expect((await refused(() => on.says(account, "/upstream 1")))?.actor).toBe(`${on.name}:${account}`);
      expect(status()).toEqual(UNTOUCHED);
    }, 30_000);

    test("a title calls nobody, closes no mark and breaks no card", async () => {
      const title =
        "<!channel> <@U7> @all </b></pre><b>*x* `y` ```z &lt; \u202e <https://evil.example|PR> ]]>";
      const { at, on } = await begin(make, { title });
      const rows = at.world.store.db.query("SELECT state FROM effects").all();
      expect(rows).toEqual([{ state: "done" }, { state: "done" }]);
      const shown = on.texts().filter((text) => text.includes("channel"));
      expect(shown.length).toBeGreaterThanOrEqual(2);
      for (const text of shown)
        if (on.name === "slack") expect(text).not.toMatch(/<[!@h]/);
        else {
          expect(text.replaceAll("\u2060", "")).toContain("<!channel> <@U7> @all </b></pre><b>*x*");
          expect(text).not.toMatch(/@\w/);
        }
    }, 30_000);
  });
