import type { Config } from "../src/config.ts";
import type { World } from "../src/world.ts";
import type { Pace } from "./pace.ts";
import { newPace } from "./pace.ts";
import type { Platform } from "./platform.ts";
import { newQueue, type Queue } from "./queue.ts";

/** What the configuration says of chats as it is now: who may is asked anew each time. Null while it cannot be read. */
export type Rules = () => Config["chat"] | null;

/** One platform's bot in one home. What it remembers here only saves asking; what matters is in the store. */
export type Bot = {
  readonly world: World;
  readonly platform: Platform;
  readonly rules: Rules;
  readonly pace: Pace;
  readonly queue: Queue;
  /** Who is on no list, and how often they tried within a minute. */
  readonly strangers: Map<string, { readonly since: number; readonly tries: number }>;
  /** When who says too much at once was last told so. */
  readonly told: Map<string, number>;
  /** Messages whose edit failed, and when to try again. */
  readonly later: Map<string, number>;
  /** Chats that had no topics when they were asked last, and when that was. */
  readonly withoutTopics: Map<string, number>;
  /** Something was done: the next pass need not wait. */
  wake(): void;
};

export function newBot(world: World, platform: Platform, how: Pick<Bot, "rules" | "wake">): Bot {
  const failed = (error: unknown) =>
    world.log.error("chat.failed", { platform: platform.name, error: asText(error) });
  return {
    ...{ world, platform, ...how },
    pace: newPace(platform.pace),
    queue: newQueue(failed),
    strangers: new Map(),
    told: new Map(),
    later: new Map(),
    withoutTopics: new Map(),
  };
}

/** Libraries put tokens into what their errors show, so only the message is taken. */
export function asText(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
