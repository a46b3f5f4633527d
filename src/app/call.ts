import type { Surface } from "../domain/command.ts";
import type { Parsed } from "../domain/grammar.ts";
import { Problem } from "../domain/problem.ts";
import type { Actor } from "../domain/words.ts";
import type { World } from "../world.ts";
import type { Ask } from "./ask.ts";
import type { Reply } from "./reply.ts";

/** One line of words that somebody gave, ready to be handled. */
export type Call = {
  readonly parsed: Parsed;
  readonly actor: Actor;
  readonly surface: Surface;
  /** Where relative paths and the project of the current directory are looked for. */
  readonly cwd: string;
  /** A person at a terminal; null where nobody can be asked, and nothing prompts. */
  readonly asker: Ask | null;
  /** Says what long work is at; nowhere but on a terminal. */
  readonly progress: (text: string) => void;
  /**
   * Told of each dispatch that the line gave an agent work on, in the transaction that writes it down: what it writes
   * there is there from the same moment on.
   */
  readonly begun: (dispatchId: number) => void;
};

export type Handler = (world: World, call: Call) => Promise<Reply>;

/** Asks, or answers by the flag that a caller without a terminal must give. Throws `refused`. */
export async function confirmed(
  call: Call,
  question: string,
  flag: { readonly given: boolean; readonly name: string },
): Promise<boolean> {
  if (flag.given) return true;
  if (call.asker) return call.asker.confirm(question, { flag: flag.name });
  throw new Problem("refused", `${question} Nobody can be asked here.`, {
    hint: `Say it with ${flag.name}.`,
  });
}
