import { documentOf } from "./document.ts";
import type { Rect } from "./frame.ts";
import type { State } from "./model.ts";

/** Where everything is. A rectangle that is null is not shown at this size. */
export type Layout = {
  readonly header: Rect | null;
  readonly body: Rect;
  readonly notice: Rect | null;
  readonly footer: Rect | null;
  readonly list: Rect | null;
  /** Its first row has the tabs. */
  readonly preview: Rect | null;
  /** The diff in the review: its rows and columns, and the columns of the files beside it, 0 where they are not shown. */
  readonly review: { readonly lines: number; readonly width: number; readonly files: number };
  /** How far the preview can be scrolled. */
  readonly previewMost: (state: State) => number;
  /** The row at which a line of the preview's text begins. */
  readonly lineStart: (state: State, line: number) => number;
};

const SIDE_BY_SIDE = 120;
const STACKED = 80;
const STACKED_LINES = 14;
const FILES_FROM = 110;

/** Three widths: from 120 side by side, from 80 one above the other, below that the list alone. */
export function layoutOf(state: State): Layout {
  const { width, height } = state;
  const header = height >= 4 ? { x: 0, y: 0, width, height: 1 } : null;
  const footer = height >= 3 ? { x: 0, y: height - 1, width, height: 1 } : null;
  const said = state.notice !== null || state.busy.length > 0 || filtering(state);
  const notice = said && height >= 2 ? { x: 0, y: height - (footer ? 2 : 1), width, height: 1 } : null;
  const top = header ? 1 : 0;
  const bottom = height - (footer ? 1 : 0) - (notice ? 1 : 0);
  const body = { x: 0, y: top, width, height: Math.max(0, bottom - top) };
  const panes = split(state, body);
  const files = state.review?.files && width >= FILES_FROM ? Math.min(44, Math.floor(width * 0.28)) : 0;
  return {
    header,
    body,
    notice,
    footer,
    ...panes,
    review: { lines: Math.max(1, body.height - 1), width: width - files, files },
    previewMost: (of) =>
      panes.preview
        ? Math.max(0, documentOf(of, inside(panes.preview)).count - inside(panes.preview).height)
        : 0,
    lineStart: (of, line) => (panes.preview ? documentOf(of, inside(panes.preview)).startOf(line) : 0),
  };
}

/** The preview's text: below its row of tabs, and as far from the edge as their names. */
export function inside(rect: Rect): Rect {
  return {
    x: rect.x + 1,
    y: rect.y + 1,
    width: Math.max(0, rect.width - 1),
    height: Math.max(0, rect.height - 1),
  };
}

function filtering(state: State): boolean {
  return state.overlays.at(-1)?.kind === "filter";
}

function split(state: State, body: Rect): { list: Rect | null; preview: Rect | null } {
  if (state.screen === "detail") return { list: null, preview: body };
  if (state.screen !== "fleet") return { list: null, preview: null };
  if (body.width >= SIDE_BY_SIDE) {
    const width = Math.max(58, Math.min(100, Math.floor(body.width * 0.48)));
    // Between them an empty column, and the dividing line.
    const x = width + 2;
    return { list: { ...body, width }, preview: { ...body, x, width: body.width - x } };
  }
  if (body.width < STACKED || body.height < STACKED_LINES) return { list: body, preview: null };
  const height = Math.max(6, Math.floor(body.height * 0.5));
  return {
    list: { ...body, height },
    preview: { ...body, y: body.y + height, height: body.height - height },
  };
}
