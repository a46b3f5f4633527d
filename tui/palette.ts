import { score } from "../src/cli/picker.ts";
import { usage } from "../src/domain/command.ts";
import { COMMANDS } from "../src/domain/commands.ts";

/** A command that fits what was typed so far. */
export type Suggestion = { readonly line: string; readonly usage: string; readonly summary: string };

const OFFERED = COMMANDS.filter(
  (command) =>
    !command.hidden &&
    !command.agents &&
    command.name !== "dashboard" &&
    command.surfaces.some((surface) => surface !== "chat"),
);

/** The commands that fit, best first; once arguments are typed, the command that they belong to. */
export function suggestions(text: string): readonly Suggestion[] {
  const words = text.trimStart().replace(/^(\/|rally\s+)/, "");
  const exact = OFFERED.filter((command) => words === command.name || words.startsWith(`${command.name} `));
  const longest = exact.toSorted((a, b) => b.name.length - a.name.length)[0];
  if (longest && words.length > longest.name.length && !inner(longest.name, words)) return [asked(longest)];
  return OFFERED.map((command, index) => ({
    command,
    index,
    points: score(`${command.name} ${command.summary}`, words.trim()),
    begins: command.name.startsWith(words.trim()),
  }))
    .filter((found) => found.points !== null)
    .sort(
      (a, b) => Number(b.begins) - Number(a.begins) || (b.points ?? 0) - (a.points ?? 0) || a.index - b.index,
    )
    .map((found) => asked(found.command));
}

/** `dispatch p` may still become `dispatch pr`. */
function inner(name: string, words: string): boolean {
  return OFFERED.some((command) => command.name !== name && command.name.startsWith(words.trimEnd()));
}

function asked(command: (typeof OFFERED)[number]): Suggestion {
  return { line: command.name, usage: usage(command), summary: command.summary };
}

/** What tab makes of the line: the command, ready for its arguments. */
export function completion(text: string, at: number): string {
  const found = suggestions(text)[at];
  if (!found || text.trimStart().startsWith(`${found.line} `)) return text;
  return `${found.line} `;
}
