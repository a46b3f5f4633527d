import { afterEach, expect, test } from "bun:test";
import { join } from "node:path";
import { type Home, newHome } from "./home.ts";
import { until } from "./scene.ts";
import { wordsOf } from "./slack/api.ts";
import { slackServer } from "./slack/server.ts";
import { telegramServer } from "./telegram/server.ts";

/** Each seed is a kill −9 at a boundary of its own: of the database, or before, after or within a sending. */
const SEEDS = process.env.RALLY_CHAOS === "long" ? 500 : 10;
const MAIN = join(import.meta.dir, "../../bots");
const NEWS = /ready for review · #(\d+)/;

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** The bot by itself; killed at its n-th boundary, or, without one, left alone until all is told. */
async function life(
  name: string,
  env: Record<string, string>,
  at: number | null,
  done: () => boolean,
): Promise<void> {
  const faults: Record<string, string> = at === null ? {} : { RALLY_FAULT_AT: String(at) };
  const child = Bun.spawn([process.execPath, "--no-env-file", join(MAIN, name, "main.ts")], {
    env: { ...env, ...faults },
    stdout: "ignore",
    stderr: "ignore",
  });
  const ended = child.exited.then(() => true);
  try {
    await until(
      () => `${name} at ${at}`,
      async () => done() || (await Promise.race([ended, Bun.sleep(10).then(() => false)])),
      30_000,
    );
  } finally {
    child.kill("SIGKILL");
    await child.exited;
  }
}

function pending(home: Home, name: string): number {
  const { store } = home.world;
  const last = store.db.query<{ id: number }, []>("SELECT max(id) AS id FROM journal").get()?.id;
  const read = store.db
    .query<{ id: number }, [string]>("SELECT journal_id AS id FROM cursors WHERE room = ?")
    .get(`chat:${name}`)?.id;
  const left = store.db
    .query<{ n: number }, []>("SELECT count(*) AS n FROM effects WHERE state IN ('pending', 'sending')")
    .get()?.n;
  return (left ?? 0) + ((last ?? 0) > (read ?? 0) ? 1 : 0);
}

/** What a bot passes from its start until one piece of news is told. */
async function passed(home: Home, name: string, env: Record<string, string>): Promise<string[]> {
  const file = join(home.env.HOME ?? "", "boundaries");
  home.news(1);
  await life(name, { ...env, RALLY_FAULTS: file }, null, () => pending(home, name) === 0);
  return (await Bun.file(file).text()).trim().split("\n");
}

/** First before and after each sending, where it matters most; then every boundary in turn. */
function moment(boundaries: readonly string[], seed: number): number {
  const sendings = boundaries.flatMap((one, index) =>
    /^chat:(card|announcement):/.test(one) ? [index + 1] : [],
  );
  expect(sendings.length).toBeGreaterThanOrEqual(4);
  return sendings[seed - 2] ?? 1 + ((seed * 7) % boundaries.length);
}

async function story(name: "slack" | "telegram", env: Record<string, string>, chat: string): Promise<number> {
  const home = newHome();
  closing.push(home.remove);
  home.follows(name, chat);
  const all = { ...home.env, ...env };
  await life(name, all, null, () => pending(home, name) === 0);
  const boundaries = await passed(home, name, all);
  for (let seed = 2; seed <= SEEDS; seed += 1) {
    home.news(seed);
    await life(name, all, moment(boundaries, seed), () => false);
    await life(name, all, null, () => pending(home, name) === 0);
  }
  const lost = home.world.store.db.query("SELECT * FROM effects WHERE state <> 'done'").all();
  expect(lost).toEqual([]);
  return SEEDS;
}

test("killed at any boundary and started again, Slack is told all news exactly once", async () => {
  const api = slackServer();
  closing.push(api.close);
  const env = { SLACK_BOT_TOKEN: api.botToken, SLACK_APP_TOKEN: api.appToken, SLACK_API_URL: api.apiUrl };
  const seeds = await story("slack", env, "C1");
  const told = api.posted.flatMap((one) => NEWS.exec(wordsOf(one))?.[1] ?? []);
  expect(told.map(Number)).toEqual(Array.from({ length: seeds }, (_, at) => at + 1));
}, 3_600_000);

test("Telegram is told all news, and again only what may have been cut off, marked", async () => {
  const api = telegramServer();
  closing.push(api.close);
  api.chat({ id: 1, type: "private", first_name: "Ana" });
  const env = { TELEGRAM_BOT_TOKEN: api.token, TELEGRAM_API_ROOT: api.root };
  const seeds = await story("telegram", env, "1");
  const told = api.posted.filter((one) => NEWS.test(one.text));
  const fresh = new Set<number>();
  for (const { text, edits } of told) {
    const number = Number(NEWS.exec(text)?.[1]);
    const marked = [text, ...edits.map((one) => one.text)].some((words) =>
      words.includes("perhaps told before"),
    );
    if (fresh.has(number)) expect(marked).toBe(true);
    fresh.add(number);
  }
  expect([...fresh].sort((a, b) => a - b)).toEqual(Array.from({ length: seeds }, (_, at) => at + 1));
}, 3_600_000);
