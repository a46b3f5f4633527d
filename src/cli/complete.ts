import type { Arg, Command, Flag, Surface } from "../domain/command.ts";
import { GLOBAL_FLAGS } from "../domain/commands.ts";
import { cleanLine } from "./clean.ts";

export type Candidate = {
  readonly value: string;
  readonly help: string;
  /** Other names of it, which complete what begins like them. */
  readonly also?: readonly string[];
};
/** What only the store or the file system knows. */
export type Wanted = "dispatch" | "target" | "project" | "agent" | "setting";
export type Lookup = (wanted: Wanted) => Promise<readonly Candidate[]>;

/** What could stand for a word: what the grammar knows, and what has to be looked up. */
export type Open = {
  readonly known: readonly Candidate[];
  readonly wanted: Wanted | null;
  /** Stands before each that is looked up: `--agent=`. */
  readonly lead: string;
  /** The name of one on this machine, which only the file system knows. */
  readonly path: PathKind | null;
};

export type PathKind = "file" | "folder";

/** Tells the shell to complete names of files by itself. */
export const FILES = ":files";

/**
 * What could stand for the last of these words, which follow `rally`: one line each, value and help with a tab between
 * them, or FILES. Never throws: half a line is no mistake, and a lookup that fails offers nothing.
 */
export async function complete(
  declared: readonly Command[],
  words: readonly string[],
  lookup: Lookup,
): Promise<string[]> {
  const open = openAt(declared, words, "cli");
  if (open.path !== null) return [FILES];
  const found = open.wanted === null ? [] : await lookup(open.wanted).catch(() => []);
  return beginning(open, found, words.at(-1) ?? "").map(
    ({ value, help }) => `${cleanLine(value)}\t${cleanLine(help)}`,
  );
}

/** Those that begin like what was typed, each by the name that does. */
export function beginning(open: Open, found: readonly Candidate[], typed: string): Candidate[] {
  const looked = found.map(({ value, help, also }) => ({
    value: open.lead + value,
    help,
    also: also?.map((name) => open.lead + name) ?? [],
  }));
  return [...open.known, ...looked].flatMap(({ value, help, also }) => {
    const name = [value, ...(also ?? [])].find((one) => one.startsWith(typed));
    return name === undefined ? [] : [{ value: name, help }];
  });
}

/**
 * What the grammar has for the last of these words. On a line, flags of a shell and the words of a text are left out;
 * a file can be named there, too.
 */
export function openAt(declared: readonly Command[], words: readonly string[], surface: Surface): Open {
  const typed = words.at(-1) ?? "";
  const before = words.slice(0, -1);
  const { command, given, name } = readBefore(declared, before);
  const ended = before.includes("--");
  if (surface !== "cli" && (ended || isText(command, given - 1))) return NOTHING;
  const flags = [...(command?.flags ?? []), ...GLOBAL_FLAGS];
  const valued = ended ? undefined : flags.find((flag) => takesNext(flag, before.at(-1)));
  if (valued) return ofFlag(valued);
  const [long, ...after] = typed.split("=");
  const assigned = flags.find(
    (flag) => flag.type !== "switch" && after.length > 0 && `--${flag.name}` === long,
  );
  if (assigned) return led(ofFlag(assigned), `${long}=`);
  if (typed.startsWith("-") && !ended) return known(flagsOf(command, surface).flatMap(ofFlagName));
  const inner = given === 0 ? nextWords(declared, name) : [];
  if (!command) return known(inner);
  const arg = command.args[Math.min(given, command.args.length - 1)];
  if (!arg || (given >= command.args.length && !arg.many)) return known(inner);
  const values = ofArg(arg, declared);
  return { ...values, known: [...inner, ...values.known] };
}

const NOTHING: Open = { known: [], wanted: null, lead: "", path: null };

function known(candidates: readonly Candidate[]): Open {
  return { ...NOTHING, known: candidates };
}

function led(open: Open, lead: string): Open {
  return { ...open, lead, known: open.known.map((one) => ({ ...one, value: lead + one.value })) };
}

function flagsOf(command: Command | undefined, surface: Surface): readonly Flag[] {
  const own = command?.flags ?? [];
  if (surface === "cli" || !command?.surfaces.includes(surface)) return [...own, ...GLOBAL_FLAGS];
  return [
    ...own.filter((flag) => !flag.shell || pathKind(flag) !== null),
    ...GLOBAL_FLAGS.filter((flag) => !flag.shell),
  ];
}

function isText(command: Command | undefined, index: number): boolean {
  return command !== undefined && command.args[Math.min(index, command.args.length - 1)]?.kind === "text";
}

/** The command so far, how many of its arguments are there, and the words of its name. */
function readBefore(declared: readonly Command[], before: readonly string[]) {
  let name = "";
  let command: Command | undefined;
  let given = 0;
  for (let at = 0; at < before.length; at++) {
    const word = before[at] ?? "";
    const flags = [...(command?.flags ?? []), ...GLOBAL_FLAGS];
    if (flags.some((flag) => takesNext(flag, word))) at += 1;
    else if (!word.startsWith("-")) {
      const longer = name === "" ? word : `${name} ${word}`;
      const known =
        given === 0 && declared.some((candidate) => `${candidate.name} `.startsWith(`${longer} `));
      if (known) name = longer;
      else given += 1;
      command = declared.find((candidate) => candidate.name === name);
    }
  }
  return { command, given, name };
}

function takesNext(flag: Flag, word: string | undefined): boolean {
  return flag.type !== "switch" && (word === `--${flag.name}` || word === `-${flag.short ?? "-"}`);
}

function nextWords(declared: readonly Command[], name: string): Candidate[] {
  const prefix = name === "" ? "" : `${name} `;
  const found = new Map<string, string>();
  for (const command of declared) {
    if (command.hidden || !command.surfaces.includes("cli") || !command.name.startsWith(prefix)) continue;
    const [word = "", ...more] = command.name.slice(prefix.length).split(" ");
    if (word !== "" && (more.length === 0 || !found.has(word))) found.set(word, command.summary);
  }
  return [...found].map(([value, help]) => ({ value, help }));
}

function ofArg(arg: Arg, declared: readonly Command[]): Open {
  if (arg.of) return known(arg.of.map((value) => ({ value, help: "" })));
  if (arg.kind === "path") return { ...NOTHING, path: "folder" };
  if (arg.kind === "command") return known(nextWords(declared, ""));
  if (arg.kind === "word" || arg.kind === "text") return NOTHING;
  return { ...NOTHING, wanted: arg.kind };
}

function ofFlag(flag: Flag): Open {
  if (flag.of) return known(flag.of.map((value) => ({ value, help: "" })));
  const path = pathKind(flag);
  if (path !== null) return { ...NOTHING, path };
  return flag.name === "project" || flag.name === "agent" ? { ...NOTHING, wanted: flag.name } : NOTHING;
}

function pathKind(flag: Flag): PathKind | null {
  if (flag.value === "F") return "file";
  return flag.value === "DIR" ? "folder" : null;
}

function ofFlagName(flag: Flag): Candidate[] {
  const plain = { value: `--${flag.name}`, help: flag.help };
  const negated = { value: `--no-${flag.name}`, help: flag.help };
  if (flag.no === "only") return [negated];
  return flag.no === "also" ? [plain, negated] : [plain];
}
