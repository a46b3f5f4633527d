import { targetName } from "../../src/app/status-lines.ts";
import { type Event, SCOPE_NAMES } from "../events.ts";
import {
  between,
  fill,
  fit,
  type Pane,
  type Rect,
  type Row,
  row,
  type Span,
  type Spot,
  span,
  widthOf,
} from "../frame.ts";
import { layoutOf } from "../layout.ts";
import type { State } from "../model.ts";
import { type Comment, isReviewed } from "../review/notes.ts";
import type { Diff } from "../review/patch.ts";
import { placed } from "../review/placing.ts";
import { diffRow } from "../review/rows.ts";
import { blocksIn, fileAt, linesIn, type Review, reviewedCount } from "../state/review.ts";
import { expand } from "../text.ts";

/** Files at the left with their marks, one continuous diff at the right. */
export function reviewPanes(
  state: State,
  rect: Rect,
): { readonly panes: readonly Pane[]; readonly spots: readonly Spot<Event>[] } {
  const { review } = state;
  if (!review) return { panes: [], spots: [] };
  const title: Pane = { ...rect, height: 1, rows: [row(titleSpans(state, review, rect.width), "bar")] };
  const body = { ...rect, y: rect.y + 1, height: Math.max(0, rect.height - 1) };
  if (!review.diff || linesIn(review).length === 0)
    return { panes: [title, { ...body, rows: [row([" ", ...nothing(review)])] }], spots: [] };
  const filesWidth = layoutOf(state).review.files;
  const lines = { ...body, x: body.x + filesWidth, width: body.width - filesWidth };
  const panes = [title, { ...lines, rows: lineRows(review, review.diff, lines) }];
  if (filesWidth > 0)
    panes.push({
      ...body,
      width: filesWidth,
      rows: fileRows(review, review.diff, { ...body, width: filesWidth }),
    });
  return {
    panes,
    spots: [
      {
        rect: lines,
        click: (line) => ({
          type: "review_at",
          line: blocksIn(review, lines.width).lineAt(review.first + line).at,
        }),
        wheel: (by) => ({ type: "review_move", by }),
      },
    ],
  };
}

function titleSpans(state: State, review: Review, width: number): Span[] {
  const shown = state.list.data?.fleet.rows.find((one) => one.view.id === review.id);
  const name = shown ? `${targetName(shown.view)} ${shown.view.title}` : `dispatch ${review.id}`;
  const { diff, notes } = review;
  const left: Span[] = [" ", span("Review ", "accent"), span(name, "strong")];
  const right: Span[] = [span(review.from ?? SCOPE_NAMES[review.scope], "accent")];
  if (diff && diff.files.length > 0) {
    right.push(` · ${reviewedCount(review)}/${diff.files.length} reviewed · `);
    right.push(span(`+${diff.added}`, "good"), " ", span(`−${diff.removed}`, "bad"));
  }
  if (notes.comments.length > 0) right.push(" · ", span(toSend(review), "warn"));
  right.push(" ");
  const room = width - widthOf(right) - 1;
  if (room > 20) return between(fit(left, room), right, width);
  if (width < 40) return fit(left, width);
  const scope = right.slice(0, 1);
  return between(fit(left, Math.max(8, width - widthOf(scope) - 2)), [...scope, " "], width);
}

function toSend({ diff, notes }: Review): string {
  const outdated = diff ? placed(diff, notes.comments).filter((one) => one.outdated).length : 0;
  return `${notes.comments.length} to send${outdated > 0 ? ` (${outdated} at the end)` : ""}`;
}

function nothing(review: Review): Span[] {
  if (review.trouble !== null) return [span(review.trouble, "bad")];
  if (!review.diff) return [span("reading the changes …", "dim")];
  return [span(`Nothing has changed ${review.from ?? SCOPE_NAMES[review.scope]}.`, "dim")];
}

/** What is on the screen: lines, and below each the comments on it. */
function lineRows(review: Review, diff: Diff, rect: Rect): Row[] {
  const blocks = blocksIn(review, rect.width);
  const lines = linesIn(review);
  const count = Math.max(0, Math.min(rect.height, blocks.count - review.first));
  return Array.from({ length: count }, (_, offset) => {
    const { at, below } = blocks.lineAt(review.first + offset);
    const rows = blocks.below(at);
    const here = at === review.at;
    if (below > 0) return row([span(rows[below - 1] ?? "", "warn")], here ? "cursor" : "none");
    const line = lines[at];
    if (!line) return row([]);
    if (line.kind === "outdated") return outdatedRow(line.comment, here);
    const sign = rows.length > 0 ? "●" : fileMark(review, diff, line);
    const mark = span(`${here ? "❯" : " "}${sign}`, "accent");
    const drawn = diffRow(diff, line, { numbers: rect.width >= 60, mark });
    return here ? { ...drawn, ground: "cursor" } : drawn;
  });
}

/** The place and the line that a comment was about, because neither is there to be seen. */
function outdatedRow(comment: Comment, here: boolean): Row {
  const place = comment.line === null ? comment.path : `${comment.path}:${comment.line}`;
  const spans: Span[] = [
    span(`${here ? "❯" : " "}● `, "accent"),
    span(`on ${place}: ${expand(comment.code).trim()}`, "dim"),
  ];
  return row(spans, here ? "cursor" : "none");
}

function fileMark(
  review: Review,
  diff: Diff,
  line: { readonly kind: string; readonly file: number },
): string {
  const file = line.kind === "file" ? diff.files[line.file] : undefined;
  return file && isReviewed(review.notes, review.whole, file) ? "✓" : " ";
}

function fileRows(review: Review, diff: Diff, rect: Rect): Row[] {
  const current = fileAt(review);
  const at = current ? diff.files.indexOf(current) : 0;
  const first = Math.max(0, Math.min(at - Math.floor(rect.height / 2), diff.files.length - rect.height));
  return Array.from({ length: rect.height }, (_, index) => {
    const file = diff.files[first + index];
    const edge = span("│", "border");
    if (!file) return row([" ".repeat(rect.width - 1), edge]);
    const done = isReviewed(review.notes, review.whole, file);
    const count = file.binary ? "bin" : `+${file.added} −${file.removed}`;
    const comments = review.notes.comments.filter((comment) => comment.path === file.path).length;
    const right: Span[] = [...(comments > 0 ? [span(`●${comments} `, "warn")] : []), span(count, "dim")];
    const left: Span[] = [span(`${file === current ? "❯" : " "}${done ? "✓" : "·"} `, done ? "good" : "dim")];
    const room = rect.width - 1 - 3 - count.length - (comments > 0 ? 4 : 0) - 1;
    const name = tail(file.path, room);
    const spans = fill(
      between([...left, done ? span(name, "dim") : name], right, rect.width - 1),
      rect.width - 1,
    );
    return row([...spans, edge], file === current ? "selected" : "none");
  });
}

/** The end of a path says more than its beginning. */
function tail(path: string, width: number): string {
  if (path.length <= width) return path;
  return width <= 1 ? "" : `…${path.slice(path.length - width + 1)}`;
}
