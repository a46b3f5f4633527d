import { App, type Logger, LogLevel, SocketModeReceiver, type webApi } from "@slack/bolt";
import type { Log } from "../../src/log.ts";
import { insist } from "../insist.ts";
import type { Finding, Platform } from "../platform.ts";
import { type Told, trouble } from "../trouble.ts";
import { keepConnected } from "./connection.ts";
import { saying, undelivered } from "./failure.ts";
import { slackMessage } from "./format.ts";
import { listen } from "./hears.ts";
import { SCOPES } from "./scopes.ts";

type SlackOptions = Told & {
  readonly botToken: string;
  readonly appToken: string;
  /** Another Slack than slack.com's; ends in a slash. */
  readonly apiUrl: string | null;
};

const EVERY_MS = 1_100;
const A_MINUTE = 50;
/** Bolt closes a socket whose pong is late; under load that is no sign of anything. */
const PONG_MS = 20_000;
const BACK_OFF_MS = 2_000;
const BACK_OFF_MOST_MS = 60_000;
const METADATA = "rally_effect";

/** Slack in Socket Mode: nothing has to be reachable from outside. */
export function slack(options: SlackOptions): Platform {
  const { app, receiver } = makeApp(options);
  const own = trouble("slack", options);
  const failed = (error: unknown) => {
    const message = saying(error);
    own.failed(message, /auth|token/.test(message) ? "rally doctor" : "");
  };
  const stop = new AbortController();
  return {
    ...sending(app.client),
    name: "slack",
    start: async (hear) => {
      listen(app, { hear, event: () => options.heard({ event: true, error: null }) });
      app.error(async (error) =>
        options.log.error("slack.failed", { message: saying(error.original ?? error) }),
      );
      const how = { firstMs: options.backOffMs ?? BACK_OFF_MS, mostMs: BACK_OFF_MOST_MS };
      if (!(await insist(() => app.init(), { ...how, stop: stop.signal, failed }))) return;
      await keepConnected(receiver.client, { stop: stop.signal, failed, connected: own.good });
    },
    stop: async () => {
      stop.abort();
      await receiver.client.disconnect().catch(() => undefined);
    },
    pace: { everyMs: EVERY_MS, aMinute: () => A_MINUTE, counted: (channel) => channel },
    topics: null,
    menu: null,
    check: () => check(app.client, options.appToken),
  };
}

function makeApp(options: SlackOptions): { readonly app: App; readonly receiver: SocketModeReceiver } {
  const { botToken, appToken, apiUrl, log } = options;
  const slackApiUrl = (apiUrl ?? "https://slack.com/api").replace(/\/*$/, "/");
  // Waiting is ours to do: a room that must wait keeps no other waiting.
  const clientOptions = { slackApiUrl, retryConfig: { retries: 0 }, rejectRateLimitedCalls: true };
  const logger = quiet(log);
  const receiver = new SocketModeReceiver({
    ...{ appToken, logger, clientPingTimeout: PONG_MS, autoReconnectEnabled: false },
    installerOptions: { clientOptions: { slackApiUrl } },
  });
  const app = new App({ receiver, token: botToken, clientOptions, logger, deferInitialization: true });
  return { app, receiver };
}

/** Bolt's own words go to the log, and nothing to the terminal. */
function quiet(log: Log): Logger {
  const words = (all: unknown[]) => ({ message: all.map(String).join(" ").slice(0, 500) });
  return {
    debug: () => undefined,
    info: () => undefined,
    warn: (...all) => log.warn("slack.bolt", words(all)),
    error: (...all) => log.error("slack.bolt", words(all)),
    setLevel: () => undefined,
    getLevel: () => LogLevel.WARN,
    setName: () => undefined,
  };
}

function sending(client: webApi.WebClient): Pick<Platform, "post" | "edit" | "find"> {
  return {
    post: async (channel, message, { thread, key, silent }) => {
      // What is in a thread is seen only by who follows it, so news are shown in the channel, too.
      const under = thread === null ? {} : { thread_ts: thread, reply_broadcast: !silent };
      const metadata = key === null ? {} : { metadata: { event_type: METADATA, event_payload: { key } } };
      try {
        const sent = await client.chat.postMessage({
          ...slackMessage(message),
          ...{ channel, unfurl_links: false, unfurl_media: false },
          ...metadata,
          ...(under as { thread_ts: string }),
        });
        return sent.ts ?? "";
      } catch (error) {
        throw undelivered(error);
      }
    },
    edit: async (channel, ts, message) => {
      try {
        await client.chat.update({ channel, ts, ...slackMessage(message) });
      } catch (error) {
        throw undelivered(error);
      }
    },
    find: async (channel, key, thread) => {
      try {
        return await found(client, channel, key, thread);
      } catch (error) {
        throw undelivered(error);
      }
    },
  };
}

const A_PAGE = 200;
const PAGES_MAX = 5;

/** Looks through a thread from its beginning, or through what was said in a channel last. */
async function found(
  client: webApi.WebClient,
  channel: string,
  key: string,
  thread: string | null,
): Promise<string | null> {
  let cursor = "";
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const how = { channel, include_all_metadata: true, limit: A_PAGE, ...(cursor ? { cursor } : {}) };
    const { messages = [], response_metadata: more } =
      thread === null
        ? await client.conversations.history(how)
        : await client.conversations.replies({ ...how, ts: thread });
    const own = messages.find(({ metadata }) => {
      const payload = metadata?.event_payload as { readonly key?: unknown } | undefined;
      return metadata?.event_type === METADATA && payload?.key === key;
    });
    if (own) return own.ts ?? null;
    cursor = more?.next_cursor ?? "";
    if (cursor === "") return null;
  }
  return null;
}

/** Both tokens, and whether the bot's may do what the manifest asks for. */
async function check(client: webApi.WebClient, appToken: string): Promise<readonly Finding[]> {
  const [bot, app] = await Promise.all([checkBot(client), checkApp(client, appToken)]);
  return [...bot, ...app];
}

async function checkBot(client: webApi.WebClient): Promise<readonly Finding[]> {
  try {
    const me = await client.auth.test();
    const granted = me.response_metadata?.scopes ?? [];
    const missing = granted.length === 0 ? [] : SCOPES.filter((scope) => !granted.includes(scope));
    const who = { good: true, says: `@${me.user} in ${me.team}` };
    if (missing.length === 0) return [who];
    const hint = "install the app again with deploy/slack-manifest.yaml";
    return [who, { good: false, says: `The scopes ${missing.join(", ")} are missing.`, hint }];
  } catch (error) {
    const hint = "rally config set chat.slack.bot_token <xoxb-…>";
    return [{ good: false, says: saying(error), hint }];
  }
}

/** The app's token is good for one thing, the address of a connection, which need not be opened. */
async function checkApp(client: webApi.WebClient, token: string): Promise<readonly Finding[]> {
  try {
    await client.apps.connections.open({ token });
    return [];
  } catch (error) {
    const hint = "rally config set chat.slack.app_token <xapp-…>, with the scope connections:write";
    return [{ good: false, says: `The app's token: ${saying(error)}`, hint }];
  }
}
