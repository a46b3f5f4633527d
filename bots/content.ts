import { type Block, isTable, isVerbatim, plain, type Reply, type Row } from "../src/app/reply.ts";
import type { Problem } from "../src/domain/problem.ts";
import type { Part } from "./platform.ts";

/** What a message says, its buttons still lines: it can be kept, compared and sent again. */
export type Content = {
  readonly parts: readonly Part[];
  readonly offers: readonly Offered[];
  readonly mention: readonly string[];
};

export type Offered = {
  readonly label: string;
  /** As if it were typed, without `rally`. */
  readonly line: string;
  readonly danger: boolean;
  readonly takesText: boolean;
};

const ROWS_MAX = 60;

/** A reply as a message: tables become lines, because phones are narrow. */
export function contentOf(reply: Reply): Content {
  const problems = (reply.problems ?? []).flatMap(problemParts);
  const aside = (reply.aside ?? []).map((line): Part => ({ line }));
  const parts = [...reply.text.flatMap(partsOf), ...aside, ...problems];
  const offers = (reply.offers ?? []).map(({ label, line, danger, takesText }) => ({
    label,
    line: line.replace(/ -f$/, ""),
    danger: danger ?? false,
    takesText: takesText ?? false,
  }));
  return { parts: parts.length > 0 ? parts : [{ line: "Done." }], offers, mention: [] };
}

export function sentence(...lines: readonly string[]): Content {
  return { parts: lines.map((line) => ({ line })), offers: [], mention: [] };
}

/** One sentence, and what can be typed. */
export function problemParts(problem: Problem): Part[] {
  const hint: Part[] = problem.hint ? [{ line: [{ text: `→ ${problem.hint}`, tone: "accent" }] }] : [];
  return [{ line: problem.message }, ...hint];
}

function partsOf(block: Block): Part[] {
  if (isVerbatim(block)) return [{ code: block.verbatim }];
  if (!isTable(block)) return plain(block).trim() === "" ? [] : [{ line: block }];
  const { rows } = block.table;
  const more: Part[] = rows.length > ROWS_MAX ? [{ line: `… and ${rows.length - ROWS_MAX} more` }] : [];
  return [...rows.slice(0, ROWS_MAX).flatMap(rowPart), ...more];
}

function rowPart(row: Row): Part[] {
  if ("heading" in row) return [{ line: [{ text: plain(row.heading), tone: "strong" }] }];
  if ("below" in row) return [{ line: `    ${plain(row.below)}` }];
  const cells = row.map((cell) => plain(cell).trim()).filter((cell) => cell !== "");
  return cells.length > 0 ? [{ line: cells.join(" · ") }] : [];
}
