import { BoxRenderable, type CliRenderer, type MouseEvent, type OptimizedBuffer, RGBA } from "@opentui/core";
import { type Frame, type Pane, painted, textOf, widthOf } from "./frame.ts";
import type { Colour, Theme } from "./theme.ts";

export type Canvas<E> = {
  show(frame: Frame<E>, theme: Theme): void;
};

/** The whole screen as one surface: frames are drawn on it cell by cell, and what changed is sent by the renderer. */
export function canvas<E>(renderer: CliRenderer, onEvent: (event: E) => void): Canvas<E> {
  let shown: { readonly frame: Frame<E>; readonly theme: Theme } | null = null;
  const surface = new BoxRenderable(renderer, {
    width: "100%",
    height: "100%",
    renderAfter: (buffer) => {
      if (shown) paint(buffer, shown.frame, shown.theme);
    },
    onMouse: (mouse) => {
      const event = shown ? eventOf(shown.frame, mouse) : null;
      if (event !== null) onEvent(event);
    },
  });
  renderer.root.add(surface);
  return {
    show(frame, theme) {
      // Most looks at the clock and at the database change nothing that is on the screen.
      const same = shown !== null && shown.theme === theme && isSame(shown.frame, frame);
      shown = { frame, theme };
      const { cursor } = frame;
      if (cursor) renderer.setCursorPosition(cursor.x + 1, cursor.y + 1, true);
      else renderer.setCursorPosition(1, 1, false);
      if (!same) surface.requestRender();
    },
  };
}

function isSame<E>(before: Frame<E>, now: Frame<E>): boolean {
  return Bun.deepEquals(before.cursor, now.cursor) && Bun.deepEquals(before.panes, now.panes);
}

function eventOf<E>(frame: Frame<E>, mouse: MouseEvent): E | null {
  const spot = frame.spots.findLast(
    ({ rect }) =>
      mouse.x >= rect.x &&
      mouse.x < rect.x + rect.width &&
      mouse.y >= rect.y &&
      mouse.y < rect.y + rect.height,
  );
  if (!spot) return null;
  if (mouse.type === "down" && mouse.button === 0)
    return spot.click(mouse.y - spot.rect.y, mouse.x - spot.rect.x);
  if (mouse.type !== "scroll") return null;
  const lines = mouse.scroll?.direction === "up" ? -3 : mouse.scroll?.direction === "down" ? 3 : 0;
  return lines === 0 ? null : spot.wheel(lines);
}

function paint<E>(buffer: OptimizedBuffer, frame: Frame<E>, theme: Theme): void {
  for (const pane of frame.panes) {
    const height = Math.min(pane.height, buffer.height - pane.y);
    const width = Math.min(pane.width, buffer.width - pane.x);
    if (width <= 0) continue;
    for (let index = 0; index < height; index++) paintRow(buffer, pane, index, width, theme);
  }
}

function paintRow(buffer: OptimizedBuffer, pane: Pane, index: number, width: number, theme: Theme): void {
  const { spans, ground } = painted(pane, index, width);
  const paper = theme.paper(ground);
  const y = pane.y + index;
  let x = pane.x;
  for (const piece of spans) {
    const text = textOf(piece);
    const ink = theme.ink(typeof piece === "string" ? "plain" : piece.tone, ground);
    const attributes = ink.attributes | paper.attributes;
    buffer.drawText(text, x, y, inkOf(ink.colour), paperOf(paper.colour), attributes);
    x += widthOf([text]);
  }
}

const DEFAULT_INK = RGBA.defaultForeground();
const DEFAULT_PAPER = RGBA.defaultBackground();
const known = new Map<string | number, RGBA>();

function inkOf(colour: Colour): RGBA {
  return colour === null ? DEFAULT_INK : rgba(colour);
}

function paperOf(colour: Colour): RGBA {
  return colour === null ? DEFAULT_PAPER : rgba(colour);
}

function rgba(colour: string | number): RGBA {
  const found =
    known.get(colour) ?? (typeof colour === "string" ? RGBA.fromHex(colour) : RGBA.fromIndex(colour));
  known.set(colour, found);
  return found;
}
