import { COMMANDS } from "../src/domain/commands.ts";
import { Problem } from "../src/domain/problem.ts";
import type { SentMessage } from "../src/store/chat-messages.ts";
import { dispatchView } from "../src/store/snapshot.ts";
import { whisper } from "./answer.ts";
import type { Bot } from "./bot.ts";
import { questionIn } from "./card.ts";
import { sentence } from "./content.ts";
import type { Speaker } from "./receive.ts";
import { sayLine } from "./say.ts";
import { bare } from "./speech.ts";

/**
 * True where it was taken as the answer to an agent's question, or offered to be: plain words in reply to the message that
 * asks it are the answer; in a thread where one is open, words that are no command are offered as one.
 */
export async function answered(
  bot: Bot,
  speaker: Speaker,
  under: SentMessage,
  line: string,
): Promise<boolean> {
  if (under.dispatchId === null || line.trim().startsWith("/") || line.trim() === "") return false;
  const open = dispatchView(bot.world.store, under.dispatchId)?.question ?? null;
  const asked = questionIn(under.stand);
  const said = `answer ${under.dispatchId} -- ${line}`;
  if (under.kind === "announcement" && asked !== null) {
    if (open !== null && open.id !== asked)
      throw new Problem("conflict", "That question is answered; there is a newer one.", {});
    await sayLine(bot, speaker, said, { room: speaker.room, dispatchId: under.dispatchId });
    return true;
  }
  if (open === null || isCommand(line)) return false;
  const offers = [{ label: "Answer with it", line: said, danger: false, takesText: false }];
  const content = sentence(`That is no command. Is it the answer to "${open.text.split("\n", 1)[0]}"?`);
  await whisper(bot, speaker, { ...content, offers });
  return true;
}

function isCommand(line: string): boolean {
  const [first = ""] = bare(line).toLowerCase().split(/\s/, 1);
  return /^https?:/.test(first) || COMMANDS.some(({ name }) => name.split(" ", 1)[0] === first);
}
