import type { Arg, Command, Flag } from "../domain/command.ts";
import { GLOBAL_FLAGS } from "../domain/commands.ts";

export type Candidate = { readonly value: string; readonly help: string };
/** What only the store or the file system knows. */
export type Wanted = "dispatch" | "target" | "project" | "agent" | "setting";
export type Lookup = (wanted: Wanted) => Promise<readonly Candidate[]>;

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
  const typed = words.at(-1) ?? "";
  const found = await candidates(declared, words.slice(0, -1), typed, lookup).catch(() => []);
  if (found === FILES) return [FILES];
  const starting = found.filter((candidate) => candidate.value.startsWith(typed));
  return starting.map(({ value, help }) => `${value}\t${help.replace(/\s+/g, " ")}`);
}

async function candidates(
  declared: readonly Command[],
  before: readonly string[],
  typed: string,
  lookup: Lookup,
): Promise<readonly Candidate[] | typeof FILES> {
  const { command, given, name } = readBefore(declared, before);
  const flags = [...(command?.flags ?? []), ...GLOBAL_FLAGS];
  const ended = before.includes("--");
  const valued = ended ? undefined : flags.find((flag) => takesNext(flag, before.at(-1)));
  if (valued) return ofFlag(valued, lookup);
  const [long, ...after] = typed.split("=");
  const assigned = flags.find(
    (flag) => flag.type !== "switch" && after.length > 0 && `--${flag.name}` === long,
  );
  if (assigned) {
    const values = await ofFlag(assigned, lookup);
    return values === FILES ? FILES : values.map(({ value, help }) => ({ value: `${long}=${value}`, help }));
  }
  if (typed.startsWith("-") && !ended) return flags.flatMap(ofFlagName);
  const inner = given === 0 ? nextWords(declared, name) : [];
  if (!command) return inner;
  const arg = command.args[Math.min(given, command.args.length - 1)];
  if (!arg || (given >= command.args.length && !arg.many)) return inner;
  const values = await ofArg(arg, declared, lookup);
  return values === FILES ? FILES : [...inner, ...values];
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

async function ofArg(
  arg: Arg,
  declared: readonly Command[],
  lookup: Lookup,
): Promise<readonly Candidate[] | typeof FILES> {
  if (arg.of) return arg.of.map((value) => ({ value, help: "" }));
  if (arg.kind === "path") return FILES;
  if (arg.kind === "command") return nextWords(declared, "");
  if (arg.kind === "word" || arg.kind === "text") return [];
  return lookup(arg.kind);
}

async function ofFlag(flag: Flag, lookup: Lookup): Promise<readonly Candidate[] | typeof FILES> {
  if (flag.of) return flag.of.map((value) => ({ value, help: "" }));
  if (flag.value === "F" || flag.value === "DIR") return FILES;
  return flag.name === "project" || flag.name === "agent" ? lookup(flag.name) : [];
}

function ofFlagName(flag: Flag): Candidate[] {
  const plain = { value: `--${flag.name}`, help: flag.help };
  const negated = { value: `--no-${flag.name}`, help: flag.help };
  if (flag.no === "only") return [negated];
  return flag.no === "also" ? [plain, negated] : [plain];
}
