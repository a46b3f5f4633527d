import { type Frame, painted, textOf } from "./frame.ts";
import { ATTRIBUTES, type Colour, type Ink, type Theme } from "./theme.ts";

/** How many colours a terminal has: all, or 256. */
export type Depth = "ansi-16m" | "ansi-256";

/** A frame as bytes for a terminal that shows nothing yet. */
export function ansiOf<E>(frame: Frame<E>, theme: Theme, depth: Depth): string {
  const parts: string[] = [];
  for (const pane of frame.panes)
    for (let index = 0; index < pane.height && pane.rows.length > 0; index++) {
      const { spans, ground } = painted(pane, index, pane.width);
      const paper = theme.paper(ground);
      parts.push(`\u001b[${pane.y + index + 1};${pane.x + 1}H`);
      for (const piece of spans) {
        const ink = theme.ink(typeof piece === "string" ? "plain" : piece.tone, ground);
        parts.push(style(ink, paper, depth), textOf(piece));
      }
    }
  return `${parts.join("")}\u001b[0m`;
}

const SIGNS: readonly (readonly [number, number])[] = [
  [ATTRIBUTES.BOLD, 1],
  [ATTRIBUTES.DIM, 2],
  [ATTRIBUTES.ITALIC, 3],
  [ATTRIBUTES.UNDERLINE, 4],
  [ATTRIBUTES.INVERSE, 7],
];

function style(ink: Ink, paper: Ink, depth: Depth): string {
  const attributes = ink.attributes | paper.attributes;
  const signs = SIGNS.filter(([bit]) => (attributes & bit) !== 0).map(([, code]) => `;${code}`);
  return `\u001b[0${signs.join("")}m${colour(ink.colour, 38, depth)}${colour(paper.colour, 48, depth)}`;
}

function colour(wanted: Colour, layer: 38 | 48, depth: Depth): string {
  if (wanted === null) return "";
  if (typeof wanted === "number") return `\u001b[${layer};5;${wanted}m`;
  return (Bun.color(wanted, depth) ?? "").replace("[38;", `[${layer};`);
}
