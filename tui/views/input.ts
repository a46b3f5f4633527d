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

/** A field with its line breaks, in rows of at most `width` columns, and where in them the cursor stands. */
export function inputRows(
  field: Field,
  width: number,
): { readonly rows: readonly string[]; readonly cursor: { readonly row: number; readonly column: number } } {
  const rows = [""];
  let used = 0;
  let cursor = { row: 0, column: 0 };
  for (const { segment, index } of GRAPHEMES.segment(field.text)) {
    const shown = clean(segment);
    const breaks = segment.includes("\n");
    if (breaks || used + cells(shown) > width) {
      if (index === field.at && breaks) cursor = { row: rows.length - 1, column: used };
      rows.push("");
      used = 0;
    }
    if (breaks) continue;
    if (index === field.at) cursor = { row: rows.length - 1, column: used };
    rows[rows.length - 1] += shown;
    used += cells(shown);
  }
  return { rows, cursor: field.at >= field.text.length ? { row: rows.length - 1, column: used } : cursor };
}

const GRAPHEMES = new Intl.Segmenter();
