import { COMMANDS } from "../src/domain/commands.ts";
import { type Parsed, parseLine } from "../src/domain/grammar.ts";
import { lineWords } from "../src/domain/grammar-words.ts";
import { Problem } from "../src/domain/problem.ts";

/** Everything that Rally understands: as a line of the palette, else as a shell's. Throws Problem `usage`. */
export function parsedLine(text: string): Parsed {
  try {
    return parseLine(COMMANDS, text, { surface: "palette", alone: "status" });
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return asShell(text) ?? refused(error);
  }
}

function asShell(text: string): Parsed | null {
  try {
    return parseLine(COMMANDS, shellWordsOf(text), { surface: "cli", alone: "status" });
  } catch (error) {
    if (error instanceof Problem) return null;
    throw error;
  }
}

/** What was wrong with it as a line of the palette says more than what was wrong with it in a shell. */
function refused(error: Problem): never {
  throw error;
}

export function shellWordsOf(text: string): string[] {
  const words = lineWords(text.trim().replace(/^(\/|rally\s+)/, ""));
  const all: string[] = [];
  for (let word = words.peek(); word; word = words.peek()) {
    all.push(word.text);
    words.take();
  }
  return all;
}
