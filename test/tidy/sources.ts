import { statSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import { mask } from "./mask.ts";

export const ROOT = join(import.meta.dir, "../..");

export type Source = {
  /** From the top level, with `/`. */
  readonly path: string;
  readonly text: string;
  /** Code only: see `mask`. */
  readonly code: string;
  readonly imports: readonly Import[];
};

export type Import = {
  /** A package's specifier, or a path from the top level. */
  readonly to: string;
  readonly local: boolean;
  /** Vanishes when compiled: `import type`, or `import("…").Name` in a type. */
  readonly typeOnly: boolean;
  /** The names taken; `*` for all. */
  readonly names: readonly string[];
};

/** Every file that is, or would be, part of the repository. */
export function projectFiles(): string[] {
  const asked = Bun.spawnSync(
    ["git", "-c", "safe.directory=*", "ls-files", "-co", "--exclude-standard", "-z"],
    { cwd: ROOT },
  );
  if (!asked.success) throw new Error(`git ls-files failed: ${asked.stderr.toString()}`);
  const names = asked.stdout.toString().split("\0").filter(Boolean);
  return [...new Set(names)].filter((name) =>
    statSync(join(ROOT, name), { throwIfNoEntry: false })?.isFile(),
  );
}

export async function sources(files: readonly string[]): Promise<Source[]> {
  const code = files.filter((path) => /\.(ts|tsx)$/.test(path));
  return Promise.all(code.map(async (path) => parse(path, await Bun.file(join(ROOT, path)).text())));
}

export function parse(path: string, text: string): Source {
  const code = mask(text);
  return { path, text, code, imports: importsOf(path, text, code) };
}

const STATIC = /\b(?:import|export)\s+(type\s+)?([\w$*{},\s]*?)\s*from\s*(["'])/g;
const BARE = /\bimport\s*(["'])/g;
const DYNAMIC = /\bimport\s*\(\s*(["'])/g;

function importsOf(path: string, text: string, code: string): Import[] {
  const found: Import[] = [];
  const add = (quoteAt: number, quote: string, typeOnly: boolean, names: readonly string[]): void => {
    const specifier = text.slice(quoteAt + 1, text.indexOf(quote, quoteAt + 1));
    const local = specifier.startsWith(".");
    const to = local ? relative(".", normalize(join(dirname(path), specifier))) : specifier;
    found.push({ to, local, typeOnly, names });
  };
  for (const match of code.matchAll(STATIC)) {
    const [whole, type, clause = "", quote = '"'] = match;
    const names = namesOf(clause);
    const allTypes = names.length > 0 && names.every((name) => name.startsWith("type "));
    const plain = names.map((name) => name.replace(/^type /, ""));
    add(match.index + whole.length - 1, quote, type !== undefined || allTypes, plain);
  }
  for (const match of code.matchAll(BARE)) add(match.index + match[0].length - 1, match[1] ?? '"', false, []);
  for (const match of code.matchAll(DYNAMIC))
    add(match.index + match[0].length - 1, match[1] ?? '"', isTypeQuery(code, match.index), ["*"]);
  return found;
}

/** `import("x").Name` that nobody awaits or calls stands in a type. */
function isTypeQuery(code: string, at: number): boolean {
  const rest = code.slice(at).match(/^import\s*\([^)]*\)\s*(\.\s*\w+)?/);
  const chained = rest?.[1]?.replace(/[.\s]/g, "");
  return chained !== undefined && !["then", "catch", "finally"].includes(chained);
}

function namesOf(clause: string): string[] {
  const [, list] = clause.match(/\{([^}]*)\}/) ?? [];
  const names = (list ?? "")
    .split(",")
    .map((name) => name.trim().replace(/\s+as\s+.*$/, ""))
    .filter(Boolean);
  const outside = clause.replace(/\{[^}]*\}/, "").trim();
  if (outside.includes("*")) names.push("*");
  else if (/\w/.test(outside)) names.push("default");
  return names;
}
