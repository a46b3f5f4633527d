import type { Line, Row, Span, Table } from "../app/reply.ts";
import { fit, render, spansOf, widthOf, wrap } from "./colour.ts";

const GAP = 2;
/** What is left of a column that may be cut, when nothing else can give way. */
const NARROWEST = 6;

/**
 * The lines of a table, columns aligned by display width. Where `width` (columns; null: as wide as it is) is not enough,
 * the widest columns that may be cut become narrower, then columns that may be left out vanish.
 */
export function tableLines(table: Table, width: number | null, colour: boolean): string[] {
  const titles = table.columns.some((column) => column.title !== undefined);
  const head: Row[] = titles
    ? [table.columns.map((column) => [{ text: column.title ?? "", tone: "dim" }] as const)]
    : [];
  const rows = [...head, ...table.rows];
  const widths = layout(table, rows, width);
  const lines = rows.flatMap((row) => {
    if ("heading" in row) return [fit(row.heading, width ?? Infinity)];
    if ("below" in row) return wrap(row.below, row.indent ?? 0, width, row.hang);
    return rowLines(table, row, widths, width);
  });
  return lines.map((line) => render(line, colour));
}

/** One line, or more where the last column is wrapped. */
function rowLines(
  table: Table,
  row: readonly Line[],
  widths: readonly number[],
  width: number | null,
): (readonly Span[])[] {
  const last = table.columns.length - 1;
  const lastWidth = widths[last] ?? 0;
  if (table.columns[last]?.wrap && widthOf(spansOf(row[last] ?? "")) > lastWidth) {
    const [first = [], ...more] = wrap(row[last] ?? "", 0, lastWidth);
    const lead = " ".repeat(total(widths) - lastWidth);
    return [rowLine(table, row.with(last, first), widths, null), ...more.map((line) => [lead, ...line])];
  }
  return [rowLine(table, row, widths, width)];
}

function rowLine(
  table: Table,
  row: readonly Line[],
  widths: readonly number[],
  width: number | null,
): readonly Span[] {
  const spans: Span[] = [];
  let pending = 0;
  for (const [index, columnWidth] of widths.entries()) {
    if (columnWidth === 0) continue;
    const wraps = table.columns[index]?.wrap === true;
    const cell = wraps ? spansOf(row[index] ?? "") : fit(row[index] ?? "", columnWidth);
    const free = Math.max(0, columnWidth - widthOf(cell));
    const before = table.columns[index]?.align === "right" ? free : 0;
    if (widthOf(cell) > 0) {
      spans.push(" ".repeat(pending + before), ...cell);
      pending = free - before + GAP;
    } else pending += columnWidth + GAP;
  }
  return width === null ? spans : fit(spans, width);
}

/** The width of each column; 0 for one that is left out or empty. */
function layout(table: Table, rows: readonly Row[], width: number | null): number[] {
  const widths = table.columns.map((_, index) =>
    Math.max(
      0,
      ...rows.map((row) => ("heading" in row || "below" in row ? 0 : widthOf(spansOf(row[index] ?? "")))),
    ),
  );
  if (width === null) return widths;
  const droppable = table.columns
    .map((column, index) => ({ drop: column.drop, index }))
    .filter((column) => column.drop !== undefined)
    .sort((a, b) => (a.drop ?? 0) - (b.drop ?? 0));
  while (!shrink(table, widths, width)) {
    const next = droppable.shift();
    if (next) widths[next.index] = 0;
    else if (shrink(table, widths, width, NARROWEST)) break;
    else return widths;
  }
  return widths;
}

/** Takes what is too much from the widest columns that may be cut; false where that is not enough. */
function shrink(table: Table, widths: number[], width: number, atMost = Infinity): boolean {
  const narrow = [...widths];
  for (let tooMuch = total(narrow) - width; tooMuch > 0; tooMuch = total(narrow) - width) {
    const widest = narrow
      .map((columnWidth, index) => ({ columnWidth, index, min: table.columns[index]?.min }))
      .filter(({ columnWidth, min }) => min !== undefined && columnWidth > Math.min(min, atMost))
      .sort((a, b) => b.columnWidth - a.columnWidth)[0];
    if (!widest) return false;
    narrow[widest.index] = widest.columnWidth - 1;
  }
  for (const [index, columnWidth] of narrow.entries()) widths[index] = columnWidth;
  return true;
}

function total(widths: readonly number[]): number {
  const shown = widths.filter((columnWidth) => columnWidth > 0);
  return shown.reduce((sum, columnWidth) => sum + columnWidth, 0) + GAP * Math.max(0, shown.length - 1);
}
