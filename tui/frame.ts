import { cells, clean, cut } from "./text.ts";

/** What a piece of text means; the theme says how that looks. */
export type Tone =
  | "plain"
  | "dim"
  | "strong"
  | "accent"
  | "good"
  | "bad"
  | "warn"
  | "border"
  | "key"
  | "keyword"
  | "string"
  | "comment"
  | "number"
  | "found";

/** What lies under a row. */
export type Ground = "none" | "selected" | "bar" | "box" | "added" | "removed" | "hunk" | "cursor";

export type Span = string | { readonly text: string; readonly tone: Tone };
export type Row = { readonly spans: readonly Span[]; readonly ground?: Ground };
export type Rect = {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
};

/** Rows in a rectangle; missing rows are empty ones. Each is drawn exactly as wide as the pane. */
export type Pane = Rect & { readonly rows: readonly Row[]; readonly ground?: Ground };

/** What the mouse does there: a click on a row, the wheel anywhere. */
export type Spot<E> = {
  readonly rect: Rect;
  readonly click: (row: number, column: number) => E | null;
  readonly wheel: (lines: number) => E | null;
};

export type Frame<E> = {
  /** Drawn in this order; later ones lie above. */
  readonly panes: readonly Pane[];
  /** The last one that holds the mouse counts. */
  readonly spots: readonly Spot<E>[];
  readonly cursor: { readonly x: number; readonly y: number } | null;
};

export function row(spans: readonly Span[], ground?: Ground): Row {
  return ground === undefined ? { spans } : { spans, ground };
}

export function span(text: string, tone: Tone): Span {
  return { text, tone };
}

export function textOf(piece: Span): string {
  return typeof piece === "string" ? piece : piece.text;
}

export function widthOf(spans: readonly Span[]): number {
  return spans.reduce((sum, piece) => sum + cells(clean(textOf(piece))), 0);
}

/** The spans cleaned and cut with `…` to at most `width` columns. */
export function fit(spans: readonly Span[], width: number): Span[] {
  const all = spans.map((piece) => withText(piece, clean(textOf(piece))));
  if (widthOf(all) <= width) return all;
  const kept: Span[] = [];
  let left = width;
  for (const piece of all) {
    if (left <= 0) break;
    const text = textOf(piece);
    const wide = cells(text);
    // Something follows that will be cut: the sign for it goes here.
    const part = wide < left ? text : cut(wide === left ? `${text}…` : text, left);
    kept.push(withText(piece, part));
    left -= cells(part);
  }
  return kept;
}

/** The spans in exactly `width` columns. */
export function fill(spans: readonly Span[], width: number, side: "left" | "right" = "right"): Span[] {
  const fits = fit(spans, width);
  const free = " ".repeat(Math.max(0, width - widthOf(fits)));
  if (free === "") return fits;
  return side === "right" ? [...fits, free] : [free, ...fits];
}

/** One row of a pane as it is drawn: its spans in exactly `width` columns, neighbours of one tone as one. */
export function painted(
  pane: Pane,
  index: number,
  width: number,
): { readonly spans: readonly Span[]; readonly ground: Ground } {
  const line = pane.rows[index];
  return { spans: merged(fill(line?.spans ?? [], width)), ground: line?.ground ?? pane.ground ?? "none" };
}

function merged(spans: readonly Span[]): Span[] {
  const out: Span[] = [];
  for (const piece of spans) {
    const last = out.at(-1);
    if (typeof piece === "string" && typeof last === "string") out[out.length - 1] = last + piece;
    else if (textOf(piece) !== "") out.push(piece);
  }
  return out;
}

export type Cell = {
  readonly spans: readonly Span[];
  readonly width: number;
  readonly side?: "left" | "right";
};

/** Cells side by side with a column between them; those without a width are left out. */
export function columns(all: readonly Cell[]): Span[] {
  return all
    .filter((cell) => cell.width > 0)
    .flatMap((cell, index): Span[] => [
      ...(index > 0 ? [" "] : []),
      ...fill(cell.spans, cell.width, cell.side ?? "right"),
    ]);
}

/** `left` from the left, `right` from the right; `right` gives way where there is no room. */
export function between(left: readonly Span[], right: readonly Span[], width: number): Span[] {
  const room = width - widthOf(left) - 1;
  if (room < widthOf(right)) return fit(left, width);
  return [...left, " ".repeat(room + 1 - widthOf(right)), ...right];
}

/** A frame of lines around rows, with a title in the upper one. */
export function boxed(
  rect: Rect,
  title: readonly Span[],
  rows: readonly Row[],
  foot: readonly Span[] = [],
): Pane {
  const inner = Math.max(0, rect.width - 2);
  const edge = (left: string, words: readonly Span[], right: string): Row => {
    const said = words.length === 0 ? [] : fit([" ", ...words, " "], Math.max(0, inner - 1));
    const line = "─".repeat(Math.max(0, inner - 1 - widthOf(said)));
    return row([span(`${left}─`, "border"), ...said, span(`${line}${right}`, "border")]);
  };
  const body = Array.from({ length: Math.max(0, rect.height - 2) }, (_, index): Row => {
    const inside = rows[index];
    const middle = fill(inside?.spans ?? [], inner);
    return row([span("│", "border"), ...middle, span("│", "border")], inside?.ground);
  });
  const whole = [edge("╭", title, "╮"), ...body, edge("╰", foot, "╯")];
  return { ...rect, rows: whole.slice(0, rect.height), ground: "box" };
}

function withText(piece: Span, text: string): Span {
  return typeof piece === "string" ? text : { text, tone: piece.tone };
}
