import type { Arg, Command, Flag, Surface } from "./command.ts";
import { usage } from "./command.ts";
import { GLOBAL_FLAGS } from "./commands.ts";
import { type FlagValue, readFlag, refuseContradictions } from "./grammar-flags.ts";
import { nearest } from "./grammar-nearest.ts";
import { parseDispatchRef, parseTarget } from "./grammar-refs.ts";
import { lineWords, shellWords, type Words } from "./grammar-words.ts";
import { Problem } from "./problem.ts";

/** What a person said, checked against the declaration of the command. */
export type Parsed = {
  readonly command: Command;
  /** By the argument's name; an argument that was left out is not there. */
  readonly args: Readonly<Record<string, readonly string[]>>;
  /** By the flag's name; a flag that was not given is not there. */
  readonly flags: Readonly<Record<string, FlagValue>>;
  /** `--help` was given: nothing else was checked. */
  readonly help: boolean;
};

export type ParseOptions = {
  readonly surface: Surface;
  /** What no words at all stand for. */
  readonly alone?: string;
};

/**
 * A shell's words, or a line of chat or of the palette. In a shell a text is one word and flags may stand anywhere; in
 * a line flags come first and a text is the raw rest. Throws Problem `usage`, with what was probably meant.
 */
export function parseLine(
  declared: readonly Command[],
  given: readonly string[] | string,
  options: ParseOptions,
): Parsed {
  const words = typeof given === "string" ? lineWords(given) : shellWords(given);
  const flags: Record<string, FlagValue> = {};
  const command = findCommand(declared, words, flags, options);
  const args = command.raw ? rawArgs(command, words) : readRest(command, words, flags, options.surface);
  const help = flags.help === true;
  if (!help) {
    check(command, args);
    refuseContradictions(command, flags);
  }
  delete flags.help;
  return { command, args, flags, help };
}

/** The command that the words begin with; flags that all commands take may stand before it. */
function findCommand(
  declared: readonly Command[],
  words: Words,
  flags: Record<string, FlagValue>,
  options: ParseOptions,
): Command {
  const line = options.surface !== "cli";
  for (let token = words.peek(); token; token = words.peek()) {
    if (!token.text.startsWith("-") || token.quoted) break;
    if (token.text === "--version" || token.text === "-V") return take(words, named(declared, "version"));
    readFlag(words, { command: null, known: GLOBAL_FLAGS, surface: options.surface }, flags);
  }
  if (line && words.peek()?.text.toLowerCase() === "rally") words.take();
  const first = words.peek();
  if (!first) return named(declared, flags.help === true ? "help" : (options.alone ?? "status"));
  const word = line
    ? first.text
        .replace(/^\/([\w-]+)@\w+$/, "/$1")
        .replace(/^\//, "")
        .toLowerCase()
    : first.text;
  const of = declared.filter((command) => command.name.split(" ", 1)[0] === word);
  if (of.length === 0) throw unknown(word, declared, options.surface);
  words.take();
  const second = words.peek()?.text ?? "";
  const longer = of.find((command) => command.name === `${word} ${line ? second.toLowerCase() : second}`);
  if (longer) return onSurface(take(words, longer), options.surface);
  const plain = of.find((command) => command.name === word);
  if (plain) return onSurface(plain, options.surface);
  const inner = of.map((command) => command.name.slice(word.length + 1));
  throw new Problem("usage", `"${word}" needs to be told what: ${inner.join(", ")}.`, {
    hint: of[0]?.examples[0],
  });
}

function readRest(
  command: Command,
  words: Words,
  flags: Record<string, FlagValue>,
  surface: Surface,
): Record<string, readonly string[]> {
  const args: Record<string, string[]> = {};
  const known = [...command.flags, ...GLOBAL_FLAGS];
  let plainOnly = false;
  let given = 0;
  for (let token = words.peek(); token; token = words.peek()) {
    if (!plainOnly && !token.quoted && token.text === "--") {
      words.take();
      plainOnly = true;
      continue;
    }
    if (!plainOnly && !token.quoted && /^-[^\d\s]/.test(token.text)) {
      readFlag(words, { command, known, surface }, flags);
      continue;
    }
    const arg = command.args[given];
    const flag = surface === "cli" ? undefined : bareFlag(command, arg, token.text);
    if (flag) {
      words.take();
      flags[flag.name] = true;
      continue;
    }
    if (!arg) throw tooMany(command, token.text, surface);
    const rest = arg.kind === "text" ? words.rest() : null;
    if (rest !== null) return { ...args, [arg.name]: [rest] };
    words.take();
    args[arg.name] = [...(args[arg.name] ?? []), token.text];
    if (!arg.many) given += 1;
  }
  return args;
}

/** On a phone `clean orphaned` is easier than `clean --orphaned`; what needs a higher role is never meant by a word. */
function bareFlag(command: Command, arg: Arg | undefined, word: string): Flag | undefined {
  if (arg && arg.kind !== "dispatch") return undefined;
  return command.flags.find(
    (flag) => flag.type === "switch" && !flag.role && flag.name === word.toLowerCase(),
  );
}

function rawArgs(command: Command, words: Words): Record<string, readonly string[]> {
  const all: string[] = [];
  for (let token = words.peek(); token; token = words.peek()) {
    all.push(token.text);
    words.take();
  }
  const name = command.args[0]?.name;
  return name && all.length > 0 ? { [name]: all } : {};
}

function check(command: Command, args: Readonly<Record<string, readonly string[]>>): void {
  for (const arg of command.args) {
    const given = args[arg.name];
    if (!given || given.length === 0) {
      if (!arg.optional) throw missing(command, arg);
      continue;
    }
    for (const value of given) checkValue(command, arg, value);
  }
}

function checkValue(command: Command, arg: Arg, value: string): void {
  if (command.raw) return;
  if (value.trim() === "") throw missing(command, arg);
  if (arg.kind === "dispatch") parseDispatchRef(value);
  if (arg.kind === "target") parseTarget(value, TARGET_KINDS[command.name] ?? null);
  if (!arg.of || arg.of.includes(value)) return;
  const near = nearest(value, arg.of);
  const meant = near ? `; did you mean ${near}?` : ".";
  throw new Problem("usage", `"${value}" is not one of ${arg.of.join(", ")}${meant}`, {
    hint: near ? `rally ${command.name} ${near}` : command.examples[0],
  });
}

const TARGET_KINDS: Readonly<Record<string, "issue" | "pr">> = {
  "dispatch issue": "issue",
  "dispatch pr": "pr",
};

const NEEDED: Record<Arg["kind"], string> = {
  dispatch: "a dispatch: its number, or its target like #42",
  target: "an issue or pull request: its number, owner/repo#42, or its address",
  project: "a project: its name, or owner/repo",
  path: "a path",
  command: "a command",
  setting: "the key of a setting",
  word: "a word",
  text: "a text",
};

function missing(command: Command, arg: Arg): Problem {
  const what = arg.of
    ? `one of ${arg.of.join(", ")}`
    : arg.kind === "text"
      ? `a text: the ${arg.name}`
      : NEEDED[arg.kind];
  return new Problem("usage", `"rally ${command.name}" needs ${what}.`, { hint: command.examples[0] });
}

function tooMany(command: Command, word: string, surface: Surface): Problem {
  const last = command.args.at(-1);
  if (last?.kind === "text" && surface === "cli")
    return new Problem("usage", `"rally ${command.name}" takes one text, so put it in quotes.`, {
      hint: command.examples[0],
    });
  return new Problem("usage", `"rally ${command.name}" does not take "${word}".`, { hint: usage(command) });
}

function unknown(word: string, declared: readonly Command[], surface: Surface): Problem {
  const names = declared
    .filter((command) => !command.hidden && command.surfaces.includes(surface))
    .map((command) => command.name.split(" ", 1)[0] ?? "");
  const near = nearest(word, [...new Set(names)]);
  if (near)
    return new Problem("usage", `There is no command "${word}"; did you mean ${near}?`, {
      hint: `rally ${near}`,
    });
  const target = /^#?\d+$/.test(word) || /#\d+$/.test(word) || /^https?:/.test(word);
  return new Problem("usage", `There is no command "${word}".`, {
    hint: target ? `rally dispatch ${word}` : "rally help",
  });
}

function onSurface(command: Command, surface: Surface): Command {
  if (command.surfaces.includes(surface)) return command;
  const where = command.surfaces.includes("cli") ? "in a shell" : "in a chat";
  throw new Problem("usage", `"${command.name}" works only ${where}.`, { hint: `rally ${command.name}` });
}

function named(declared: readonly Command[], name: string): Command {
  const command = declared.find((candidate) => candidate.name === name);
  if (!command) throw new Problem("usage", `There is no command "${name}".`, { hint: "rally help" });
  return command;
}

function take(words: Words, command: Command): Command {
  words.take();
  return command;
}
