import { answerPlain } from "./answer.ts";
import type { Bot } from "./bot.ts";
import { sentence } from "./content.ts";
import type { Incoming } from "./platform.ts";
import { noteRefusal, whomToAsk } from "./who.ts";

const MINUTE_MS = 60_000;
/** So much of one stranger is written down in a minute; the journal is not theirs to fill. */
const NOTED_MAX = 10;
/** More strangers than that in a minute are no longer told apart. */
const STRANGERS_MAX = 1_000;

/** Somebody on no list learns their own id and whom to ask, once in a while, and nothing else; what they tried is journaled. */
export async function stranger(bot: Bot, incoming: Incoming, room: string, text: string): Promise<void> {
  const { world, platform, strangers } = bot;
  const { account } = incoming;
  const now = world.now();
  const before = strangers.get(account);
  const known = before !== undefined && now - before.since < MINUTE_MS ? before : null;
  const tries = (known?.tries ?? 0) + 1;
  if (strangers.size > STRANGERS_MAX) strangers.clear();
  strangers.set(account, { since: known?.since ?? now, tries });
  const actor = `${platform.name}:${account}`;
  if (tries < NOTED_MAX) noteRefusal(world, { actor, room, why: `On no list: ${text}` });
  if (tries === NOTED_MAX) noteRefusal(world, { actor, room, why: "On no list: more within a minute." });
  if (known !== null) return;
  await answerPlain(
    incoming,
    sentence(`You are on no list here. Your id is ${account}; ask ${whomToAsk(bot)}.`),
  );
}
