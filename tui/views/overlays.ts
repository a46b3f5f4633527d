import type { Event, Overlay } from "../events.ts";
import {
  boxed,
  fill,
  fit,
  type Pane,
  type Rect,
  type Row,
  row,
  type Span,
  type Spot,
  span,
  widthOf,
} from "../frame.ts";
import { helpRows } from "../keys.ts";
import { wrappedLines } from "../lines.ts";
import type { State } from "../model.ts";
import { suggestions, usageOf } from "../palette.ts";
import { picked } from "../state/overlay.ts";
import { centred, type Drawn, widthFor } from "./box.ts";
import { inputSpans } from "./input.ts";
import { confirm, confirmMost, input } from "./questions.ts";

const NAMES_MOST = 28;

/** The box of what lies above everything else. */
export function overlayView(state: State, overlay: Overlay): Drawn {
  switch (overlay.kind) {
    case "menu":
      return menu(state, overlay);
    case "palette":
      return palette(state, overlay);
    case "confirm":
      return confirm(state, overlay);
    case "pick":
      return pick(state, overlay);
    case "input":
      return input(state, overlay);
    case "message":
      return scrolling(
        state,
        overlay.title,
        wrappedLines(overlay.lines, widthFor(state, 110) - 4).rows.map((spans) => row(spans)),
        overlay.scroll,
      );
    case "help":
      return scrolling(state, "Keys", helpIn(state), overlay.scroll);
    case "filter":
      return filter(state, overlay);
  }
}

type Of<K extends Overlay["kind"]> = Extract<Overlay, { kind: K }>;

/** A box around rows of which the one that is chosen stays in sight. What is searched keeps its place while it shrinks. */
function listed(
  state: State,
  title: Span,
  rows: readonly Row[],
  at: number,
  head: readonly Row[] = [],
): { readonly pane: Pane; readonly spot: Spot<Event>; readonly rect: Rect } {
  const most = Math.max(7, state.height - 4);
  const height = Math.min(head.length + Math.max(1, rows.length) + 2, most);
  const rect = centred(state, widthFor(state, 92), height, head.length > 0 ? most : height);
  const room = Math.max(1, rect.height - 2 - head.length);
  const first = Math.max(0, Math.min(at - Math.floor(room / 2), rows.length - room));
  const body = [...head, ...rows.slice(first, first + room)];
  return {
    pane: boxed(rect, [title], body),
    rect,
    spot: {
      rect,
      click: (line) => {
        const index = line - 1 - head.length + first;
        return line > head.length && index < rows.length ? { type: "choose_at", at: index } : null;
      },
      wheel: (by) => ({ type: "chose", by: Math.sign(by) }),
    },
  };
}

function menu(state: State, overlay: Of<"menu">): Drawn {
  const width = widthFor(state, 92) - 2;
  const rows = overlay.items.map((item, index): Row => {
    const here = index === overlay.at;
    const off = item.why !== null;
    const left: Span[] = [
      span(here ? "❯ " : "  ", "accent"),
      span(item.key.padEnd(7), off ? "dim" : "key"),
      span(item.label.padEnd(14), off ? "dim" : "plain"),
      " ",
    ];
    const more = off ? span(`not now: ${item.why}`, "warn") : span(item.help, "dim");
    return row(fill([...left, more], width), here ? "selected" : "box");
  });
  return {
    ...listed(state, span(overlay.title, "strong"), rows, overlay.at),
    cursor: null,
  };
}

function palette(state: State, overlay: Of<"palette">): Drawn {
  const width = widthFor(state, 92) - 2;
  const typed = inputSpans(overlay.field, width - 3);
  const command = usageOf(overlay.field.text);
  const all = suggestions(overlay.field.text, overlay.names);
  const column = Math.min(NAMES_MOST, Math.max(0, ...all.map((one) => widthOf([one.name]))));
  const rows = all.map((one, index): Row => {
    const here = index === overlay.at;
    const left: Span[] = [span(here ? "❯ " : "  ", "accent"), span(one.name, "key")];
    const name = fill(left, Math.max(column + 2, widthOf(left)));
    return row(fit([...name, "  ", span(one.help, "dim")], width), here ? "selected" : "box");
  });
  const nothing = command === null ? "no such command; enter says it anyway" : "enter says it";
  const none = rows.length === 0 ? [row([span(`  ${nothing}`, "dim")])] : rows;
  const about = command === null ? [] : [row([span(`   ${command}`, "dim")])];
  const drawn = listed(state, span("Command", "strong"), none, overlay.at, [
    row([" : ", ...typed.spans]),
    ...about,
  ]);
  return { ...drawn, cursor: { x: drawn.rect.x + 4 + typed.cursor, y: drawn.rect.y + 1 } };
}

function pick(state: State, overlay: Of<"pick">): Drawn {
  const width = widthFor(state, 92) - 2;
  const typed = inputSpans(overlay.field, width - 3);
  const rows = picked(overlay).map((index, place): Row => {
    const here = place === overlay.at;
    const box = overlay.many ? (overlay.marked.includes(index) ? "● " : "  ") : "";
    return row(
      [span(`${here ? "❯ " : "  "}${box}`, "accent"), overlay.labels[index] ?? ""],
      here ? "selected" : "box",
    );
  });
  const drawn = listed(state, span(overlay.title, "strong"), rows, overlay.at, [row([" ", ...typed.spans])]);
  return { ...drawn, cursor: { x: drawn.rect.x + 2 + typed.cursor, y: drawn.rect.y + 1 } };
}

function scrolling(state: State, title: string, rows: readonly Row[], scroll: number): Drawn {
  const width = widthFor(state, 110);
  const rect = centred(state, width, Math.min(rows.length + 2, Math.max(3, state.height - 2)));
  const room = Math.max(0, rect.height - 2);
  const first = Math.max(0, Math.min(scroll, rows.length - room));
  const body = rows.slice(first, first + room).map((one) => row([" ", ...one.spans], one.ground));
  const foot =
    rows.length > room
      ? [span(`${Math.min(rows.length, first + room)}/${rows.length} · ↑↓ scroll`, "dim")]
      : [];
  return {
    pane: boxed(rect, [span(title, "strong")], body, foot),
    spot: { rect, click: () => null, wheel: (by) => ({ type: "chose", by }) },
    cursor: null,
  };
}

function helpIn(state: State): readonly Row[] {
  return helpRows(state, widthFor(state, 110) - 4);
}

/** How far a text in a box can be scrolled. */
export function scrollMost(state: State, overlay: Overlay): number {
  if (overlay.kind === "confirm") return confirmMost(state, overlay);
  const rows =
    overlay.kind === "help"
      ? helpIn(state).length
      : overlay.kind === "message"
        ? wrappedLines(overlay.lines, widthFor(state, 110) - 4).rows.length
        : 0;
  return Math.max(0, rows - Math.max(0, Math.min(rows + 2, Math.max(3, state.height - 2)) - 2));
}

/** In the line above the footer, so that the list that it narrows stays in sight. */
function filter(state: State, overlay: Of<"filter">): Drawn {
  const rect = { x: 0, y: Math.max(0, state.height - 2), width: state.width, height: 1 };
  const typed = inputSpans(overlay.field, state.width - 3, "words, or status: project: agent:");
  return {
    pane: { ...rect, rows: [row([span(" / ", "accent"), ...typed.spans])] },
    spot: { rect, click: () => null, wheel: () => null },
    cursor: { x: 3 + typed.cursor, y: rect.y },
  };
}
