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
 * An agent's output for people: of each JSON line its kind and its words, other lines as they stand. What repeats or
 * says nothing is left out; `--raw` has it all.
 */
export function readable(text: string): string {
  const lines = text.split("\n").flatMap((line) => readableLine(line) ?? []);
  return lines.length > 0 ? `${lines.join("\n")}\n` : "";
}

function readableLine(line: string): string | null {
  if (!line.trim().startsWith("{")) return line.trim() === "" ? null : line;
  let event: unknown;
  try {
    event = JSON.parse(line);
  } catch {
    return line;
  }
  const kind = kindOf(event);
  const words = wordsOf(event, 0);
  if (words === null || /delta|partial/.test(kind)) return null;
  return `${kind.padEnd(10)} ${words.replaceAll("\n", "\n           ")}`;
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

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
