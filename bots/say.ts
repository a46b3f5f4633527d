import { titleOf } from "../src/app/find.ts";
import { handleParsed } from "../src/app/handle.ts";
import type { Reply } from "../src/app/reply.ts";
import type { Parsed } from "../src/domain/grammar.ts";
import { Problem } from "../src/domain/problem.ts";
import { projects } from "../src/store/read.ts";
import { problemContent, say, whisper } from "./answer.ts";
import type { Bot } from "./bot.ts";
import { contentOf, type Offered, sentence } from "./content.ts";
import type { Speaker } from "./receive.ts";
import { roomCommands } from "./rooms.ts";
import { addressIn, type Place, understood } from "./speech.ts";
import { followDispatch } from "./tell.ts";
import { listeningRoom } from "./topics.ts";
import { flagWords, offer, waysOut } from "./ways-out.ts";
import { mayDo, noteRefusal, whomToAsk } from "./who.ts";

/** Handles one line through the one door, and answers. Throws `Problem`. */
export async function sayLine(bot: Bot, speaker: Speaker, line: string, place: Place): Promise<void> {
  const { world } = bot;
  const address = addressIn(line);
  if (address !== null) {
    const offers = [offer("Dispatch it", `dispatch ${address}`)];
    return say(bot, speaker, { ...sentence("Shall an agent take it?"), offers }, null);
  }
  const { parsed, role } = understood(world, line, place);
  if (!mayDo(speaker.role, role)) {
    const why = `"${parsed.command.name}" is for ${role === "admin" ? "an admin" : "an operator"}, and you are a ${speaker.role}.`;
    noteRefusal(world, { actor: speaker.actor, room: speaker.room, why, dispatchId: place.dispatchId });
    throw new Problem("refused", why, { hint: `Ask ${whomToAsk(bot)}.` });
  }
  if ("press" in speaker.incoming.said && !parsed.command.reads) await speaker.incoming.answer.receipt();
  const asked = proposing(parsed);
  let reply: Reply;
  try {
    reply = await handled(bot, speaker, asked);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return whisperProblem(bot, speaker, error, asked);
  }
  const content = contentOf(reply);
  const more = [...(reply.problems ?? []).flatMap((one) => waysOut(one, asked)), ...proposals(asked, reply)];
  const shown = { ...content, offers: [...content.offers, ...more] };
  const failed = reply.text.length === 0 && (reply.problems ?? []).length > 0;
  bot.wake();
  if (failed) return whisper(bot, speaker, shown);
  await say(bot, speaker, shown, null);
}

function handled(bot: Bot, speaker: Speaker, parsed: Parsed): Promise<Reply> {
  const from = {
    actor: speaker.actor,
    surface: "chat" as const,
    // A chat stands in no folder, so no project is meant by it.
    cwd: "/",
    asker: null,
    // The room hears of what was begun from it.
    begun: (dispatchId: number) => followDispatch(bot.world, speaker, dispatchId),
  };
  if (parsed.help)
    return handleParsed(
      bot.world,
      {
        ...parsed,
        help: false,
        command: { ...parsed.command, name: "help" },
        args: { command: parsed.command.name.split(" ") },
      },
      from,
      roomCommands(listeningRoom(bot.world, speaker.room)),
    );
  return handleParsed(bot.world, parsed, from, roomCommands(listeningRoom(bot.world, speaker.room)));
}

/** `clean` says what could go, and a button for each does it: nobody can be asked in between. */
function proposing(parsed: Parsed): Parsed {
  const decided = ["yes", "dry-run"].some((name) => parsed.flags[name] === true);
  if (parsed.command.name !== "clean" || decided) return parsed;
  return { ...parsed, flags: { ...parsed.flags, "dry-run": true } };
}

type Proposal = { readonly dispatches?: readonly { readonly id: number; readonly can_go: boolean }[] };
type Orphans = { readonly worktrees?: readonly { readonly can_go: boolean }[] };

function proposals(parsed: Parsed, reply: Reply): Offered[] {
  if (parsed.command.name !== "clean" || parsed.flags["dry-run"] !== true) return [];
  const force = parsed.flags.force === true ? " --force" : "";
  const { dispatches = [], worktrees = [] } = reply.json as Proposal & Orphans;
  const each = dispatches
    .filter((one) => one.can_go)
    .map((one) => ({ ...offer(`Clean ${one.id}`, `clean ${one.id} --yes${force}`), danger: true }));
  if (!worktrees.some((one) => one.can_go)) return each;
  return [{ ...offer("Clean them", `clean --orphaned --yes${force}`), danger: true }];
}

async function whisperProblem(bot: Bot, speaker: Speaker, problem: Problem, parsed: Parsed): Promise<void> {
  const content = problemContent(bot, problem);
  const more = [...waysOut(problem, parsed), ...whichProject(bot, problem, parsed)];
  await whisper(bot, speaker, { ...content, offers: [...content.offers, ...more] });
}

/** Where several could be meant, a button for each. */
function whichProject(bot: Bot, problem: Problem, parsed: Parsed): Offered[] {
  if (problem.code !== "usage" || !problem.message.startsWith("Which project?")) return [];
  const words = Object.values(parsed.args).flat().join(" ");
  return projects(bot.world.store)
    .slice(0, 10)
    .map((row) => {
      const flags = flagWords({ ...parsed.flags, project: titleOf(row) });
      return offer(titleOf(row), [parsed.command.name, ...flags, words].join(" "));
    });
}
