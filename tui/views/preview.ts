import { documentOf } from "../document.ts";
import { type Event, TABS } from "../events.ts";
import { fit, type Pane, type Rect, type Row, row, type Span, type Spot, span, widthOf } from "../frame.ts";
import { inside } from "../layout.ts";
import { type State, selected } from "../model.ts";
import { matches } from "../state/preview.ts";

const NAMES = { live: "Live", diff: "Diff", issue: "Issue", log: "Log", history: "History" } as const;

/** Tabs above, the text below; at the right of the tabs, where in the text one is. */
export function previewPanes(
  state: State,
  rect: Rect,
): { readonly panes: readonly Pane[]; readonly spots: readonly Spot<Event>[] } {
  const body = inside(rect);
  const text = documentOf(state, body);
  const most = Math.max(0, text.count - body.height);
  const scroll =
    state.preview.tab === "log" && state.preview.follow ? most : Math.min(state.preview.scroll, most);
  const { spans, ends } = tabs(state, where(state, scroll, body.height, text.count), rect.width);
  return {
    panes: [
      { ...rect, height: 1, rows: [row(spans, "bar")] },
      { ...body, rows: text.rows(scroll, body.height) },
    ],
    spots: [
      { rect: body, click: () => null, wheel: (by) => ({ type: "scroll", by }) },
      {
        rect: { ...rect, height: 1 },
        click: (_, column) => {
          const tab = TABS[ends.findIndex((end) => column < end)];
          return tab ? { type: "tab", tab } : null;
        },
        wheel: () => null,
      },
    ],
  };
}

function tabs(state: State, right: readonly Span[], width: number): { spans: Span[]; ends: number[] } {
  const spans: Span[] = [];
  const ends: number[] = [];
  for (const [index, tab] of TABS.entries()) {
    const here = tab === state.preview.tab;
    // Shorter where there is no room: only the open one keeps its name.
    const name = width >= 60 || here ? ` ${index + 1} ${NAMES[tab]}` : ` ${index + 1}`;
    spans.push(here ? span(`${name.replace(" ", "▸")} `, "accent") : span(`${name} `, "dim"));
    ends.push(widthOf(spans));
  }
  const free = width - widthOf(spans) - widthOf(right) - 1;
  if (free > 0) spans.push(" ".repeat(free), ...right);
  return { spans: fit(spans, width), ends };
}

function where(state: State, scroll: number, height: number, count: number): Span[] {
  const { preview } = state;
  const shown = selected(state);
  const parts: string[] = [];
  if (preview.tab === "log") {
    const doc = shown ? preview.docs.get(`log:${shown.view.id}`) : undefined;
    if (preview.search !== "") parts.push(`${matches(doc, preview.search).length} × "${preview.search}"`);
    if (doc?.kind === "lines" && doc.cut) parts.push("the beginning is left out");
    if (preview.follow) parts.push("follows");
    if (!preview.wrap) parts.push("unwrapped");
  }
  if (count > height) parts.push(`${Math.min(count, scroll + height)}/${count}`);
  return parts.length === 0 ? [] : [span(parts.join(" · "), "dim")];
}

/** A line between the list and the preview where they are side by side. */
export function divider(rect: Rect): Pane {
  const line: Row = row([span("│", "border")]);
  return {
    x: rect.x - 1,
    y: rect.y,
    width: 1,
    height: rect.height,
    rows: Array.from({ length: rect.height }, () => line),
  };
}
