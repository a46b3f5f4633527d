import { statSync } from "node:fs";
import { join } from "node:path";
import { computeNews } from "../bots/tell.ts";
import { newHome } from "../test/bots/home.ts";
import { type Scene, scene, until } from "../test/bots/scene.ts";
import { wordsOf } from "../test/bots/slack/api.ts";
import { slackServer } from "../test/bots/slack/server.ts";
import { telegramServer } from "../test/bots/telegram/server.ts";
import { type Bench, BUN, ROOT } from "./bench.ts";
import { type Figure, figure } from "./figure.ts";
import { watchPeak } from "./measure.ts";

const ROOMS = 50;
const ROWS = 10_000;
/** Of the rows so many are ends of runs, which every room is told of. */
const NEWS = 20;
const AIM_MS = 2_000;
const AIM_MB = 150;
const WITHIN_MS = 60_000;
/** A bot looks for news this often: a round begins at any moment between two looks. */
const LOOK_MS = 250;

/** From the end of a run to its message at the stand-ins; the memory of both bots; the journal for many rooms. */
export async function chat(bench: Bench): Promise<readonly Figure[]> {
  return [...(await whole(bench, bench.long ? 50 : 5)), ...(await journal(bench))];
}

const CONFIG = `agent: scripted
notify: none
sandbox: {kind: none}
heartbeat: {autostart: false}
chat:
  slack: {operators: [U1]}
  telegram: {operators: [1]}
`;

/** `rally up` with both bots, real agents' processes, and a room on each platform. */
async function whole(bench: Bench, rounds: number): Promise<Figure[]> {
  const [telegram, slack] = [telegramServer(), slackServer()];
  const tokens = {
    ...{ TELEGRAM_BOT_TOKEN: telegram.token, TELEGRAM_API_ROOT: telegram.root },
    ...{ SLACK_BOT_TOKEN: slack.botToken, SLACK_APP_TOKEN: slack.appToken, SLACK_API_URL: slack.apiUrl },
  };
  const place = await scene(CONFIG, tokens);
  const from = performance.now();
  const argv = [...BUN, `${ROOT}/src/main.ts`, "up", "--no-web"];
  const env = { ...place.at.env, ...tokens };
  const up = Bun.spawn(argv, { cwd: place.at.repo, env, stdout: "ignore", stderr: "ignore" });
  const peak = watchPeak(up);
  try {
    const listening = () =>
      telegram.calls.some((one) => one.method === "getUpdates") && slack.connections > 0;
    await until(() => "both listen", listening, WITHIN_MS);
    const ms = [performance.now() - from];
    telegram.says(telegram.chat({ id: 1, type: "private", first_name: "Ana" }), 1, "/follow acme/app");
    await slack.command("U1", "C1", "/follow acme/app");
    const heard = { telegram: [] as number[], slack: [] as number[] };
    for (let round = 1; round <= rounds; round += 1) {
      bench.say(`run ${round} of ${rounds}`);
      const told = await ended(place, round);
      heard.telegram.push(
        await told(() => telegram.posted.find(({ text }) => isNews(text, round))?.at ?? null),
      );
      heard.slack.push(await told(() => slack.posted.find((one) => isNews(wordsOf(one), round))?.at ?? null));
      await Bun.sleep(Math.random() * LOOK_MS);
    }
    up.kill("SIGTERM");
    const peakMb = await peak;
    const aim = { text: `≤ ${AIM_MB} MB`, holds: () => peakMb <= AIM_MB };
    return [
      shown("telegram news", "the end of a run → its message at Telegram's stand-in", heard.telegram),
      shown("slack news", "the end of a run → its message at Slack's stand-in", heard.slack),
      figure({ name: "up with bots", what: "rally up with both bots, until they listen", ms, aim, peakMb }),
    ];
  } finally {
    up.kill("SIGKILL");
    await up.exited;
    await Promise.all([telegram.close(), slack.close()]);
    await place.close();
  }
}

function isNews(text: string, round: number): boolean {
  return text.includes(`ready for review · task ${round} `);
}

type Told = (arrived: () => number | null) => Promise<number>;

/** Dispatches, and gives how long after the agent's exit was written down a message was there. */
async function ended(place: Scene, round: number): Promise<Told> {
  await place.rally("dispatch", "task", `Round ${round}`);
  const exit = join(place.at.home, "runs", String(round), "exit");
  return async (arrived) => {
    const at = await until(() => `news of run ${round}`, arrived, WITHIN_MS);
    return performance.timeOrigin + at - statSync(exit).mtimeMs;
  };
}

function shown(name: string, what: string, ms: readonly number[]): Figure {
  const sorted = [...ms].sort((a, b) => a - b);
  const p99 = sorted[Math.ceil(sorted.length * 0.99) - 1] ?? 0;
  const aim = { text: `≤ ${AIM_MS / 1000} s`, holds: (median: number) => median <= AIM_MS };
  return figure({ name, what, ms, aim, note: `p99 ${Math.round(p99)} ms` });
}

/** What most rows cost, and some that every room is told of. */
async function journal(bench: Bench): Promise<readonly Figure[]> {
  const home = newHome();
  await computeNews(home.world, "telegram");
  for (let room = 1; room <= ROOMS; room += 1) home.follows("telegram", String(room));
  const insert = home.world.store.db.prepare(
    "INSERT INTO journal (at, actor, layer, dispatch_id, event) VALUES (1, 'rally', 'run', 1, 'started')",
  );
  bench.say(`${ROWS} rows of the journal for ${ROOMS} rooms`);
  for (let number = 1; number <= NEWS; number += 1) {
    home.news(number);
    home.world.store.db.transaction(() => {
      for (let row = 0; row < ROWS / NEWS; row += 1) insert.run();
    })();
  }
  insert.finalize();
  const [from, worked] = [performance.now(), process.cpuUsage()];
  while (await computeNews(home.world, "telegram"));
  const ms = [performance.now() - from];
  const { user, system } = process.cpuUsage(worked);
  home.remove();
  const what = `${ROWS} rows of the journal, ${NEWS} of them news, read for ${ROOMS} rooms`;
  return [figure({ name: "chat journal", what, ms, cpuMs: [(user + system) / 1000] })];
}
