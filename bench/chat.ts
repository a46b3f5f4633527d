import type { Platform } from "../bots/platform.ts";
import { slack } from "../bots/slack/slack.ts";
import { telegram } from "../bots/telegram/telegram.ts";
import { computeNews } from "../bots/tell.ts";
import { type Home, newHome, running } from "../test/bots/home.ts";
import { until } from "../test/bots/scene.ts";
import { wordsOf } from "../test/bots/slack/api.ts";
import { slackServer } from "../test/bots/slack/server.ts";
import { telegramServer } from "../test/bots/telegram/server.ts";
import { type Bench, BUN, ROOT } from "./bench.ts";
import { type Figure, figure } from "./figure.ts";
import { watchPeak } from "./measure.ts";

const ROOMS = 50;
const ROWS = 10_000;
const SETTLE_MS = 3_000;
const AIM_MS = 2_000;
const AIM_MB = 150;

/** From the end of a run to its message at the stand-ins; the journal for many rooms; the memory of both bots. */
export async function chat(bench: Bench): Promise<readonly Figure[]> {
  const rounds = bench.long ? 50 : 5;
  return [await inTelegram(rounds), await inSlack(rounds), ...(await journal(bench)), await memory(bench)];
}

async function inTelegram(rounds: number): Promise<Figure> {
  const api = telegramServer();
  api.chat({ id: 1, type: "private", first_name: "Ana" });
  const platform = telegram({ ...QUIET, token: api.token, apiRoot: api.root });
  const arrived = (number: number) =>
    api.posted.find((one) => one.text.includes(`ready for review · #${number} `))?.at;
  const ms = await latencies(platform, "1", rounds, arrived, () => api.posted.length);
  await api.close();
  return shown("telegram news", "the end of a run → its message at Telegram's stand-in", ms);
}

async function inSlack(rounds: number): Promise<Figure> {
  const api = slackServer();
  const { botToken, appToken, apiUrl } = api;
  const platform = slack({ ...QUIET, botToken, appToken, apiUrl });
  const arrived = (number: number) =>
    api.posted.find((one) => wordsOf(one).includes(`ready for review · #${number} `))?.at;
  const ms = await latencies(platform, "C1", rounds, arrived, () => api.posted.length);
  await api.close();
  return shown("slack news", "the end of a run → its message at Slack's stand-in", ms);
}

const log = { debug: () => undefined, warn: () => undefined, error: () => undefined };
const QUIET = { log, say: () => undefined, heard: () => undefined };

function shown(name: string, what: string, ms: readonly number[]): Figure {
  const sorted = [...ms].sort((a, b) => a - b);
  const p99 = sorted[Math.ceil(sorted.length * 0.99) - 1] ?? 0;
  const aim = { text: "≤ 2 s", holds: (median: number) => median <= AIM_MS };
  return figure({ name, what, ms, aim, note: `p99 ${Math.round(p99)} ms` });
}

async function latencies(
  platform: Platform,
  room: string,
  rounds: number,
  arrived: (number: number) => number | undefined,
  count: () => number,
): Promise<number[]> {
  const home = newHome();
  home.follows(platform.name, room);
  const bot = running(home.world, platform);
  await until(
    () => "listening",
    () => cursorOf(home, platform.name),
  );
  const ms: number[] = [];
  for (let number = 1; number <= rounds; number += 1) {
    const before = count();
    const begun = home.begins(number);
    await until(
      () => "a card",
      () => count() > before,
      30_000,
    );
    await Bun.sleep(SETTLE_MS);
    const from = performance.now();
    home.ends(begun);
    ms.push(
      (await until(
        () => "news",
        () => arrived(number),
        30_000,
      )) - from,
    );
    await Bun.sleep(SETTLE_MS);
  }
  await bot.stop();
  home.remove();
  return ms;
}

function cursorOf(home: Home, name: string): boolean {
  return home.world.store.db.query("SELECT 1 FROM cursors WHERE room = ?").all(`chat:${name}`).length > 0;
}

async function journal(bench: Bench): Promise<readonly Figure[]> {
  const home = newHome();
  await computeNews(home.world, "telegram");
  for (let room = 1; room <= ROOMS; room += 1) home.follows("telegram", String(room));
  const insert = home.world.store.db.prepare(
    "INSERT INTO journal (at, actor, layer, dispatch_id, event) VALUES (1, 'rally', 'run', 1, 'started')",
  );
  const { dispatchId } = home.begins(1);
  bench.say(`${ROWS} rows of the journal for ${ROOMS} rooms, dispatch ${dispatchId}`);
  home.world.store.db.transaction(() => {
    for (let row = 0; row < ROWS; row += 1) insert.run();
  })();
  const from = performance.now();
  while (await computeNews(home.world, "telegram"));
  const ms = [performance.now() - from];
  home.remove();
  return [figure({ name: "chat journal", what: `${ROWS} rows of the journal, read for ${ROOMS} rooms`, ms })];
}

async function memory(bench: Bench): Promise<Figure> {
  const [api, other] = [telegramServer(), slackServer()];
  const home = newHome();
  const env = {
    ...home.env,
    ...{ TELEGRAM_BOT_TOKEN: api.token, TELEGRAM_API_ROOT: api.root },
    ...{ SLACK_BOT_TOKEN: other.botToken, SLACK_APP_TOKEN: other.appToken, SLACK_API_URL: other.apiUrl },
  };
  const argv = [...BUN, `${ROOT}/src/main.ts`, "up", "--no-web"];
  const from = performance.now();
  const child = Bun.spawn(argv, { cwd: bench.root, env, stdout: "ignore", stderr: "ignore" });
  const peak = watchPeak(child);
  await until(
    () => "both",
    () => api.calls.some((one) => one.method === "getUpdates") && other.connections > 0,
  );
  const ms = [performance.now() - from];
  await Bun.sleep(SETTLE_MS);
  child.kill("SIGTERM");
  const peakMb = await peak;
  await Promise.all([api.close(), other.close()]);
  home.remove();
  const what = `rally up with both bots, until they listen; aim ≤ ${AIM_MB} MB`;
  return figure({ name: "up with bots", what, ms, peakMb });
}
