import type { Role } from "../src/domain/command.ts";
import { Problem } from "../src/domain/problem.ts";
import { knowAlone } from "../src/store/chat-alone.ts";
import { messageById, offerById, promptOf } from "../src/store/chat-messages.ts";
import { rememberUpdate, takeCode, updateDone } from "../src/store/chat-people.ts";
import { knowRoom } from "../src/store/chat-rooms.ts";
import { answerPlain, problemContent, whisper } from "./answer.ts";
import { asText, type Bot } from "./bot.ts";
import { sentence } from "./content.ts";
import { bringMenu } from "./menu.ts";
import { type Incoming, Undelivered } from "./platform.ts";
import { press } from "./press.ts";
import { answered } from "./question.ts";
import { sayLine } from "./say.ts";
import { bare } from "./speech.ts";
import { stranger } from "./strangers.ts";
import { actorFor, noteRefusal, roleFor } from "./who.ts";

const TEXT_KEPT = 500;
const TELL_AGAIN_MS = 60_000;
/** What may stand before the words of a line: its command, its flags. */
const VERB_MAX = 500;

/** Who says or presses something, where; checked. */
export type Speaker = {
  readonly incoming: Incoming;
  readonly room: string;
  readonly account: string;
  readonly actor: string;
  readonly role: Role;
};

/**
 * One message or press: written down before it is acted on, so that the same again does nothing; then who may is asked,
 * and only then what was said is looked at. Resolves when it is in line; `/stop` does not wait in it, and neither
 * does a press that only asks for words.
 */
export async function receive(bot: Bot, incoming: Incoming): Promise<void> {
  const { world, platform } = bot;
  const { id, chat, account } = incoming;
  const room = `${platform.name}:${chat}`;
  const text = world.redact(textOf(incoming)).slice(0, TEXT_KEPT);
  const update = { platform: platform.name, id, at: world.now(), room, account, text };
  if (!rememberUpdate(world.store, update)) {
    const actor = actorFor(world, platform.name, account);
    noteRefusal(world, { actor, room, why: `It came a second time: ${text}` });
    return;
  }
  const done = () => updateDone(world.store, platform.name, id, world.now());
  bringMenu(bot, chat, account);
  const role = roleFor(bot, account);
  if (role === null) {
    done();
    return stranger(bot, incoming, room, text);
  }
  knowRoom(world.store, { platform: platform.name, chat, title: incoming.title, at: world.now() });
  if (incoming.alone) knowAlone(world.store, room, account);
  const actor = actorFor(world, platform.name, account);
  const speaker: Speaker = { incoming, room, account, actor, role };
  const work = async () => {
    // It may have waited, and the lists have changed.
    const still = roleFor(bot, account);
    await (still === null ? stranger(bot, incoming, room, text) : act(bot, { ...speaker, role: still }));
  };
  if (bot.queue.add(lineOf(bot, incoming), () => work().finally(done))) return seen(bot, incoming);
  done();
  await tooMuch(bot, speaker);
}

/** At once, however many wait before it; what a press leads to is its own receipt. */
function seen({ world }: Bot, { said, answer }: Incoming): void {
  if (!("line" in said)) return;
  answer.receipt().catch((error: unknown) => world.log.warn("chat.receipt", { error: asText(error) }));
}

function textOf({ said }: Incoming): string {
  // A code is a secret while it is good.
  if ("line" in said) return said.line.replace(/\b(link)\s+\S+/i, "$1 …");
  return `[${said.press.slice(0, 6)}…] ${said.text ?? ""}`;
}

/** What does not wait has a line of its own, which is as short as any. */
function lineOf({ world }: Bot, incoming: Incoming): string {
  const { said, chat } = incoming;
  if (isStop(incoming)) return `stop ${chat}`;
  // It only asks for words, and Slack waits three seconds for the question.
  const asks = "press" in said && said.text === null && offerById(world.store, said.press)?.takesText;
  return asks ? `ask ${chat}` : chat;
}

function isStop({ said }: Incoming): boolean {
  return "line" in said && /^\/?stop\b/i.test(bare(said.line));
}

async function act(bot: Bot, speaker: Speaker): Promise<void> {
  const { said } = speaker.incoming;
  try {
    if ("press" in said) await press(bot, speaker, said);
    else await spoken(bot, speaker, said.line);
  } catch (error) {
    // The chat cannot be reached: nothing that is said there would be.
    if (error instanceof Undelivered) throw error;
    await whisper(bot, speaker, problemContent(bot, error));
  }
}

async function spoken(bot: Bot, speaker: Speaker, line: string): Promise<void> {
  const { world, platform } = bot;
  const { incoming, room, account } = speaker;
  refuseLong(bot, speaker, line);
  const code = /^\/?link\s+(\S+)$/i.exec(bare(line))?.[1];
  if (code) return linked(bot, speaker, code);
  const asked = incoming.thread === null ? null : promptOf(world.store, room, incoming.thread);
  if (asked && asked.account === account && !line.trim().startsWith("/")) {
    const { id: offer, message } = asked;
    return press(bot, speaker, { press: offer, message: message ?? "", text: line });
  }
  const under = incoming.thread === null ? null : messageById(world.store, room, incoming.thread);
  if (under !== null && (await answered(bot, speaker, under, line))) return;
  await sayLine(bot, speaker, line, { room, dispatchId: under?.dispatchId ?? null });
  world.log.debug("chat.said", { platform: platform.name, room });
}

/** What no command can take is not looked at. */
function refuseLong({ world }: Bot, { actor, room }: Speaker, line: string): void {
  const most = world.config.limits.messageMaxChars + VERB_MAX;
  if (line.length <= most) return;
  const why = `A line of ${line.length} characters.`;
  noteRefusal(world, { actor, room, why });
  throw new Problem("refused", `That is too long: ${most} characters are read at most.`, {
    hint: "Put the details into a file of the worktree, and name it.",
  });
}

/** A code from the desk binds this account to the person who made it there; it gives no rights. */
async function linked(bot: Bot, speaker: Speaker, code: string): Promise<void> {
  const { world, platform } = bot;
  const { account, room, actor } = speaker;
  const person = takeCode(world.store, { code, platform: platform.name, account, at: world.now() });
  if (person === null) {
    noteRefusal(world, { actor, room, why: "A code that is not good." });
    const hint = `rally link ${platform.name}`;
    return whisper(bot, speaker, sentence("That code is not good: unknown, used or expired.", `→ ${hint}`));
  }
  await whisper(bot, speaker, sentence(`From here on you are ${person}, as at the desk.`));
}

async function tooMuch(bot: Bot, speaker: Speaker): Promise<void> {
  const { world } = bot;
  const key = `much:${speaker.room}`;
  if ((bot.told.get(key) ?? 0) + TELL_AGAIN_MS > world.now()) return;
  bot.told.set(key, world.now());
  noteRefusal(world, { actor: speaker.actor, room: speaker.room, why: "Too much at once." });
  await answerPlain(speaker.incoming, sentence("That is too much at once: the rest was not looked at."));
}
