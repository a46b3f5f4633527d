import { inside, lineOf } from "./mask.ts";
import { isProduct, roomOf } from "./rooms.ts";
import type { Source } from "./sources.ts";

type Ban = {
  readonly what: string;
  /** Looked for in the code only, unless `inText`. */
  readonly pattern: RegExp;
  readonly inText?: true;
  /** Where it is forbidden; everywhere when absent. */
  readonly where?: (path: string) => boolean;
};

const outside =
  (...rooms: string[]) =>
  (path: string): boolean =>
    isProduct(path) && !rooms.includes(roomOf(path));
const inTests = (path: string): boolean => path.startsWith("test/");
const word = (...letters: string[]): string => letters.join("");

export const BANS: readonly Ban[] = [
  { what: "any", pattern: /(?<=[:<,|&(=]\s*|\bas\s+)any\b(?!\s*[(:.])/g },
  { what: "enum", pattern: /^\s*(export\s+)?(declare\s+)?(const\s+)?enum\s+\w/gm },
  { what: "non-null assertion", pattern: /[\w$)\]]!(?=[\s]*[.;,)\]}[])(?!=)/g },
  {
    what: "default export",
    pattern: /\bexport\s+default\b/g,
    where: (path) => !/^[^/]+\.config\.ts$/.test(path),
  },
  { what: "barrel", pattern: /\bexport\s*\*/g },
  { what: "debugger", pattern: /\bdebugger\b/g },
  {
    what: "compiler or linter told to look away",
    pattern: /@ts-(ignore|expect-error|nocheck)|(es|ox)lint-disable/g,
    inText: true,
    where: (path) => path !== "test/tidy/bans.ts",
  },
  {
    what: "reminder",
    pattern: new RegExp(`\\b(${word("FIX", "ME")}|${word("TO", "DO")}|${word("XX", "X")})\\b`, "g"),
    inText: true,
  },
  {
    what: "spawn outside process",
    pattern: /\bBun\s*\.\s*(spawn|spawnSync|\$)|\bBun\.Terminal\b/g,
    where: outside("process"),
  },
  {
    what: "environment outside config",
    pattern: /\bprocess\s*\.\s*env\b|\bBun\s*\.\s*env\b|\bmeta\s*\.\s*env\b/g,
    where: outside("config"),
  },
  {
    what: "clock outside main and its wiring",
    pattern: /\bDate\s*\.\s*now\b|\bnew\s+Date\s*(\(\s*\)|(?!\s*\())/g,
    where: outside("main", "wiring"),
  },
  {
    what: "steady clock where nothing waits",
    pattern: /\bperformance\s*\.\s*now\b|\bBun\s*\.\s*nanoseconds\b/g,
    where: outside("main", "wiring", "heartbeat", "process", "runs", "app"),
  },
  {
    what: "exit outside main",
    pattern: /\bprocess\s*\.\s*(exit|abort|reallyExit)\b(?!Code)/g,
    where: outside("main"),
  },
  { what: "console outside cli and main", pattern: /\bconsole\s*\.\s*\w+/g, where: outside("cli", "main") },
  {
    what: "test left out or alone",
    pattern: /\b(test|it|describe)\s*\.\s*(skip|only|todo|failing)\b|\b(xtest|xit|xdescribe)\b/g,
    where: inTests,
  },
  { what: "mock of a module", pattern: /\bmock\s*\.\s*module\b|\bspyOn\s*\(/g, where: inTests },
];

/** Sentences, each with its place. */
export function banned(source: Source): string[] {
  const found = BANS.filter((ban) => ban.where?.(source.path) ?? true).flatMap((ban) =>
    [...(ban.inText ? source.text : source.code).matchAll(ban.pattern)].map((match) =>
      at(source, match.index, ban.what),
    ),
  );
  return [...found, ...asyncInTransaction(source), ...silentSkip(source)];
}

/** A transaction's callback that is async commits before it throws. */
function asyncInTransaction(source: Source): string[] {
  const calls = source.code.matchAll(/(?:\.\s*transaction|\bwrite|\.\s*write)\s*(?=\()/g);
  return [...calls].flatMap((call) => {
    const args = inside(source.code, call.index + call[0].length);
    return /^\s*(?:[\w$.]+\s*,\s*)*async\b/.test(args)
      ? [at(source, call.index, "async inside a transaction")]
      : [];
  });
}

/** Where a test depends on what the machine has, the file must say on the output why it was left out. */
function silentSkip(source: Source): string[] {
  const skip = source.code.match(/\b(test|it|describe)\s*\.\s*(skipIf|todoIf|if)\b/);
  if (!skip || !inTests(source.path)) return [];
  if (/\bconsole\s*\.\s*(warn|error|log)\b|\bstderr\s*\.\s*write\b/.test(source.code)) return [];
  return [at(source, skip.index ?? 0, "test skipped without a word on the output")];
}

function at(source: Source, offset: number, what: string): string {
  return `${source.path}:${lineOf(source.text, offset)}: ${what}`;
}
