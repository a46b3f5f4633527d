import { forgetOffers } from "../src/store/chat-messages.ts";
import { undoneUpdates, updateDone } from "../src/store/chat-people.ts";
import { roomById } from "../src/store/chat-rooms.ts";
import { holdLease, lease, releaseLease } from "../src/store/leases.ts";
import { lastJournalId } from "../src/store/read.ts";
import type { World } from "../src/world.ts";
import { asText, type Bot, newBot, type Rules } from "./bot.ts";
import { sentence } from "./content.ts";
import { deliver, redeliver } from "./deliver.ts";
import { heedLists } from "./heed.ts";
import { type Platform, Undelivered } from "./platform.ts";
import { receive } from "./receive.ts";
import { redraw } from "./redraw.ts";
import { computeNews } from "./tell.ts";

const PASS_MS = 250;
/** Ages and facts that are not journaled are looked at this often. */
const LOOK_MS = 5_000;
const LEASE_MS = 20_000;
const FORGET_MS = 3_600_000;
const FORGET_AFTER_MS = 7 * 86_400_000;

export type RunOptions = {
  /** Says who holds the bot: one process a home and platform. */
  readonly holder: string;
  /** Whether another holder still lives. */
  readonly lives: (holder: string) => boolean;
  readonly rules: Rules;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
};

/** Runs one platform's bot until it is stopped. Gives why it ended; where another process runs it, at once. */
export async function runBot(world: World, platform: Platform, options: RunOptions): Promise<string> {
  const name = `chat:${platform.name}`;
  const { holder } = options;
  const hold = () => {
    const now = world.now();
    return holdLease(world.store, { name, holder, until: now + LEASE_MS, now });
  };
  freeOfTheDead(world, name, options);
  if (!hold()) return "held by another";
  const beat = wakeable();
  const bot = newBot(world, platform, { wake: beat.wake, rules: options.rules });
  let stopping: Promise<void> | null = null;
  const stop = (): Promise<void> => {
    stopping ??= platform.stop();
    return stopping;
  };
  // One that cannot be reached is still starting, and ends by being stopped.
  const end = () => {
    beat.wake();
    stop().catch((error: unknown) => world.log.error("chat.stop", { error: asText(error) }));
  };
  options.signal.addEventListener("abort", end, { once: true });
  try {
    await computeNews(world, platform.name);
    await redeliver(bot);
    await platform.start((incoming) => receive(bot, incoming));
    if (options.signal.aborted) return "stopped";
    options.say(`${platform.name}: listening.`);
    await tellUndone(bot);
    return await passes(bot, { ...options, hold, wait: beat.wait });
  } finally {
    await stop();
    await bot.queue.idle();
    releaseLease(world.store, { name, holder });
  }
}

function freeOfTheDead(world: World, name: string, options: RunOptions): void {
  const held = lease(world.store, name);
  if (held && !options.lives(held.holder)) releaseLease(world.store, { name, holder: held.holder });
}

type Passing = RunOptions & {
  readonly hold: () => boolean;
  /** True where it was woken. */
  readonly wait: (ms: number) => Promise<boolean>;
};

async function passes(bot: Bot, options: Passing): Promise<string> {
  const { world } = bot;
  let [heldAt, lookedAt, forgotAt, seen] = [world.now(), 0, 0, -1];
  let heeded: ReturnType<Rules> = null;
  while (!options.signal.aborted) {
    const now = world.now();
    if (now - heldAt > LEASE_MS / 4) {
      if (!options.hold()) return "lost the lease";
      heldAt = now;
    }
    try {
      const rules = bot.rules();
      if (rules !== null && rules !== heeded) heedLists(bot);
      heeded = rules ?? heeded;
      const last = lastJournalId(world.store);
      const looks = last !== seen || now - lookedAt >= LOOK_MS;
      const left = await pass(bot, looks);
      if (looks) [seen, lookedAt] = [last, left ? 0 : now];
      if (now - forgotAt >= FORGET_MS) {
        forgetOffers(world.store, now - FORGET_AFTER_MS);
        forgotAt = now;
      }
    } catch (error) {
      world.log.error("chat.pass", { platform: bot.platform.name, error: asText(error) });
    }
    if (await options.wait(PASS_MS)) lookedAt = 0;
  }
  return "stopped";
}

/** True where something is left for the next. */
async function pass(bot: Bot, looks: boolean): Promise<boolean> {
  while (await computeNews(bot.world, bot.platform.name));
  await deliver(bot);
  return looks && (await redraw(bot));
}

/** What was cut off in the middle is not done again, because it may have been done: whoever said it is told so. */
async function tellUndone(bot: Bot): Promise<void> {
  const { world, platform } = bot;
  for (const update of undoneUpdates(world.store, platform.name)) {
    updateDone(world.store, platform.name, update.id, world.now());
    const room = roomById(world.store, update.room);
    if (!room) continue;
    const content = sentence(
      `I was restarted while I was at "${update.text}". See status before you say it again.`,
    );
    try {
      const message = { parts: content.parts, buttons: [], mention: [] };
      await platform.post(room.chat, message, { thread: null, key: null, silent: true });
    } catch (error) {
      if (!(error instanceof Undelivered)) throw error;
      world.log.warn("chat.undone", { room: room.id, error: asText(error) });
    }
  }
}

function wakeable() {
  let woken = false;
  let waiting: (() => void) | null = null;
  const wait = async (ms: number): Promise<boolean> => {
    if (!woken) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, ms);
      waiting = resolve;
      await promise;
      clearTimeout(timer);
    }
    waiting = null;
    const was = woken;
    woken = false;
    return was;
  };
  const wake = () => {
    woken = true;
    waiting?.();
  };
  return { wake, wait };
}
