import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT, type Source } from "./sources.ts";

export const FILE_LINES = 300;
export const FUNCTION_LINES = 60;

export function longFiles(sources: readonly Source[]): string[] {
  return sources
    .map((source) => ({ path: source.path, lines: source.text.trimEnd().split("\n").length }))
    .filter(({ lines }) => lines > FILE_LINES)
    .map(({ path, lines }) => `${path}: ${lines} lines, at most ${FILE_LINES}`);
}

type Finding = {
  readonly message: string;
  readonly filename: string;
  readonly labels: readonly { readonly span: { readonly offset: number; readonly line: number } }[];
};

/** Counted by oxlint, which has a real parser. The callback of a `describe` is a list of tests, not a function. */
export function longFunctions(
  sources: readonly Source[],
  max = FUNCTION_LINES,
  root = ROOT,
  linter = join(ROOT, "node_modules/.bin/oxlint"),
): string[] {
  const folder = mkdtempSync(join(tmpdir(), "tidy-"));
  const config = join(folder, "oxlint.json");
  const rules = { "max-lines-per-function": ["error", { max, skipBlankLines: false, skipComments: false }] };
  writeFileSync(config, JSON.stringify({ categories: { correctness: "off" }, rules }));
  const paths = sources.map((source) => source.path);
  const asked = Bun.spawnSync([linter, "-c", config, "--format", "json", ...paths], { cwd: root });
  rmSync(folder, { recursive: true });
  const report = JSON.parse(asked.stdout.toString()) as { diagnostics: Finding[]; number_of_files: number };
  if (report.number_of_files !== paths.length)
    throw new Error(`oxlint read ${report.number_of_files} of ${paths.length} files.`);
  return report.diagnostics.flatMap((finding) => {
    const span = finding.labels[0]?.span;
    const source = sources.find((candidate) => candidate.path === finding.filename);
    if (!span || !source) throw new Error(`oxlint names a place that is not there: ${finding.filename}`);
    return isDescribe(source, span.offset) ? [] : [`${source.path}:${span.line}: ${finding.message}`];
  });
}

/** Offsets are counted in bytes of UTF-8. */
function isDescribe(source: Source, byteOffset: number): boolean {
  const before = new TextDecoder().decode(new TextEncoder().encode(source.text).slice(0, byteOffset));
  const call = source.code
    .slice(0, before.length)
    .match(/\b(describe(?:\s*\.\s*\w+\([^()]*\))?)\s*\([^()]*,\s*(?:async\s*)?$/);
  return source.path.startsWith("test/") && call !== null;
}
