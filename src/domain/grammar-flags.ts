import type { Command, Flag, Surface } from "./command.ts";
import { valueName } from "./command.ts";
import { nearest } from "./grammar-nearest.ts";
import type { Words } from "./grammar-words.ts";
import { Problem } from "./problem.ts";

export type FlagValue = string | number | boolean | readonly string[];

type Context = {
  readonly command: Command | null;
  readonly known: readonly Flag[];
  readonly surface: Surface;
};

/** Takes the flag that comes next, with its value, into `flags`. Throws Problem `usage`. */
export function readFlag(words: Words, context: Context, flags: Record<string, FlagValue>): void {
  const word = words.peek()?.text ?? "";
  words.take();
  if (word.startsWith("--")) readLong(word.slice(2), words, context, flags);
  else readShort(word.slice(1), words, context, flags);
}

function readLong(body: string, words: Words, context: Context, flags: Record<string, FlagValue>): void {
  const [name = "", ...after] = body.split("=");
  const value = after.length > 0 ? after.join("=") : null;
  const plain = context.known.find((flag) => flag.name === name && flag.no !== "only");
  if (plain) {
    store(plain, value, words, context, flags);
    return;
  }
  const denied = name.startsWith("no-") ? name.slice(3) : null;
  const negated = context.known.find((flag) => flag.no && flag.name === denied);
  if (!negated) throw unknown(`--${name}`, context);
  if (value !== null) throw new Problem("usage", `--${name} takes no value.`, { hint: hint(context) });
  allowed(negated, context);
  give(negated, false, context, flags);
}

/** `-f`, `-C dir`, `-Cdir`, and several switches in one. */
function readShort(body: string, words: Words, context: Context, flags: Record<string, FlagValue>): void {
  for (let at = 0; at < body.length; at++) {
    const flag = context.known.find((candidate) => candidate.short === body[at]);
    if (!flag) throw unknown(`-${body}`, context);
    const after = body.slice(at + 1);
    const valued = flag.type !== "switch";
    store(flag, valued && after !== "" ? after.replace(/^=/, "") : null, words, context, flags);
    if (valued) return;
  }
}

function store(
  flag: Flag,
  attached: string | null,
  words: Words,
  context: Context,
  flags: Record<string, FlagValue>,
): void {
  allowed(flag, context);
  if (flag.type === "switch") {
    if (attached !== null && attached !== "true" && attached !== "false")
      throw new Problem("usage", `--${flag.name} takes no value but true or false.`, { hint: hint(context) });
    give(flag, attached !== "false", context, flags);
    return;
  }
  const value = checked(flag, attached ?? nextValue(words), context);
  if (flag.type !== "list") give(flag, value, context, flags);
  else {
    const before = flags[flag.name];
    flags[flag.name] = [...(Array.isArray(before) ? before : []), String(value)];
  }
}

/** What was given before may be given again, but not as something else: nobody can tell which one is meant. */
function give(
  flag: Flag,
  value: string | number | boolean,
  context: Context,
  flags: Record<string, FlagValue>,
): void {
  const before = flags[flag.name];
  if (before !== undefined && before !== value) {
    const both = typeof value === "boolean" ? `--${flag.name} and --no-${flag.name}` : `--${flag.name} twice`;
    throw new Problem("usage", `Of ${both} only one can be meant.`, { hint: hint(context) });
  }
  flags[flag.name] = value;
}

/** Throws `usage` where two flags were given that exclude each other. */
export function refuseContradictions(command: Command, flags: Readonly<Record<string, FlagValue>>): void {
  const given = (name: string) => flags[name] !== undefined && flags[name] !== false;
  for (const { name, not } of command.flags) {
    const other = given(name) ? not?.find(given) : undefined;
    if (other === undefined) continue;
    throw new Problem("usage", `--${name} and --${other} exclude each other.`, {
      hint: `rally help ${command.name}`,
    });
  }
}

/** A flag is not a value, unless it is written with `=`. */
function nextValue(words: Words): string | null {
  const next = words.peek();
  if (!next || (!next.quoted && /^--?[A-Za-z]/.test(next.text))) return null;
  words.take();
  return next.text;
}

function checked(flag: Flag, value: string | null, context: Context): string | number {
  if (value === null || value.trim() === "")
    throw new Problem("usage", `--${flag.name} needs a value: ${valueName(flag)}.`, { hint: hint(context) });
  if (flag.type === "number") {
    if (/^[1-9]\d{0,8}$/.test(value)) return Number(value);
    throw new Problem("usage", `--${flag.name} needs a number like 1, not "${value}".`, {
      hint: hint(context),
    });
  }
  if (!flag.of || flag.of.includes(value)) return value;
  const near = nearest(value, flag.of);
  const meant = near ? `; did you mean ${near}?` : ".";
  throw new Problem("usage", `--${flag.name} is one of ${flag.of.join(", ")}, not "${value}"${meant}`, {
    hint: hint(context),
  });
}

function allowed(flag: Flag, context: Context): void {
  if (flag.shell && context.surface !== "cli")
    throw new Problem("usage", `--${flag.name} works only in a shell.`, { hint: hint(context) });
}

function unknown(typed: string, context: Context): Problem {
  const names = context.known
    .filter((flag) => !flag.shell || context.surface === "cli")
    .flatMap((flag) => [
      ...(flag.no === "only" ? [] : [`--${flag.name}`]),
      ...(flag.no ? [`--no-${flag.name}`] : []),
    ]);
  const near = typed.startsWith("--") ? nearest(typed, names) : null;
  const of = context.command ? ` for "rally ${context.command.name}"` : "";
  const meant = near ? `; did you mean ${near}?` : ".";
  return new Problem("usage", `There is no flag ${typed}${of}${meant}`, { hint: hint(context) });
}

function hint(context: Context): string {
  return context.command ? `rally help ${context.command.name}` : "rally help";
}
