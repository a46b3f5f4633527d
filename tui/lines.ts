import type { Line } from "../src/app/reply.ts";
import { type Span, textOf } from "./frame.ts";
import { cells, clean, expand, wrap } from "./text.ts";

/** The spans of a line that somebody else wrote: tabs widened, and cleaned. */
export function spansOf(line: Line): readonly Span[] {
  if (typeof line === "string") return [expand(line)];
  return line.map((piece) =>
    typeof piece === "string" ? expand(piece) : { text: expand(piece.text), tone: piece.tone },
  );
}

/** The line in rows of at most `width` columns, its tones kept; one empty row for an empty line. */
export function wrapped(line: Line, width: number): (readonly Span[])[] {
  const spans = spansOf(line);
  const text = spans.map(textOf).join("");
  if (cells(text) <= width) return [spans];
  const [only] = spans;
  if (spans.length === 1 && only !== undefined)
    return wrap(textOf(only), width).map((piece) => [
      typeof only === "string" ? piece : { ...only, text: piece },
    ]);
  return wrappedSpans(spans, width);
}

function wrappedSpans(spans: readonly Span[], width: number): Span[][] {
  const rows: Span[][] = [[]];
  let used = 0;
  for (const piece of spans)
    for (const word of textOf(piece).split(/(?<= )/))
      for (const part of wrap(word, Math.max(1, width))) {
        const kept = part === word.trimEnd() ? word : part;
        const wide = cells(kept.trimEnd());
        if (used > 0 && used + wide > width) {
          rows.push([]);
          used = 0;
        }
        // The space after the last word of a row is not drawn.
        const drawn = used + cells(kept) > width ? kept.trimEnd() : kept;
        rows.at(-1)?.push(typeof piece === "string" ? drawn : { ...piece, text: drawn });
        used += cells(kept);
      }
  return rows;
}

/** Many lines as rows, remembered for the last width: `starts` tells the first row of each line. */
export type Wrapped = { readonly rows: readonly (readonly Span[])[]; readonly starts: readonly number[] };

const known = new WeakMap<readonly Line[], { readonly width: number; readonly result: Wrapped }>();

/** `width` null: no line is broken. */
export function wrappedLines(lines: readonly Line[], width: number | null): Wrapped {
  const found = known.get(lines);
  if (found && found.width === (width ?? 0)) return found.result;
  const rows: (readonly Span[])[] = [];
  const starts: number[] = [];
  for (const line of lines) {
    starts.push(rows.length);
    if (width === null) rows.push(spansOf(line));
    else rows.push(...wrapped(line, width));
  }
  const result = { rows, starts };
  known.set(lines, { width: width ?? 0, result });
  return result;
}

/** The span in pieces, what is looked for in another tone; the sign for those who see no colour is the underline. */
export function highlighted(spans: readonly Span[], search: string): readonly Span[] {
  if (search === "") return spans;
  const wanted = search.toLowerCase();
  return spans.flatMap((piece): Span[] => {
    const text = clean(textOf(piece));
    const lower = text.toLowerCase();
    if (lower.length !== text.length || !lower.includes(wanted)) return [piece];
    const parts: Span[] = [];
    let from = 0;
    for (let at = lower.indexOf(wanted); at >= 0; at = lower.indexOf(wanted, from)) {
      if (at > from) parts.push(withText(piece, text.slice(from, at)));
      parts.push({ text: text.slice(at, at + wanted.length), tone: "found" });
      from = at + wanted.length;
    }
    return [...parts, withText(piece, text.slice(from))];
  });
}

function withText(piece: Span, text: string): Span {
  return typeof piece === "string" ? text : { ...piece, text };
}
