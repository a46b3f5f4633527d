import { tone } from "../../src/app/reply.ts";
import type { Overlay } from "../events.ts";
import { boxed, type Row, row, span } from "../frame.ts";
import { wrapped } from "../lines.ts";
import type { State } from "../model.ts";
import { centred, type Drawn, widthFor } from "./box.ts";
import { inputRows } from "./input.ts";

type Of<K extends Overlay["kind"]> = Extract<Overlay, { kind: K }>;

const CONFIRM_WIDTH = 84;
const INPUT_WIDTH = 92;
const INPUT_LINES = 8;
const ABOUT_LINES = 6;
const KEY = 4;

/** What is asked, and below it the ways on, all of them in sight. */
export function confirm(state: State, overlay: Of<"confirm">): Drawn {
  const { rect, said, choices, room, gap } = asked(state, overlay);
  const first = Math.min(overlay.scroll, Math.max(0, said.length - room));
  const end = Math.min(said.length, first + room);
  const foot = said.length > room ? [span(`${end}/${said.length} · ↑↓ scroll`, "warn")] : [];
  return {
    pane: boxed(
      rect,
      [span(overlay.title, "strong")],
      [...said.slice(first, end), ...(gap > 0 ? [row([""])] : []), ...choices],
      room > 0 ? foot : [],
    ),
    spot: { rect, click: () => null, wheel: (by) => ({ type: "chose", by }) },
    cursor: null,
  };
}

/** How far the text of a question can be scrolled. */
export function confirmMost(state: State, overlay: Of<"confirm">): number {
  const { said, room } = asked(state, overlay);
  return Math.max(0, said.length - room);
}

function asked(state: State, overlay: Of<"confirm">) {
  const width = widthFor(state, CONFIRM_WIDTH);
  const said = overlay.lines.flatMap((line) => wrapped(line, width - 4)).map((spans) => row([" ", ...spans]));
  const labels = overlay.choices.map(({ key, label, danger }) => ({
    key,
    rows: wrapped([danger ? tone(label, "bad") : label], Math.max(8, width - KEY - 4)),
  }));
  const most = Math.max(0, state.height - 2);
  // Cut where whole ones would push each other out of the box.
  const whole = labels.reduce((sum, one) => sum + one.rows.length, 0) < most;
  const choices = labels.flatMap(({ key, rows }, at): Row[] =>
    (whole ? rows : [[overlay.choices[at]?.label ?? ""]]).map((spans, index) =>
      row([" ", span((index === 0 ? key : "").padEnd(KEY), "key"), ...spans]),
    ),
  );
  const rect = centred(state, width, said.length + 1 + choices.length + 2);
  const left = rect.height - 2 - choices.length;
  const gap = left > 2 ? 1 : 0;
  return { rect, said, choices, gap, room: Math.max(0, left - gap) };
}

/** A text to be written, with what it is about above it; both in as many lines as they need. */
export function input(state: State, overlay: Of<"input">): Drawn {
  const width = widthFor(state, INPUT_WIDTH);
  const typed = inputRows(overlay.field, Math.max(1, width - 6));
  const spare = Math.max(0, state.height - 3);
  const about = overlay.about
    .split("\n")
    .flatMap((line) => wrapped([tone(line, "dim")], width - 4))
    .slice(0, Math.min(ABOUT_LINES, spare))
    .map((spans) => row([" ", ...spans]));
  const most = Math.max(1, Math.min(INPUT_LINES, state.height - 2 - about.length));
  const first = Math.max(0, typed.cursor.row - most + 1);
  const lines = typed.rows
    .slice(first, first + most)
    .map((text, index) => row([first + index === 0 ? " ❯ " : "   ", text]));
  const tallest = about.length + INPUT_LINES + 2;
  const rect = centred(state, width, about.length + lines.length + 2, tallest);
  return {
    pane: boxed(rect, [span(overlay.title, "strong")], [...about, ...lines]),
    spot: { rect, click: () => null, wheel: () => null },
    cursor: {
      x: rect.x + 4 + typed.cursor.column,
      y: rect.y + 1 + about.length + typed.cursor.row - first,
    },
  };
}
