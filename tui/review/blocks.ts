import { clean, wrap } from "../text.ts";
import type { Comment } from "./notes.ts";
import type { Diff } from "./patch.ts";
import { placed, reviewLines } from "./placing.ts";

/** A review in rows of the screen: each line takes one, and below it those of its comments, to their end. */
export type Blocks = {
  /** All rows. */
  readonly count: number;
  /** The row of a line; what belongs to it ends before `endOf`. */
  readonly topOf: (at: number) => number;
  readonly endOf: (at: number) => number;
  /** The line that a row belongs to, and how far below it the row is. */
  readonly lineAt: (row: number) => { readonly at: number; readonly below: number };
  /** What stands below a line. */
  readonly below: (at: number) => readonly string[];
};

/** A line with comments: where it is, and what stands below it. */
type Block = { readonly at: number; readonly top: number; readonly rows: readonly string[] };

/** Comments are few and lines are many: nothing here looks at every line. */
export function blocksOf(diff: Diff, comments: readonly Comment[], width: number): Blocks {
  const found = known.get(comments);
  if (found?.diff === diff && found.width === width) return found.blocks;
  const blocks = blocksFrom(withComments(diff, comments, width), reviewLines(diff, comments).length);
  known.set(comments, { diff, width, blocks });
  return blocks;
}

const known = new WeakMap<
  readonly Comment[],
  { readonly diff: Diff; readonly width: number; readonly blocks: Blocks }
>();

function blocksFrom(blocks: readonly Block[], lines: number): Blocks {
  const rowsAt = (at: number) => blocks.find((block) => block.at === at)?.rows ?? [];
  const topOf = (at: number) => {
    const last = blocks.findLast((block) => block.at < at);
    return last ? last.top + last.rows.length + at - last.at : at;
  };
  return {
    count: topOf(lines),
    topOf,
    endOf: (at) => topOf(at) + 1 + rowsAt(at).length,
    lineAt: (row) => {
      const last = blocks.findLast((block) => block.top <= row);
      if (!last) return { at: row, below: 0 };
      const past = row - last.top - last.rows.length;
      return past <= 0 ? { at: last.at, below: row - last.top } : { at: last.at + past, below: 0 };
    },
    below: rowsAt,
  };
}

function withComments(diff: Diff, comments: readonly Comment[], width: number): readonly Block[] {
  const rows = new Map<number, string[]>();
  // Behind the diff and the heading of those whose lines are gone.
  let end = diff.lines.length;
  for (const { at, comment } of placed(diff, comments)) {
    if (at === null) end += 1;
    const line = at ?? end;
    rows.set(line, [...(rows.get(line) ?? []), ...rowsOf(comment, width)]);
  }
  let above = 0;
  return [...rows]
    .sort(([a], [b]) => a - b)
    .map(([at, below]) => {
      const block = { at, top: at + above, rows: below };
      above += below.length;
      return block;
    });
}

const MARK = "  ● ";

/** Its words to their end, broken at words, the mark before the first row. */
function rowsOf({ text }: Comment, width: number): string[] {
  const room = Math.max(1, width - MARK.length);
  return text
    .split("\n")
    .flatMap((line) => wrap(clean(line), room))
    .map((line, index) => `${index === 0 ? MARK : " ".repeat(MARK.length)}${line}`);
}
