import { statSync } from "node:fs";
import { resolve } from "node:path";
import type { Surface } from "../domain/command.ts";
import { COMMANDS } from "../domain/commands.ts";
import { type Parsed, parseLine } from "../domain/grammar.ts";
import { textFlag } from "../domain/grammar-parsed.ts";
import { Problem } from "../domain/problem.ts";
import type { Actor } from "../domain/words.ts";
import type { World } from "../world.ts";
import type { Ask } from "./ask.ts";
import type { Call, Handler } from "./call.ts";
import { HANDLERS } from "./handlers.ts";
import { refuseAgents } from "./refuse-agents.ts";
import type { Reply } from "./reply.ts";

export type From = {
  readonly actor: Actor;
  readonly surface: Surface;
  readonly cwd: string;
  readonly asker: Ask | null;
  readonly progress?: (text: string) => void;
  readonly begun?: (dispatchId: number) => void;
};

/**
 * The one door: a line of words in, a reply out, for every surface. Throws `Problem` for everything that a person can
 * cause; anything else is a bug.
 */
export async function handle(world: World, line: readonly string[] | string, from: From): Promise<Reply> {
  return handleParsed(world, parseLine(COMMANDS, line, { surface: from.surface, alone: "status" }), from);
}

export type Handlers = Readonly<Record<string, () => Promise<Handler>>>;

/** `more` are commands that an entry point brings, because they are wired to other rooms. */
export async function handleParsed(
  world: World,
  parsed: Parsed,
  from: From,
  more: Handlers = {},
): Promise<Reply> {
  refuseAgents(world.config, parsed);
  const load = HANDLERS[parsed.command.name] ?? more[parsed.command.name];
  if (!load) throw new Error(`The command ${parsed.command.name} has no handler.`);
  const dir = folder(from.cwd, textFlag(parsed, "dir"));
  const call: Call = {
    parsed,
    actor: from.actor,
    surface: from.surface,
    cwd: dir ?? from.cwd,
    asker: from.asker,
    progress: from.progress ?? (() => undefined),
    begun: from.begun ?? (() => undefined),
  };
  const handler = await load();
  return handler(world, call);
}

/** Where `-C` says to act. Throws `missing`. */
function folder(cwd: string, dir: string | null): string | null {
  if (dir === null) return null;
  const path = resolve(cwd, dir);
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return path;
  throw new Problem("missing", `There is no folder ${path}.`, { hint: "-C <folder>" });
}
