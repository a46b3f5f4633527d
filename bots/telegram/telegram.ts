import { type RunnerHandle, run } from "@grammyjs/runner";
import { Bot } from "grammy";
import type { Log } from "../../src/log.ts";
import type { Finding, Platform } from "../platform.ts";
import { isRevoked, saying } from "./failure.ts";
import { incomingOf } from "./incoming.ts";
import { menu } from "./menu.ts";
import { placeOf, sender } from "./send.ts";
import { topics } from "./topics.ts";

export type TelegramOptions = {
  readonly token: string;
  /** Another server than Telegram's own. */
  readonly apiRoot: string | null;
  readonly log: Log;
  readonly say: (line: string) => void;
  /** Told of each update, of each good poll, and of what went wrong. */
  readonly heard: (what: { readonly event: boolean; readonly error: string | null }) => void;
  /** How long after a failure; doubled each time, up to a minute. */
  readonly backOffMs?: number;
};

const POLL_SECONDS = 25;
const EVERY_MS = 1_000;
const GROUP_A_MINUTE = 18;
const CHAT_A_MINUTE = 60;
const BACK_OFF_MS = 3_000;
const BACK_OFF_MOST_MS = 60_000;

/** Telegram by long polling. */
export function telegram(options: TelegramOptions): Platform {
  const { token, apiRoot } = options;
  const bot = new Bot(token, { client: { ...(apiRoot ? { apiRoot } : {}), timeoutSeconds: 40 } });
  const stop = new AbortController();
  let running: RunnerHandle | null = null;
  return {
    ...sender(bot),
    name: "telegram",
    start: async (hear) => {
      bot.on(["message", "callback_query"], async (ctx) => {
        options.heard({ event: true, error: null });
        const incoming = incomingOf(ctx, bot.botInfo);
        if (incoming) await hear(incoming);
      });
      bot.catch(({ error }) => options.log.error("telegram.failed", { message: saying(error) }));
      await begin(bot, options, stop.signal);
      if (stop.signal.aborted) return;
      // Whoever is on no list is shown nothing.
      await bot.api
        .deleteMyCommands()
        .catch((error: unknown) => options.log.warn("telegram.menu", { message: saying(error) }));
      running = poll(bot, options, stop.signal);
    },
    stop: async () => {
      stop.abort();
      if (running?.isRunning()) await running.stop();
    },
    pace: {
      everyMs: EVERY_MS,
      aMinute: (chat) => (chat.startsWith("-") ? GROUP_A_MINUTE : CHAT_A_MINUTE),
      // Telegram counts a group with all its topics.
      counted: (chat) => String(placeOf(chat).chatId),
    },
    topics: topics(bot),
    menu: menu(bot, stop.signal),
    typed: (line) => `/${line}`,
    find: null,
    check: () => check(bot),
  };
}

/** Who the bot is; without a network it is asked again, ever later. A token that is refused is said, loudly. */
async function begin(bot: Bot, options: TelegramOptions, stop: AbortSignal): Promise<void> {
  let wait = options.backOffMs ?? BACK_OFF_MS;
  while (!stop.aborted) {
    try {
      await bot.init();
      return;
    } catch (error) {
      const message = saying(error);
      options.heard({ event: false, error: message });
      options.say(`warning: telegram: ${message}`);
      if (isRevoked(error)) options.say("hint: rally config set chat.telegram.bot_token <token>");
      await pause(wait, stop);
      wait = Math.min(wait * 2, BACK_OFF_MOST_MS);
    }
  }
}

/** Asks for updates until it is stopped; what goes wrong is said once, and tried again ever later. */
function poll(bot: Bot, options: TelegramOptions, stop: AbortSignal): RunnerHandle {
  const first = options.backOffMs ?? BACK_OFF_MS;
  let [wait, last] = [first, ""];
  const failed = (message: string) => {
    options.heard({ event: false, error: message });
    if (message !== last) options.say(`warning: telegram: ${message}${hintOf(message)}`);
    last = message;
  };
  bot.api.config.use(async (previous, method, payload, signal) => {
    if (method !== "getUpdates") return previous(method, payload, signal);
    const answer = await previous(method, payload, signal).catch((error: unknown) => {
      if (!stop.aborted) failed(saying(error));
      throw error;
    });
    if (answer.ok) {
      options.heard({ event: false, error: null });
      [wait, last] = [first, ""];
      return answer;
    }
    failed(`${answer.error_code} ${answer.description}`);
    if (answer.error_code !== 409 && answer.error_code !== 401) return answer;
    // A second poller or a revoked token: the runner would end, or ask at once again.
    await pause(wait, stop);
    wait = Math.min(wait * 2, BACK_OFF_MOST_MS);
    return { ok: true, result: [] as never };
  });
  return run(bot, {
    runner: {
      fetch: { timeout: POLL_SECONDS },
      retryInterval: "exponential",
      maxRetryTime: Number.POSITIVE_INFINITY,
      silent: true,
    },
  });
}

function hintOf(message: string): string {
  if (message.startsWith("409")) return " (another program polls with this token: end one of the two)";
  return message.startsWith("401") ? " (rally config set chat.telegram.bot_token <token>)" : "";
}

async function pause(ms: number, stop: AbortSignal): Promise<void> {
  if (stop.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  stop.addEventListener("abort", () => resolve(), { once: true });
  await promise;
  clearTimeout(timer);
}

async function check(bot: Bot): Promise<readonly Finding[]> {
  try {
    const me = await bot.api.getMe();
    return [{ good: true, says: `@${me.username} (${me.id})` }];
  } catch (error) {
    const hint = "rally config set chat.telegram.bot_token <token>, from @BotFather";
    return [{ good: false, says: saying(error), hint }];
  }
}
