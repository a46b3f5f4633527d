import type { Comment } from "./notes.ts";
import type { Diff, DiffLine } from "./patch.ts";

type CodeLine = Extract<DiffLine, { kind: "added" | "removed" | "same" }>;

/** Where a comment stands in a diff. */
export type Placed = {
  readonly comment: Comment;
  /** Index into the lines; null where its line is not there. */
  readonly at: number | null;
  /** The line's number there. */
  readonly line: number | null;
  readonly outdated: boolean;
};

/** A line of the review: one of the diff, or at its end a comment whose line is not in it. */
export type ReviewLine =
  | DiffLine
  | { readonly kind: "outdated"; readonly file: -1; readonly comment: Comment };

/**
 * Each comment at its line: the one that says the same between the same lines, wherever it has moved to. Where that is
 * not clear the comment stands nowhere: better at the end, with its own words, than at a wrong line.
 */
export function placed(diff: Diff, comments: readonly Comment[]): readonly Placed[] {
  const found = known.get(comments);
  if (found?.diff === diff) return found.result;
  const result = comments.map((comment) => place(diff, comment));
  known.set(comments, { diff, result });
  return result;
}

const known = new WeakMap<
  readonly Comment[],
  { readonly diff: Diff; readonly result: readonly Placed[]; lines?: readonly ReviewLine[] }
>();

/** The lines of the diff, and below them the comments that stand at none of them. */
export function reviewLines(diff: Diff, comments: readonly Comment[]): readonly ReviewLine[] {
  if (comments.length === 0) return diff.lines;
  const result = placed(diff, comments);
  const kept = known.get(comments);
  if (kept?.lines) return kept.lines;
  const outdated = result.filter((one) => one.outdated).map(({ comment }) => comment);
  const lines: readonly ReviewLine[] =
    outdated.length === 0
      ? diff.lines
      : [
          ...diff.lines,
          { kind: "hunk", file: -1, text: "Comments whose lines are not here (any more)" },
          ...outdated.map((comment) => ({ kind: "outdated", file: -1, comment }) as const),
        ];
  if (kept) kept.lines = lines;
  return lines;
}

/** The lines before and after one, which tell it from others that read alike. */
export function around(diff: Diff, at: number): { before: string | null; after: string | null } {
  const text = (index: number) => {
    const line = diff.lines[index];
    return line && "text" in line && line.kind !== "hunk" && line.kind !== "note" ? line.text : null;
  };
  return { before: text(at - 1), after: text(at + 1) };
}

function place(diff: Diff, comment: Comment): Placed {
  const file = diff.files.findIndex(({ path, from }) => path === comment.path || from === comment.path);
  const nowhere = { comment, at: null, line: null, outdated: true };
  if (file < 0) return nowhere;
  const { first, end } = diff.files[file] ?? { first: 0, end: 0 };
  const alike: { at: number; line: CodeLine; points: number }[] = [];
  for (let at = first; at < end; at++) {
    const line = diff.lines[at];
    if (line?.kind === "note" && comment.line === null && line.text === comment.code)
      return { comment, at, line: null, outdated: false };
    if (!line || !isCode(line) || line.text !== comment.code) continue;
    if ((line.kind === "removed") !== (comment.side === "old")) continue;
    alike.push({ at, line, points: points(diff, at, comment) });
  }
  const most = Math.max(0, ...alike.map((one) => one.points));
  const best = alike.filter((one) => one.points === most);
  const there = best.find(({ line }) => numberOf(line, comment) === comment.line);
  // Between other lines only what says something by itself is known again.
  const only = best.length === 1 && (most > 0 || SAYS_SOMETHING.test(comment.code)) ? best[0] : undefined;
  const found = there ?? only;
  return found ? { comment, at: found.at, line: numberOf(found.line, comment), outdated: false } : nowhere;
}

const SAYS_SOMETHING = /[\p{L}\p{N}].*[\p{L}\p{N}].*[\p{L}\p{N}].*[\p{L}\p{N}]/u;

function isCode(line: DiffLine): line is CodeLine {
  return line.kind === "added" || line.kind === "removed" || line.kind === "same";
}

function points(diff: Diff, at: number, comment: Comment): number {
  const { before, after } = around(diff, at);
  return (
    Number(before !== null && before === comment.before) + Number(after !== null && after === comment.after)
  );
}

function numberOf(line: CodeLine, comment: Comment): number | null {
  return comment.side === "old" ? line.old : line.now;
}
