import type { Parsed } from "./grammar.ts";

/** The one value of an argument; null where it was left out. */
export function arg(parsed: Parsed, name: string): string | null {
  return parsed.args[name]?.[0] ?? null;
}

export function args(parsed: Parsed, name: string): readonly string[] {
  return parsed.args[name] ?? [];
}

/** Whether a switch was given; `--no-x` and its absence are both false. */
export function on(parsed: Parsed, name: string): boolean {
  return parsed.flags[name] === true;
}

/** A switch with a `--no-x`: null where neither was given. */
export function choice(parsed: Parsed, name: string): boolean | null {
  const value = parsed.flags[name];
  return typeof value === "boolean" ? value : null;
}

export function textFlag(parsed: Parsed, name: string): string | null {
  const value = parsed.flags[name];
  return typeof value === "string" ? value : null;
}

export function numberFlag(parsed: Parsed, name: string): number | null {
  const value = parsed.flags[name];
  return typeof value === "number" ? value : null;
}

export function listFlag(parsed: Parsed, name: string): readonly string[] {
  const value = parsed.flags[name];
  return Array.isArray(value) ? value.map(String) : [];
}
