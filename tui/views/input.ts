import type { Field } from "../field.ts";
import { type Span, span } from "../frame.ts";
import { cells, clean, head } from "../text.ts";

/**
 * The part of a field around its cursor, line breaks as `⏎`, and how far from its beginning the cursor stands. `empty`
 * stands where nothing is written.
 */
export function inputSpans(
  field: Field,
  width: number,
  empty = "",
): { readonly spans: readonly Span[]; readonly cursor: number } {
  const shown = (text: string) => clean(text.replaceAll("\n", "⏎"));
  let before = shown(field.text.slice(0, field.at));
  const room = Math.max(1, width - 1);
  while (cells(before) >= room && before !== "") {
    const cutAway = head(before, Math.max(1, cells(before) - Math.floor(room * 0.75)));
    before = before.slice(Math.max(1, cutAway.length));
  }
  const after = head(shown(field.text.slice(field.at)), Math.max(0, room - cells(before)));
  const text = before + after;
  if (text === "") return { spans: [span(head(empty, room), "dim")], cursor: 0 };
  return { spans: [text], cursor: cells(before) };
}

type Place = { readonly row: number; readonly column: number };

/**
 * A field with its line breaks, in rows of at most `width` columns, between words where that is possible, and where in
 * them the cursor stands. A space at the end of a row may stand beyond it.
 */
export function inputRows(
  field: Field,
  width: number,
): { readonly rows: readonly string[]; readonly cursor: Place } {
  const rows = [""];
  let cursor: Place | null = null;
  const here = (): Place => ({ row: rows.length - 1, column: cells(rows.at(-1) ?? "") });
  for (const { segment, index } of GRAPHEMES.segment(field.text)) {
    const shown = clean(segment);
    const breaks = segment.includes("\n");
    if (!breaks && shown !== " " && here().column + cells(shown) > width) cursor = broken(rows, cursor);
    if (index === field.at) cursor = here();
    if (breaks) rows.push("");
    else rows[rows.length - 1] += shown;
  }
  return { rows, cursor: cursor ?? here() };
}

/** The last row goes on in another one, its last word with it; gives where the cursor stands then. */
function broken(rows: string[], cursor: Place | null): Place | null {
  const last = rows.length - 1;
  const row = rows[last] ?? "";
  const end = row.lastIndexOf(" ") + 1;
  if (end === 0) {
    rows.push("");
    return cursor;
  }
  const left = row.slice(0, end);
  rows[last] = left;
  rows.push(row.slice(end));
  const stays = cursor?.row !== last || cursor.column < cells(left);
  return stays ? cursor : { row: last + 1, column: cursor.column - cells(left) };
}

const GRAPHEMES = new Intl.Segmenter();
