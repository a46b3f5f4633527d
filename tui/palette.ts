import { beginning, type Candidate, openAt, type Wanted } from "../src/cli/complete.ts";
import { score } from "../src/cli/picker.ts";
import { usage } from "../src/domain/command.ts";
import { COMMANDS } from "../src/domain/commands.ts";
import { shellWordsOf } from "./typed.ts";

/** What there is now of what a line can name: dispatches, projects, agents. */
export type Names = Partial<Record<Wanted, readonly Candidate[]>>;

/** What a line may become, as a row of the palette. */
export type Suggestion = { readonly line: string; readonly name: string; readonly help: string };

const OFFERED = COMMANDS.filter(
  (command) =>
    !command.hidden &&
    !command.agents &&
    command.name !== "dashboard" &&
    command.surfaces.some((surface) => surface !== "chat"),
);

/** The commands that fit, best first; behind a command, what its arguments and flags could be, as in a shell. */
export function suggestions(text: string, names: Names): readonly Suggestion[] {
  return commandOf(text) ? argumentsFor(text, names) : commandsFor(text);
}

/** The usage of the command whose arguments are typed; null where it is not known yet. */
export function usageOf(text: string): string | null {
  const command = commandOf(text);
  return command ? usage(command).replace(/^rally /, "") : null;
}

/** What tab makes of the line: the command or the argument, ready for the next. */
export function completion(text: string, at: number, names: Names): string {
  return suggestions(text, names)[at]?.line ?? text;
}

/** What enter makes of the line first, so that it never says half a word; null where it can be said as it stands. */
export function completedFirst(text: string, at: number, names: Names): string | null {
  const line = completion(text, at, names);
  if (line.trim() === text.trim()) return null;
  if (!commandOf(text) || at > 0) return line;
  const typed = lastWord(text);
  // A number, and what a candidate is called, is meant as it was typed.
  const whole = typed === "" || /^#?\d+$/.test(typed);
  return whole || suggestions(text, names).some((one) => one.name === typed) ? null : line;
}

function commandOf(text: string) {
  const line = bare(text);
  return OFFERED.filter((command) => line.startsWith(`${command.name} `)).toSorted(
    (a, b) => b.name.length - a.name.length,
  )[0];
}

function bare(text: string): string {
  return text.trimStart().replace(/^(\/|rally\s+)/, "");
}

function lastWord(text: string): string {
  return /\s$/.test(text) ? "" : (shellWordsOf(text).at(-1) ?? "");
}

function commandsFor(text: string): readonly Suggestion[] {
  const typed = bare(text).trim();
  return OFFERED.map((command, index) => ({
    command,
    index,
    points: score(`${command.name} ${command.summary}`, typed),
    begins: command.name.startsWith(typed),
  }))
    .filter((found) => found.points !== null)
    .sort(
      (a, b) => Number(b.begins) - Number(a.begins) || (b.points ?? 0) - (a.points ?? 0) || a.index - b.index,
    )
    .map(({ command }) => ({
      line: `${command.name} `,
      // Its flags are for later: they are completed once it is chosen.
      name: usage(command).replace(/^rally | \[--.*$/g, ""),
      help: command.summary,
    }));
}

function argumentsFor(text: string, names: Names): readonly Suggestion[] {
  const typed = lastWord(text);
  // A word in quotes is finished.
  if (!text.endsWith(typed)) return [];
  const before = shellWordsOf(text.slice(0, text.length - typed.length));
  const open = openAt(COMMANDS, [...before, typed], "palette");
  const looked = open.wanted === null ? [] : (names[open.wanted] ?? []);
  const starting = beginning(open, looked, typed);
  // Nobody knows numbers by heart: words of the title find them, too.
  const found = starting.length > 0 ? starting : titled(looked, typed);
  const lead = text.slice(0, text.length - typed.length);
  return found.map(({ value, help }) => ({
    line: `${lead}${/\s/.test(value) ? `"${value}"` : value}${value.endsWith("=") ? "" : " "}`,
    name: value,
    help,
  }));
}

function titled(all: readonly Candidate[], typed: string): readonly Candidate[] {
  if (typed === "" || typed.startsWith("-")) return [];
  return all
    .map((one, index) => ({ one, index, points: score(one.help, typed) }))
    .filter((found) => found.points !== null)
    .sort((a, b) => (b.points ?? 0) - (a.points ?? 0) || a.index - b.index)
    .map((found) => found.one);
}
