import type { Platform } from "../../bots/platform.ts";
import { runBot } from "../../bots/run.ts";
import type { Told } from "../../bots/trouble.ts";
import type { Config } from "../config.ts";
import { alive, ownIdentity } from "../process/identity.ts";
import { identityText, parseIdentity } from "../runs/identity.ts";
import { noteChat } from "../store/chat-people.ts";
import type { World } from "../world.ts";
import { chatRules } from "./chat-rules.ts";

const PLATFORMS = ["slack", "telegram"] as const;
export type PlatformName = (typeof PLATFORMS)[number];

export type BotsOfUp = {
  readonly names: readonly PlatformName[];
  start(): void;
  stop(): Promise<void>;
};

/** The platforms that have their tokens. */
export function configured(config: Config): PlatformName[] {
  const { slack, telegram } = config.chat;
  const has = {
    slack: slack.botToken !== null && slack.appToken !== null,
    telegram: telegram.botToken !== null,
  };
  return PLATFORMS.filter((name) => has[name]);
}

/** The chat bots that run beside the heartbeat; what ends one of them is said and ends nothing else. */
export function botsOf(world: World, say: (line: string) => void): BotsOfUp {
  const names = configured(world.config);
  const stop = new AbortController();
  let running: Promise<unknown> | null = null;
  return {
    names,
    start: () => {
      running = Promise.all(names.map((name) => runOne(world, name, { say, signal: stop.signal })));
    },
    stop: async () => {
      stop.abort();
      await running;
    },
  };
}

/** One bot, until it is stopped. Gives why it ended. */
export async function runOne(
  world: World,
  name: PlatformName,
  how: { readonly say: (line: string) => void; readonly signal: AbortSignal },
): Promise<string> {
  const say = (line: string) => how.say(world.redact(line));
  try {
    const platform = await platformOf(world.config, name, {
      log: world.log,
      say,
      heard: heardOf(world, name),
    });
    const holder = identityText(ownIdentity());
    const rules = chatRules(world.config, say);
    const end = await runBot(world, platform, { ...how, say, holder, lives, rules });
    if (end !== "stopped") say(`${name}: ${end}.`);
    return end;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    world.log.error("chat.ended", { platform: name, message });
    say(`warning: ${name}: ${message}`);
    return message;
  }
}

function lives(holder: string): boolean {
  const identity = parseIdentity(holder);
  return identity !== null && alive(identity) !== "dead";
}

/** Made when it is used: the libraries are slow to load. */
export async function platformOf({ chat }: Config, name: PlatformName, common: Told): Promise<Platform> {
  const { slack, telegram } = chat;
  if (name === "slack") {
    const made = await import("../../bots/slack/slack.ts");
    const { botToken, appToken, apiUrl } = slack;
    return made.slack({ ...common, botToken: botToken ?? "", appToken: appToken ?? "", apiUrl });
  }
  const made = await import("../../bots/telegram/telegram.ts");
  return made.telegram({ ...common, token: telegram.botToken ?? "", apiRoot: telegram.apiRoot });
}

const NOTE_EVERY_MS = 10_000;

/** What the doctor tells of: the last event and the last answer; written down seldom, a failure at once. */
function heardOf(world: World, name: PlatformName) {
  let [noted, last] = [0, ""];
  return ({ event, error }: { readonly event: boolean; readonly error: string | null }) => {
    const now = world.now();
    const kind = `${event}${error ?? ""}`;
    if (kind === last && now - noted < NOTE_EVERY_MS) return;
    [noted, last] = [now, kind];
    noteChat(world.store, name, { at: now, event, error: error === null ? null : world.redact(error) });
  };
}
