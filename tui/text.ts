import { cleanLine } from "../src/cli/clean.ts";

/**
 * One line whose width every terminal sees alike: no control characters, and none of those that glue or restyle what is
 * beside them (joiners, variation selectors, skin tones, keycaps), because terminals disagree about the width of the
 * result. Flags become their two letters, a pile of combining marks becomes two.
 */
export function clean(text: string): string {
  if (PLAIN.test(text)) return text;
  const line = cleanLine(text.toWellFormed())
    .replace(GLUE, "")
    .replace(FLAG_LETTER, (letter) => String.fromCharCode((letter.codePointAt(0) ?? 0) - FLAG_A + 65));
  return line
    .normalize("NFC")
    .replace(/(\p{M}{2})\p{M}+/gu, "$1")
    .replace(/^\p{M}+/u, "");
}

/** How many columns a cleaned text takes. */
export function cells(text: string): number {
  return PLAIN.test(text) ? text.length : Bun.stringWidth(text);
}

/** At most `width` columns of a cleaned text, with `…` where something was cut off. */
export function cut(text: string, width: number): string {
  if (cells(text) <= width) return text;
  return width <= 0 ? "" : `${head(text, width - 1)}…`;
}

/** As many whole characters, as people count them, as fit. */
export function head(text: string, width: number): string {
  if (PLAIN.test(text)) return text.slice(0, Math.max(0, width));
  let used = 0;
  let end = 0;
  for (const { segment } of GRAPHEMES.segment(text)) {
    used += Bun.stringWidth(segment);
    if (used > width) break;
    end += segment.length;
  }
  return text.slice(0, end);
}

/** The line in pieces of at most `width` columns, between words where that is possible. */
export function wrap(text: string, width: number): string[] {
  if (width <= 0) return [];
  if (cells(text) <= width) return [text];
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/(?<= )/)) {
    if (cells(line) + cells(word.trimEnd()) > width && line !== "") {
      lines.push(line.trimEnd());
      line = "";
    }
    line += word;
    while (cells(line.trimEnd()) > width) {
      const piece = head(line, width) || line.slice(0, 1);
      lines.push(piece);
      line = line.slice(piece.length);
    }
  }
  return line === "" ? lines : [...lines, line.trimEnd()];
}

/** Tabs as people see them, then cleaned: for code and logs. */
export function expand(text: string): string {
  return clean(text.includes("\t") ? text.replaceAll("\t", "    ") : text);
}

const PLAIN = /^[\u0020-\u007e]*$/;
const GLUE = /\p{Default_Ignorable_Code_Point}|[\u20e3\u2028\u2029]|[\u{1f3fb}-\u{1f3ff}]/gu;
const FLAG_A = 0x1f1e6;
const FLAG_LETTER = /[\u{1f1e6}-\u{1f1ff}]/gu;
const GRAPHEMES = new Intl.Segmenter();
