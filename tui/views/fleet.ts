import { ago } from "../../src/app/ago.ts";
import { type Line, plain } from "../../src/app/reply.ts";
import { changesCell, DISPLAY_TONES, pullCell, sinceOf, targetName } from "../../src/app/status-lines.ts";
import { hasLiveRun, ICONS, label } from "../../src/domain/display.ts";
import type { Shown } from "../../src/domain/group.ts";
import type { Time } from "../../src/domain/words.ts";
import type { Event } from "../events.ts";
import {
  columns,
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
import { spansOf } from "../lines.ts";
import type { State } from "../model.ts";
import { orphanHolds } from "../orphans.ts";
import { type Entry, heightOf, type List } from "../state/list.ts";
import { clean } from "../text.ts";

/** The fleet, as many lines as fit; what is above and below is not touched. */
export function fleetPane(state: State, rect: Rect): { readonly pane: Pane; readonly spot: Spot<Event> } {
  const { list } = state;
  const shown = visible(list, rect.height);
  const widths = widthsOf(list, shown, rect.width, state.now);
  const rows: Row[] = [];
  const keys: string[] = [];
  for (const index of shown) {
    const entry = list.entries[index];
    if (!entry) continue;
    for (const line of entryRows(state, entry, index, widths)) {
      rows.push(line);
      keys.push(entry.key);
    }
  }
  const pane = { ...rect, rows: list.entries.length === 0 ? emptyRows(state) : rows };
  return {
    pane,
    spot: {
      rect,
      click: (line) => (keys[line] === undefined ? null : { type: "point", key: keys[line] }),
      wheel: (by) => ({ type: "move", by }),
    },
  };
}

function visible(list: List, lines: number): number[] {
  const shown: number[] = [];
  let used = 0;
  for (let index = list.first; index < list.entries.length && used < lines; index++) {
    shown.push(index);
    used += heightOf(list, index);
  }
  return shown;
}

type Widths = {
  readonly whole: number;
  readonly id: number;
  readonly target: number;
  readonly title: number;
  readonly label: number;
  readonly changes: number;
  readonly pull: number;
  readonly age: number;
};

const FIXED = 5;
const TITLE_MIN = 18;

/** As wide as what is on the screen needs; where there is no room, pull requests go first, then changes, then the label. */
function widthsOf(list: List, shown: readonly number[], whole: number, now: Time): Widths {
  const rows = shown.flatMap((index) => {
    const entry = list.entries[index];
    return entry?.kind === "dispatch" ? [entry.row] : [];
  });
  const most = (text: (row: Shown) => Line, limit: number) =>
    Math.min(limit, Math.max(0, ...rows.map((one) => widthOf(spansOf(text(one))))));
  const target = most((one) => targetName(one.view), 9);
  const id = most((one) => String(one.view.id), 6);
  const age = most((one) => ago(sinceOf(one), now), 4);
  const pull = most((one) => pullCell(one.view), 14);
  const changes = most((one) => changesCell(one.view), 14);
  const words = most((one) => stateWords(one), 22);
  const base = { whole, id, target, age };
  const title = (parts: readonly number[]) =>
    whole - FIXED - [id, target, age, ...parts].reduce((sum, width) => sum + (width > 0 ? width + 1 : 0), 0);
  for (const [label_, changes_, pull_] of [
    [words, changes, pull],
    [words, changes, 0],
    [words, 0, 0],
    [Math.min(words, 14), 0, 0],
  ] as const) {
    const room = title([label_, changes_, pull_]);
    if (room >= TITLE_MIN) return { ...base, label: label_, changes: changes_, pull: pull_, title: room };
  }
  return { ...base, label: 0, changes: 0, pull: 0, title: Math.max(1, title([])) };
}

function entryRows(state: State, entry: Entry, index: number, widths: Widths): Row[] {
  if (entry.kind === "project")
    return [row([" ", span(entry.title, "strong"), span(`  ${entry.count}`, "dim")], "none")];
  const here = index === state.list.at;
  const ground = here ? "selected" : "none";
  if (entry.kind === "orphan") {
    const { orphan } = entry;
    const holds = orphanHolds(orphan);
    const said = holds === null ? span("  holds nothing", "dim") : span(`  holds ${holds}`, "warn");
    const name = orphan.worktree.split("/").at(-1) ?? orphan.worktree;
    return [
      row(
        [pointer(here, false), `${ICONS.orphaned} `, name, said, span(`  ${orphan.worktree}`, "dim")],
        ground,
      ),
    ];
  }
  const marked = state.list.marks.has(entry.row.view.id);
  const lines = [row(mainSpans(entry.row, here, marked, widths, state.now), ground)];
  if (heightOf(state.list, index) === 2)
    lines.push(row([SECOND, ...secondSpans(entry.row, here, widths.whole - SECOND.length)], ground));
  return lines;
}

function pointer(here: boolean, marked: boolean): Span {
  return span(`${here ? "❯" : " "}${marked ? "●" : " "}`, "accent");
}

function mainSpans(shown: Shown, here: boolean, marked: boolean, widths: Widths, now: Time): Span[] {
  const { view } = shown;
  const icon = clean(ICONS[shown.display]);
  const cell = (line: Line, width: number, side: "left" | "right" = "right") => ({
    spans: spansOf(line),
    width,
    side,
  });
  return [
    pointer(here, marked),
    ...fit([icon, " ".repeat(Math.max(0, 3 - widthOf([icon])))], 3),
    ...columns([
      { spans: [span(String(view.id), "dim")], width: widths.id, side: "left" },
      cell(targetName(view), widths.target),
      { spans: [shown.attention.length > 0 ? span(view.title, "strong") : view.title], width: widths.title },
      { spans: [span(stateWords(shown), DISPLAY_TONES[shown.display])], width: widths.label },
      cell(changesCell(view), widths.changes, "left"),
      cell(pullCell(view), widths.pull),
      cell([{ text: ago(sinceOf(shown), now), tone: "dim" }], widths.age, "left"),
    ]),
  ];
}

/** `copilot coding`, `failed: needs you`, `ready for review`. */
function stateWords(shown: Shown): string {
  const { view, stage } = shown;
  if (shown.display === "working" && stage)
    return `${view.run?.agent ?? view.agent} ${stage.declared ? "" : "~"}${stage.name}`;
  return label(view);
}

const SECOND = "      ";

/** What it wants, and what to type where that fits as a whole; else where it is. */
function secondSpans(shown: Shown, here: boolean, width: number): readonly Span[] {
  const { view, attention } = shown;
  const [first, ...others] = attention;
  if (first) {
    const more = others.length > 0 ? ` (and ${others.length} more)` : "";
    const asked = view.question ? `❓ ${view.question.text}` : first.message;
    const said = span(`${asked}${more}`, "bad");
    const hint = span(` → ${first.hint}`, "accent");
    return here && widthOf([said, hint]) <= width ? [said, hint] : [said];
  }
  const words = view.run?.progress?.words ?? view.run?.progress?.tool;
  if (hasLiveRun(view) && words) return [span(plain(words), "dim")];
  return [span([view.branch ?? "", view.agent].filter((part) => part !== "").join(" · "), "dim")];
}

function emptyRows(state: State): Row[] {
  const { data, filter } = state.list;
  if (!data) return [row([span(" reading …", "dim")])];
  if (filter !== "")
    return [
      row([span(` Nothing matches "${filter}".`, "dim")]),
      row([" ", span("esc", "key"), " takes the filter away"]),
    ];
  if (data.projects.length === 0)
    return [
      row([span(" No project yet.", "strong")]),
      row([""]),
      row([" Type ", span(":onboard <path>", "key"), " with the path of a repository,"]),
      row([" or ", span("rally onboard .", "key"), " inside one."]),
    ];
  return [
    row([span(" Nothing is dispatched.", "strong")]),
    row([""]),
    row([" ", span("n", "key"), " picks issues and pull requests, or takes a task in words;"]),
    row([" ", span(":dispatch 42", "key"), " dispatches issue 42."]),
  ];
}
