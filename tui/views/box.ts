import type { Event } from "../events.ts";
import type { Pane, Rect, Spot } from "../frame.ts";
import type { State } from "../model.ts";

/** The box of what lies above everything else. */
export type Drawn = {
  readonly pane: Pane;
  readonly spot: Spot<Event>;
  readonly cursor: { readonly x: number; readonly y: number } | null;
};

const MARGINS = 8;

export function widthFor(state: State, wanted: number): number {
  // A sliver of what lies below says nothing: the box is as wide as the screen then.
  return Math.max(1, wanted + MARGINS > state.width ? state.width : wanted);
}

/** In the upper middle; with `most` where it would be if it were that high, so that it grows downwards alone. */
export function centred(state: State, width: number, height: number, most = height): Rect {
  const high = Math.max(1, Math.min(height, state.height));
  const y = Math.floor((state.height - Math.max(high, Math.min(most, state.height))) / 3);
  return { x: Math.max(0, Math.floor((state.width - width) / 2)), y, width, height: high };
}
