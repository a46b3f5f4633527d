import { lookAt } from "../src/app/look-at.ts";
import { Problem } from "../src/domain/problem.ts";
import {
  bindOffer,
  messageById,
  newOffer,
  type OfferRow,
  offerById,
  staleMessage,
  useOffer,
} from "../src/store/chat-messages.ts";
import { dispatchView } from "../src/store/snapshot.ts";
import { patiently } from "./answer.ts";
import type { Bot } from "./bot.ts";
import type { Speaker } from "./receive.ts";
import { sayLine } from "./say.ts";
import { mayDo, nameOf, noteRefusal } from "./who.ts";

const QUESTION_MS = 60 * 60_000;

type Pressed = { readonly press: string; readonly message: string; readonly text: string | null };

/**
 * A button, or the text that one asked for: good once, in its room and message, until it expires, for who may, and for
 * what approves the work, at the commit that it was offered for. Throws `refused`, journaled.
 */
export async function press(bot: Bot, speaker: Speaker, pressed: Pressed): Promise<void> {
  const { world } = bot;
  const offer = offerById(world.store, pressed.press);
  const why = offer === null ? GONE : await refusal(bot, speaker, pressed, offer);
  if (offer === null || why !== null) {
    const { actor, room } = speaker;
    noteRefusal(world, { actor, room, why: why ?? GONE, dispatchId: offer?.dispatchId ?? null });
    if (offer?.message) staleMessage(world.store, room, offer.message);
    bot.wake();
    throw new Problem("refused", why ?? GONE, {});
  }
  if (offer.takesText && pressed.text === null) return ask(bot, speaker, offer);
  const by = { message: pressed.message, by: speaker.actor, at: world.now() };
  if (!useOffer(world.store, offer.id, by)) {
    const { actor, room } = speaker;
    noteRefusal(world, { actor, room, why: GONE, dispatchId: offer.dispatchId });
    throw new Problem("refused", GONE, {});
  }
  const line = offer.takesText ? `${offer.line} -- ${pressed.text ?? ""}` : offer.line;
  try {
    await sayLine(bot, speaker, line, { room: speaker.room, dispatchId: offer.dispatchId });
  } finally {
    if (messageById(world.store, offer.room, by.message)) staleMessage(world.store, offer.room, by.message);
    bot.wake();
  }
}

const GONE = "That button is no longer good.";

/** Why this offer is not to be used by this person, here and now; null where it is. */
async function refusal(
  bot: Bot,
  speaker: Speaker,
  pressed: Pressed,
  offer: OfferRow,
): Promise<string | null> {
  const { world } = bot;
  if (offer.room !== speaker.room) return "That button belongs to another chat.";
  if (offer.message !== null && offer.message !== pressed.message)
    return "That button belongs to another message.";
  if (offer.account !== null && offer.account !== speaker.account) return "Somebody else was asked.";
  if (offer.usedBy !== null) return `${nameOf(offer.usedBy)} has pressed that already.`;
  if (offer.expiresAt <= world.now()) return "That button has expired.";
  if (!mayDo(speaker.role, offer.role)) return `That is for an ${offer.role}, and you are a ${speaker.role}.`;
  if (offer.head !== null && (await headNow(bot, offer)) !== offer.head)
    return "There is a new commit since that button was shown: look again.";
  return null;
}

/** Read afresh: somebody may have committed by hand. */
async function headNow(bot: Bot, offer: OfferRow): Promise<string | null> {
  const { world } = bot;
  const view = offer.dispatchId === null ? null : dispatchView(world.store, offer.dispatchId);
  if (view === null) return null;
  await lookAt(world, view);
  return dispatchView(world.store, view.id)?.git?.head ?? null;
}

/** The text is asked for, of this person; where that takes a message of its own, its answer is good for this offer. */
async function ask(bot: Bot, speaker: Speaker, offer: OfferRow): Promise<void> {
  const { world } = bot;
  const at = world.now();
  const { room, account } = speaker;
  const { line, label, role, dispatchId } = offer;
  const own = newOffer(world.store, {
    ...{ room, account, line, label, role, dispatchId, at },
    head: null,
    takesText: true,
    expiresAt: at + QUESTION_MS,
  });
  const question = `${label.replace(/…$/, "")}: what shall be said? (${line})`;
  const message = await patiently(() => speaker.incoming.answer.prompt(question, own));
  if (message !== null) bindOffer(world.store, own, message);
}
