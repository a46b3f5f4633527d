import { isProduct } from "./rooms.ts";
import type { Source } from "./sources.ts";

/** Called by name from outside: programs, configuration, and what a library looks for. */
const ENTRIES: readonly RegExp[] = [
  /^src\/main\.ts$/,
  /^bots\/[^/]+\/main\.ts$/,
  /^tui\/main\.ts$/,
  /^src\/store\/schema\.ts$/,
];

type Exported = { readonly name: string; readonly isType: boolean };

/**
 * Names that the product exports and nobody takes. A type may also be there for the signatures of its own file, so it
 * is dead only where that does not mention it either.
 */
export function deadExports(sources: readonly Source[]): string[] {
  const taken = takenNames(sources);
  return sources
    .filter((source) => isProduct(source.path) && !ENTRIES.some((entry) => entry.test(source.path)))
    .flatMap((source) => {
      const names = taken.get(source.path) ?? new Set<string>();
      if (names.has("*")) return [];
      return exportsOf(source)
        .filter(({ name, isType }) => !names.has(name) && !(isType && mentions(source, name) > 1))
        .map(({ name }) => `${source.path}: nobody uses "${name}"`);
    });
}

export function exportsOf(source: Source): Exported[] {
  const declared = source.code.matchAll(
    /\bexport\s+(?:declare\s+)?(?:abstract\s+)?(async\s+function\*?|function\*?|const|let|class|type|interface)\s+([\w$]+)/g,
  );
  const found = [...declared].map(([, what = "", name = ""]) => ({
    name,
    isType: what === "type" || what === "interface",
  }));
  for (const [, type, list = ""] of source.code.matchAll(/\bexport\s+(type\s+)?\{([^}]*)\}/g))
    for (const entry of list
      .split(",")
      .map((part) => part.trim())
      .filter(Boolean)) {
      const name = entry.replace(/^type\s+/, "").replace(/^.*\sas\s+/, "");
      found.push({ name, isType: type !== undefined || entry.startsWith("type ") });
    }
  return found;
}

function takenNames(sources: readonly Source[]): Map<string, Set<string>> {
  const taken = new Map<string, Set<string>>();
  for (const source of sources)
    for (const entry of source.imports) {
      if (!entry.local) continue;
      const names = taken.get(entry.to) ?? new Set<string>();
      for (const name of entry.names) names.add(name);
      taken.set(entry.to, names);
    }
  return taken;
}

function mentions(source: Source, name: string): number {
  return (
    source.code.match(new RegExp(`(?<![\\w$])${name.replaceAll("$", "\\$")}(?![\\w$])`, "g"))?.length ?? 0
  );
}
