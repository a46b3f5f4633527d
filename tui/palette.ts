import {
  beginning,
  type Candidate,
  type Open,
  openAt,
  type PathKind,
  type Wanted,
} from "../src/cli/complete.ts";
import { ranked, score } from "../src/cli/picker.ts";
import { usage } from "../src/domain/command.ts";
import { COMMANDS } from "../src/domain/commands.ts";
import { shellWordsOf } from "./typed.ts";

/** What there is now of what a line can name: dispatches, projects, agents, and what is in the folder it has come to. */
export type Names = Partial<Record<Wanted, readonly Candidate[]>> & { readonly paths?: Paths };

/** A folder as it was typed, with a slash at its end; empty for the one that Rally was started in. */
export type PathsWanted = { readonly folder: string; readonly kind: PathKind };
type Paths = PathsWanted & { readonly written: string; readonly found: readonly Candidate[] };

/** What a line may become, as a row of the palette. */
export type Suggestion = {
  readonly line: string;
  readonly name: string;
  readonly help: string;
  /** Typed like this, it is whole. */
  readonly word: string;
};

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
  const { typed } = openWord(text);
  // A number, a folder, and what a candidate is called, is meant as it was typed.
  const whole = typed === "" || /^#?\d+$|\/$|(^|\/)\.\.?$/.test(typed);
  return whole || suggestions(text, names).some((one) => one.word === typed) ? null : line;
}

/** The folder that has to be read before the line can be completed; null where none, or where it is known. */
export function pathsMissing(text: string, { paths }: Names): PathsWanted | null {
  if (!commandOf(text)) return null;
  const { open, typed } = opened(text);
  if (open.path === null) return null;
  const { folder } = cutPath(open, typed);
  return paths?.folder === folder && paths.kind === open.path ? null : { folder, kind: open.path };
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

/** The word that is being typed, and what stands before it. One in quotes is finished, but for a folder. */
function openWord(text: string): { readonly lead: string; readonly typed: string } {
  if (/\s$/.test(text)) return { lead: text, typed: "" };
  const typed = shellWordsOf(text).at(-1) ?? "";
  const quoted = `"${typed}"`;
  if (typed.endsWith("/") && text.endsWith(quoted)) return { lead: text.slice(0, -quoted.length), typed };
  return text.endsWith(typed)
    ? { lead: text.slice(0, text.length - typed.length), typed }
    : { lead: `${text} `, typed: "" };
}

function opened(text: string): { readonly open: Open; readonly lead: string; readonly typed: string } {
  const { lead, typed } = openWord(text);
  return { open: openAt(COMMANDS, [...shellWordsOf(lead), typed], "palette"), lead, typed };
}

/** Up to the last slash, and what follows it; without the flag that it is the value of. */
function cutPath(open: Open, typed: string): { readonly folder: string; readonly begun: string } {
  const path = typed.slice(open.lead.length);
  const end = path.lastIndexOf("/") + 1;
  return { folder: path.slice(0, end), begun: path.slice(end) };
}

function commandsFor(text: string): readonly Suggestion[] {
  const typed = bare(text).trim();
  return OFFERED.map((command, index) => ({
    command,
    index,
    points: score(command.name, typed) ?? said(command.summary, typed),
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
      word: command.name,
    }));
}

/** A summary has words for people: letters of any of them would find everything. */
function said(summary: string, typed: string): number | null {
  const lower = summary.toLowerCase();
  return typed
    .toLowerCase()
    .split(/\s+/)
    .every((word) => lower.includes(word))
    ? 0
    : null;
}

function argumentsFor(text: string, names: Names): readonly Suggestion[] {
  const { open, lead, typed } = opened(text);
  if (open.path !== null) return pathsFor(open, lead, typed, names.paths);
  const looked = open.wanted === null ? [] : (names[open.wanted] ?? []);
  const starting = beginning(open, looked, typed);
  // Nobody knows numbers by heart: words of the title find them, too.
  const found = starting.length > 0 ? starting : titled(looked, typed);
  return found.map(({ value, help }) => ({
    line: `${lead}${quoted(value)}${value.endsWith("=") ? "" : " "}`,
    name: value,
    help,
    word: value,
  }));
}

/** What is in the folder; hidden ones only where a dot says so. */
function pathsFor(open: Open, lead: string, typed: string, paths: Paths | undefined): readonly Suggestion[] {
  const { folder, begun } = cutPath(open, typed);
  if (paths?.folder !== folder || paths.kind !== open.path) return [];
  const { found, written } = paths;
  return found
    .filter(({ value }) => value.startsWith(begun) && (begun !== "" || !value.startsWith(".")))
    .map(({ value, help }) => ({
      line: `${lead}${open.lead}${quoted(written + value)}${value.endsWith("/") ? "" : " "}`,
      name: value,
      help,
      word: `${open.lead}${folder}${value.replace(/\/$/, "")}`,
    }));
}

function quoted(word: string): string {
  return /\s/.test(word) ? `"${word}"` : word;
}

function titled(all: readonly Candidate[], typed: string): readonly Candidate[] {
  return typed === "" || typed.startsWith("-") ? [] : ranked(all, (one) => one.help, typed);
}
