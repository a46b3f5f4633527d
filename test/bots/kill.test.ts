import { expect, test } from "bun:test";
import { join } from "node:path";
import { type Home, newHome } from "./home.ts";
import { until } from "./scene.ts";
import { wordsOf } from "./slack/api.ts";
import { slackServer } from "./slack/server.ts";
import { telegramServer } from "./telegram/server.ts";

/**
 * Each seed is a kill −9 at a boundary of its own: of the database, or before, after or within a sending. `RALLY_SEEDS`
 * says how many where it shall be neither few nor all.
 */
const SEEDS = Number(process.env.RALLY_SEEDS ?? (process.env.RALLY_CHAOS === "long" ? 1_000 : 20));
const MAIN = join(import.meta.dir, "../../bots");
const NEWS = /ready for review · #(\d+)/;
const LANES = 5;
/** So many are killed one after the other, before one is left alone until all is told. */
const DEATHS_IN_A_ROW = 4;

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

/** Before and after each sending, where it matters most. */
function sendingsIn(boundaries: readonly string[]): number[] {
  const found = boundaries.flatMap((one, index) =>
    /^chat:(card|announcement):/.test(one) ? [index + 1] : [],
  );
  expect(found.length).toBeGreaterThanOrEqual(4);
  return found;
}

/** A stand-in, and what its record must show when it was told of so many. */
type Side = {
  readonly env: Readonly<Record<string, string>>;
  readonly chat: string;
  check(news: readonly number[]): void;
  close(): Promise<void>;
};

/** The seeds are shared out to homes that live side by side: most of a life is waiting for the platform's pace. */
async function stories(name: "slack" | "telegram", make: () => Side): Promise<void> {
  const boundaries = await inHome(name, make(), ({ home, env }) => passed(home, name, env));
  const sendings = sendingsIn(boundaries);
  const moment = (seed: number) => sendings[seed] ?? 1 + ((seed * 7) % boundaries.length);
  const lanes = Array.from({ length: LANES }, (_, lane) =>
    Array.from({ length: SEEDS }, (_each, seed) => seed).filter((seed) => seed % LANES === lane),
  );
  await Promise.all(lanes.map((seeds) => inHome(name, make(), (there) => story(name, there, seeds, moment))));
}

type There = { readonly home: Home; readonly env: Record<string, string>; readonly side: Side };

async function inHome<T>(name: string, side: Side, work: (there: There) => Promise<T>): Promise<T> {
  const home = newHome();
  const env = { ...home.env, ...side.env };
  try {
    home.follows(name, side.chat);
    await life(name, env, null, () => pending(home, name) === 0);
    return await work({ home, env, side });
  } finally {
    home.remove();
    await side.close();
  }
}

/** Some are killed one after the other, with what the dead have left undone; then one lives until all is told. */
async function story(
  name: string,
  { home, env, side }: There,
  seeds: readonly number[],
  moment: (seed: number) => number,
): Promise<void> {
  const news: number[] = [];
  for (const [index, seed] of seeds.entries()) {
    news.push(index + 1);
    home.news(index + 1);
    await life(name, env, moment(seed), () => false);
    if (index % DEATHS_IN_A_ROW === 0 || index === seeds.length - 1)
      await life(name, env, null, () => pending(home, name) === 0);
  }
  expect(home.world.store.db.query("SELECT * FROM effects WHERE state <> 'done'").all()).toEqual([]);
  side.check(news);
}

function slackSide(): Side {
  const api = slackServer();
  return {
    env: { SLACK_BOT_TOKEN: api.botToken, SLACK_APP_TOKEN: api.appToken, SLACK_API_URL: api.apiUrl },
    ...{ chat: "C1", close: api.close },
    check: (news) => {
      const told = api.posted.flatMap((one) => NEWS.exec(wordsOf(one))?.[1] ?? []);
      expect(told.map(Number)).toEqual([...news]);
    },
  };
}

function telegramSide(): Side {
  const api = telegramServer();
  api.chat({ id: 1, type: "private", first_name: "Ana" });
  return {
    env: { TELEGRAM_BOT_TOKEN: api.token, TELEGRAM_API_ROOT: api.root },
    ...{ chat: "1", close: api.close },
    check: (news) => {
      const fresh = new Set<number>();
      for (const { text, edits } of api.posted) {
        const number = Number(NEWS.exec(text)?.[1] ?? 0);
        const words = [text, ...edits.map((one) => one.text)];
        if (fresh.has(number)) expect(words.some((one) => one.includes("perhaps told before"))).toBe(true);
        if (number > 0) fresh.add(number);
      }
      expect([...fresh]).toEqual([...news]);
    },
  };
}

test.concurrent(
  "killed at any boundary and started again, Slack is told all news exactly once",
  () => stories("slack", slackSide),
  7_200_000,
);

test.concurrent(
  "Telegram is told all news, and again only what may have been cut off, marked",
  () => stories("telegram", telegramSide),
  7_200_000,
);
