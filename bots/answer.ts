import { Problem } from "../src/domain/problem.ts";
import type { Bot } from "./bot.ts";
import { asText } from "./bot.ts";
import { type Content, problemParts, sentence } from "./content.ts";
import { type Incoming, Undelivered } from "./platform.ts";
import type { Speaker } from "./receive.ts";
import { keep, messageOf } from "./send.ts";

/** For everybody in the room, its buttons bound to it. */
export async function say(
  bot: Bot,
  speaker: Speaker,
  content: Content,
  dispatchId: number | null,
): Promise<void> {
  const { incoming, room } = speaker;
  const { message, offers } = messageOf(bot, room, content, dispatchId);
  bot.pace.sent(incoming.chat, bot.world.now());
  const id = await patiently(() => incoming.answer.say(message));
  if (id === null || offers.length === 0) return;
  keep(
    bot,
    room,
    id,
    content,
    { kind: "reply", dispatchId: null, thread: incoming.thread, stand: null },
    offers,
  );
}

/** For the asker alone. A button of it is bound where it is pressed. */
export async function whisper(bot: Bot, speaker: Speaker, content: Content): Promise<void> {
  const { message } = messageOf(bot, speaker.room, content, null);
  await patiently(() => speaker.incoming.answer.whisper(message));
}

/** For the asker alone, without buttons: nothing of it is kept. */
export async function answerPlain(incoming: Incoming, content: Content): Promise<void> {
  await incoming.answer.whisper({ parts: content.parts, buttons: [], mention: [] });
}

const TRIES = 3;
const WAIT_MOST_MS = 60_000;

/** An answer waits where the platform says so; the chat's next line waits with it. */
export async function patiently<T>(send: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await send();
    } catch (error) {
      const wait = error instanceof Undelivered ? error.how.retryAfterMs : undefined;
      if (wait === undefined || wait > WAIT_MOST_MS || tries >= TRIES) throw error;
      await Bun.sleep(wait);
    }
  }
}

/** What people are told of a failure; what is a bug is said to be one. */
export function problemContent(bot: Bot, error: unknown): Content {
  if (error instanceof Problem) return { parts: problemParts(error), offers: hinted(error), mention: [] };
  bot.world.log.error("chat.bug", {
    error: asText(error),
    stack: error instanceof Error ? bot.world.redact(error.stack ?? "") : null,
  });
  return sentence("That failed, and it is a bug of Rally's: its log has more.");
}

/** A hint that can be said as it stands is a button; one with a flag is for who types it. */
function hinted(problem: Problem): Content["offers"] {
  const line = /^rally ([a-z]+(?: [\w#/.][\w#/.-]*)*)$/.exec(problem.hint ?? "")?.[1];
  if (!line || line === "help") return [];
  const label = line.charAt(0).toUpperCase() + line.slice(1);
  return [{ label, line, danger: false, takesText: false }];
}
