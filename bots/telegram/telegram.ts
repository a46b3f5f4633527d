import { type RunnerHandle, run } from "@grammyjs/runner";
import { Bot } from "grammy";
import { insist, pause } from "../insist.ts";
import type { Finding, Platform } from "../platform.ts";
import { type Told, type Trouble, trouble } from "../trouble.ts";
import { saying } from "./failure.ts";
import { incomingOf } from "./incoming.ts";
import { menu } from "./menu.ts";
import { placeOf, sender } from "./send.ts";
import { topics } from "./topics.ts";

type TelegramOptions = Told & {
  readonly token: string;
  /** Another server than Telegram's own. */
  readonly apiRoot: string | null;
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
  // The library's type of a signal is that of a package for other runtimes.
  const ended = stop.signal as unknown as Parameters<typeof bot.api.getMe>[0];
  const firstMs = options.backOffMs ?? BACK_OFF_MS;
  const own = trouble("telegram", options);
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
      // Its own `init` says nothing, and waits up to twenty minutes between two tries.
      const knowsItself = async () => {
        bot.botInfo = await bot.api.getMe(ended);
      };
      const failed = (error: unknown) => own.failed(saying(error), hintOf(saying(error)));
      const how = { firstMs, mostMs: BACK_OFF_MOST_MS, stop: stop.signal, failed };
      if (!(await insist(knowsItself, how))) return;
      // Whoever is on no list is shown nothing.
      await bot.api
        .deleteMyCommands({}, ended)
        .catch((error: unknown) => options.log.warn("telegram.menu", { message: saying(error) }));
      if (!stop.signal.aborted) running = poll(bot, own, { firstMs, stop: stop.signal });
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
    find: null,
    check: () => check(bot),
  };
}

/**
 * Asks for updates until it is stopped. What goes wrong never reaches the runner, whose waits have no bound, and which
 * ends at a second poller or a revoked token.
 */
function poll(
  bot: Bot,
  own: Trouble,
  how: { readonly firstMs: number; readonly stop: AbortSignal },
): RunnerHandle {
  let wait = how.firstMs;
  bot.api.config.use(async (previous, method, payload, signal) => {
    if (method !== "getUpdates") return previous(method, payload, signal);
    const message = await previous(method, payload, signal).then(
      (answer) => (answer.ok ? answer : `${answer.error_code} ${answer.description}`),
      (error: unknown) => {
        if (how.stop.aborted) throw error;
        return saying(error);
      },
    );
    if (typeof message !== "string") {
      own.good();
      wait = how.firstMs;
      return message;
    }
    own.failed(message, hintOf(message));
    await pause(wait, how.stop);
    wait = Math.min(wait * 2, BACK_OFF_MOST_MS);
    return { ok: true, result: [] as never };
  });
  return run(bot, { runner: { fetch: { timeout: POLL_SECONDS }, silent: true } });
}

function hintOf(message: string): string {
  if (message.startsWith("409")) return "another program polls with this token: end one of the two";
  return /^40[14]/.test(message) ? "rally config set chat.telegram.bot_token <token>" : "";
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
