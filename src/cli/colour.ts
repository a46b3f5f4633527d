import type { Line, Span, Tone } from "../app/reply.ts";
import { cleanLine } from "./clean.ts";

const CODES: Record<Tone, string> = {
  good: "32",
  bad: "31",
  warn: "33",
  dim: "2",
  strong: "1",
  accent: "36",
};

export function paint(text: string, tone: Tone, colour: boolean): string {
  return colour && text !== "" ? `\u001b[${CODES[tone]}m${text}\u001b[0m` : text;
}

/** The cleaned spans of a line, cut with `…` so that they are at most `width` columns wide. */
export function fit(line: Line, width: number): readonly Span[] {
  const spans = spansOf(line);
  if (widthOf(spans) <= width) return spans;
  const kept: Span[] = [];
  let left = Math.max(0, width - 1);
  for (const span of spans) {
    const text = cut(textOf(span), left);
    kept.push(typeof span === "string" ? text : { ...span, text });
    left -= Bun.stringWidth(text);
    if (text !== textOf(span)) break;
  }
  return width > 0 ? [...kept, "…"] : [];
}

/**
 * The line broken between words, indented, what follows the break by `hang`. What is to be typed stays whole, and so
 * does a long word.
 */
export function wrap(line: Line, indent: number, width: number | null, hang = indent): Span[][] {
  const lines: Span[][] = [[" ".repeat(indent)]];
  let used = indent;
  for (const span of spansOf(line)) {
    const whole = typeof span !== "string" && span.tone === "accent";
    for (const word of whole ? [span.text] : textOf(span).split(/(?<= )/)) {
      const wide = Bun.stringWidth(word.trimEnd());
      const start = lines.length > 1 ? hang : indent;
      if (width !== null && used > start && used + wide > width) {
        lines.push([" ".repeat(hang)]);
        used = hang;
      }
      lines.at(-1)?.push(typeof span === "string" ? word : { ...span, text: word });
      used += Bun.stringWidth(word);
    }
  }
  return lines.map(withoutEnd);
}

function withoutEnd(line: readonly Span[]): Span[] {
  const last = line.at(-1);
  if (last === undefined) return [];
  const text = textOf(last).trimEnd();
  return [...line.slice(0, -1), typeof last === "string" ? text : { ...last, text }];
}

export function spansOf(line: Line): readonly Span[] {
  const spans = typeof line === "string" ? [line] : line;
  return spans.map((span) =>
    typeof span === "string" ? cleanLine(span) : { ...span, text: cleanLine(span.text) },
  );
}

export function widthOf(spans: readonly Span[]): number {
  return Bun.stringWidth(spans.map(textOf).join(""));
}

export function render(spans: readonly Span[], colour: boolean): string {
  return spans
    .map((span) => (typeof span === "string" ? span : paint(span.text, span.tone, colour)))
    .join("");
}

function textOf(span: Span): string {
  return typeof span === "string" ? span : span.text;
}

/** As many whole characters, as people count them, as fit. */
function cut(text: string, width: number): string {
  let used = 0;
  let end = 0;
  for (const { segment } of graphemes().segment(text)) {
    used += Bun.stringWidth(segment);
    if (used > width) break;
    end += segment.length;
  }
  return text.slice(0, end);
}

let segmenter: Intl.Segmenter | null = null;

/** Made on first use: it takes a millisecond. */
function graphemes(): Intl.Segmenter {
  segmenter ??= new Intl.Segmenter();
  return segmenter;
}
