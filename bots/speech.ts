import { roleOf } from "../src/domain/command.ts";
import { COMMANDS } from "../src/domain/commands.ts";
import { type Parsed, parseLine } from "../src/domain/grammar.ts";
import { parseTarget } from "../src/domain/grammar-refs.ts";
import { followsOf } from "../src/store/chat-rooms.ts";
import { topicOwner } from "../src/store/chat-topics.ts";
import { project } from "../src/store/read.ts";
import { dispatchView } from "../src/store/snapshot.ts";
import type { World } from "../src/world.ts";

export type Place = {
  readonly room: string;
  /** The dispatch whose thread or card it was said in. */
  readonly dispatchId: number | null;
};

type Understood = { readonly parsed: Parsed; readonly role: ReturnType<typeof roleOf> };

/** A line as it was meant where it was said. Throws `usage`. */
export function understood(world: World, line: string, place: Place): Understood {
  const parsed = parseLine(COMMANDS, numbered(world, bare(line), place.dispatchId), {
    surface: "chat",
    alone: "help",
  });
  const flags = { ...parsed.flags };
  if (flags.project === undefined) {
    const topic = topicOwner(world.store, place.room);
    const meant = topic ? nameOf(world, topic.projectId) : onlyFollowed(world, place.room);
    if (meant !== null && (needsProject(parsed) || (topic && looksAtAll(parsed)))) flags.project = meant;
  }
  return { parsed: { ...parsed, flags }, role: roleOf(parsed.command, flags) };
}

/** Without `/rally` before it. */
export function bare(line: string): string {
  return line
    .trim()
    .replace(/^\/rally(@\w+)?(\s+|$)/i, "")
    .trim();
}

/** The address of an issue or pull request, alone. */
export function addressIn(line: string): string | null {
  const word = bare(line).replace(/^<(\S+?)(\|[^>]*)?>$/, "$1");
  if (!/^https?:\/\/\S+$/.test(word)) return null;
  try {
    parseTarget(word);
    return word;
  } catch {
    return null;
  }
}

/** In a dispatch's thread its number need not be said. */
function numbered(world: World, line: string, dispatchId: number | null): string {
  if (dispatchId === null) return line;
  const [, verb = "", rest = ""] = /^(\S+)\s*([\s\S]*)$/.exec(line) ?? [];
  const name = verb.replace(/^\//, "").replace(/@\w+$/, "").toLowerCase();
  const command = COMMANDS.find((one) => one.name === name);
  if (command?.args[0]?.kind !== "dispatch") return line;
  const [word = ""] = rest.split(/\s/, 1);
  const flag = command.flags.some((one) => one.name === word);
  const takesWords = command.args.some((one) => one.kind === "text");
  if (flag || namesDispatch(world, word, takesWords)) return line;
  return `${verb} ${dispatchId} ${rest}`.trim();
}

/** A number may be the first of the words that follow, where no dispatch has it. */
function namesDispatch(world: World, word: string, takesWords: boolean): boolean {
  if (/^\d+$/.test(word)) return !takesWords || dispatchView(world.store, Number(word)) !== null;
  return /^([\w./-]+)?#\d+$/.test(word) || /^https?:/.test(word);
}

function onlyFollowed(world: World, room: string): string | null {
  const ids = followsOf(world.store, room).flatMap(({ projectId }) => (projectId === 0 ? [] : [projectId]));
  const [only, second] = ids;
  if (only === undefined || second !== undefined) return null;
  return nameOf(world, only);
}

function nameOf(world: World, projectId: number): string | null {
  const row = project(world.store, projectId);
  return row?.repo ?? row?.path ?? null;
}

const OF_ALL = ["status", "clean", "history", "sessions", "refresh"];

/** What covers all projects unless told otherwise: in a project's topic it is told so. */
function looksAtAll({ command, args }: Parsed): boolean {
  return OF_ALL.includes(command.name) && Object.values(args).flat().length === 0;
}

/** What names no repository of its own. */
function needsProject({ command, args }: Parsed): boolean {
  if (command.name === "dispatch task") return true;
  const [first] = command.args;
  const words = first ? (args[first.name] ?? []) : [];
  if (first?.kind === "target") return words.every((word) => parseTarget(word).repo === null);
  return first?.kind === "dispatch" && words.some((word) => /^(pr)?#/.test(word));
}
