import type { CapturedFrame } from "@opentui/core";

const CELL = 8.4;
const LINE = 18;
const MARGIN = 14;
const BOLD = 1;
const DIM = 2;

export type Paper = { readonly background: string; readonly ink: string };

/** A frame as a picture: every span at its column and stretched to its cells, so that it looks alike in any font. */
export function svgOf(frame: CapturedFrame, title: string, paper: Paper): string {
  const width = Math.round(frame.cols * CELL + 2 * MARGIN);
  const height = frame.rows * LINE + 2 * MARGIN;
  const parts: string[] = [];
  for (const [row, line] of frame.lines.entries()) {
    let column = 0;
    for (const piece of line.spans) {
      const x = MARGIN + column * CELL;
      const y = MARGIN + row * LINE;
      const wide = piece.width * CELL;
      column += piece.width;
      if (piece.bg.intent !== "default" && piece.bg.a > 0)
        parts.push(
          `<rect x="${fixed(x)}" y="${y}" width="${fixed(wide + 0.3)}" height="${LINE}" fill="${hex(piece.bg.toInts())}"/>`,
        );
      parts.push(...words(piece.text, x, y + 13, inkOf(piece, paper)));
    }
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace" font-size="14">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${width}" height="${height}" rx="8" fill="${paper.background}"/>`,
    ...parts,
    "</svg>\n",
  ].join("\n");
}

type Piece = CapturedFrame["lines"][number]["spans"][number];

function inkOf(piece: Piece, paper: Paper): string {
  const fill = piece.fg.intent === "default" ? paper.ink : hex(piece.fg.toInts());
  const weight = piece.attributes & BOLD ? ' font-weight="bold"' : "";
  return `fill="${fill}"${weight}${piece.attributes & DIM ? ' opacity="0.6"' : ""}`;
}

/** Runs without spaces, each at its own column: a renderer may do with spaces what it likes. */
function words(text: string, x: number, y: number, ink: string): string[] {
  return [...text.matchAll(/\S+(?: \S+)*/g)].map((match) => {
    const before = Bun.stringWidth(text.slice(0, match.index)) * CELL;
    const wide = Bun.stringWidth(match[0]) * CELL;
    return `<text x="${fixed(x + before)}" y="${y}" textLength="${fixed(wide)}" ${ink}>${escaped(match[0])}</text>`;
  });
}

function fixed(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function hex([red, green, blue]: readonly [number, number, number, number]): string {
  return `#${[red, green, blue].map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
