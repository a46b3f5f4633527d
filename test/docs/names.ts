import { existsSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../tidy/sources.ts";

/** Every command's name, as the grammar declares them; empty while there is no grammar. */
export function commandNames(): Promise<string[]> {
  return namesIn("src/domain/commands.ts");
}

export function agentNames(): Promise<string[]> {
  return namesIn("src/agents/registry.ts");
}

/** The names of the first exported list or record whose entries all have one. */
async function namesIn(path: string): Promise<string[]> {
  const file = join(ROOT, path);
  if (!existsSync(file)) return [];
  const exported = Object.values((await import(file)) as Record<string, unknown>);
  for (const value of exported) {
    const names = namesOf(value);
    if (names.length > 0) return names;
  }
  throw new Error(`${path} exports no list of things with names.`);
}

function namesOf(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  if (!Array.isArray(value) && !(value instanceof Map)) {
    const keys = Object.keys(value);
    return Object.values(value).every((entry) => typeof entry === "object" || typeof entry === "function")
      ? keys
      : [];
  }
  const entries: unknown[] = value instanceof Map ? [...value.values()] : value;
  const names = entries.map((entry) =>
    typeof entry === "object" && entry !== null && "name" in entry ? entry.name : null,
  );
  return names.every((name) => typeof name === "string") ? names : [];
}
