import { entriesOf, isObject } from "./log-events.ts";

/** Keys under which agents keep what a person wants to read, in the order in which they are looked for. */
const WORDS = [
  "text",
  "content",
  "message",
  "result",
  "output",
  "command",
  "input",
  "name",
  "toolName",
] as const;

/**
 * An agent's output for people: who and what in the shapes that are known, of other JSON lines their kind and their
 * words, other lines as they stand. What repeats or says nothing is left out; `--raw` has it all.
 */
export function readable(text: string): string {
  const shown: string[] = [];
  let joined = false;
  for (const line of text.split("\n")) {
    for (const { label, words, joins } of entries(line)) {
      const last = shown.pop();
      if (joins && joined && last !== undefined) shown.push(last + indented(words));
      else
        shown.push(
          ...(last === undefined ? [] : [last]),
          label === null ? words : `${label.padEnd(10)} ${indented(words)}`,
        );
      joined = joins;
    }
  }
  return shown.length > 0 ? `${shown.join("\n")}\n` : "";
}

type Shown = { readonly label: string | null; readonly words: string; readonly joins: boolean };

function entries(line: string): readonly Shown[] {
  if (line.trim() === "") return [];
  const event = parsed(line);
  if (event === null) return [{ label: null, words: line, joins: false }];
  const known = entriesOf(event);
  if (known) return known.map(({ who, words, joins }) => ({ label: who, words, joins: joins === true }));
  const kind = kindOf(event);
  const words = wordsOf(event, 0);
  return words === null || /delta|partial/.test(kind) ? [] : [{ label: kind, words, joins: false }];
}

function parsed(line: string): Readonly<Record<string, unknown>> | null {
  if (!line.trim().startsWith("{")) return null;
  try {
    const event: unknown = JSON.parse(line);
    return isObject(event) ? event : null;
  } catch {
    return null;
  }
}

function indented(words: string): string {
  return words.replaceAll("\n", "\n           ");
}

function kindOf(event: unknown): string {
  const type = isObject(event) && typeof event.type === "string" ? event.type : "";
  return type.split(/[./]/).at(-1) ?? type;
}

function wordsOf(value: unknown, depth: number): string | null {
  if (typeof value === "string") return value.trim() === "" ? null : value.trim();
  if (depth > 5) return null;
  if (Array.isArray(value)) {
    const parts = value.flatMap((each) => wordsOf(each, depth + 1) ?? []);
    return parts.length > 0 ? parts.join("\n") : null;
  }
  if (!isObject(value)) return null;
  for (const key of WORDS) {
    const words = key in value ? wordsOf(value[key], depth + 1) : null;
    if (words !== null) return words;
  }
  for (const key of ["data", "item", "part", "message", "state", "error"]) {
    const words = key in value ? wordsOf(value[key], depth + 1) : null;
    if (words !== null) return words;
  }
  return null;
}
