import type { OpenTarget } from "../../src/app/dashboard-texts.ts";
import type { Event } from "../events.ts";
import { between, fit, type Pane, type Rect, type Row, row, type Span, type Spot, span } from "../frame.ts";
import type { State } from "../model.ts";
import { type Create, foundTargets, OPTIONS, type Spot as Where } from "../state/create.ts";
import { inputSpans } from "./input.ts";

type View = {
  readonly panes: readonly Pane[];
  readonly spots: readonly Spot<Event>[];
  readonly cursor: { readonly x: number; readonly y: number } | null;
};

/** The project and the options above, then issues and pull requests to choose from, or a task in words. */
export function createView(state: State, rect: Rect): View {
  const { create } = state;
  if (!create) return { panes: [], spots: [], cursor: null };
  const owner = create.projects.find((one) => one.id === create.project);
  const what = create.task ? "a task in words" : "issues and pull requests";
  const title: Row = row(
    [" ", span("New dispatch ", "accent"), span(owner?.title ?? "?", "strong"), span(`  ${what}`, "dim")],
    "bar",
  );
  const fields = rect.height >= 10 ? (["main", ...OPTIONS] as const) : ([create.spot] as const);
  let cursor: View["cursor"] = null;
  const inputs = fields.map((name, index): Row => {
    const lead = leadOf(create, name);
    const here = create.spot === name;
    const input = inputSpans(
      fieldOf(create, name),
      rect.width - 12,
      usual(create, name, owner?.agent ?? null),
    );
    if (here) cursor = { x: rect.x + 11 + input.cursor, y: rect.y + 1 + index };
    return row([span(`${here ? "❯" : " "}${lead.padEnd(10)}`, here ? "accent" : "dim"), ...input.spans]);
  });
  const mode =
    rect.height >= 10 ? [row([span(` ${"mode".padEnd(10)}`, "dim"), create.mode ?? span(USUAL, "dim")])] : [];
  const top = [title, ...inputs, ...mode];
  const list = { ...rect, y: rect.y + top.length, height: Math.max(0, rect.height - top.length) };
  const first = firstOf(create, list.height - 1);
  return {
    panes: [
      { ...rect, height: Math.min(rect.height, top.length), rows: top },
      { ...list, rows: create.task ? taskRows() : targetRows(create, list, first) },
    ],
    spots: [
      {
        rect: list,
        click: (line) => (create.task || line === 0 ? null : { type: "create_at", at: first + line - 1 }),
        wheel: (by) => ({ type: "create_move", by }),
      },
    ],
    cursor,
  };
}

const USUAL = "as configured";

/** What is taken where nothing is written. */
function usual(create: Create, name: Where, agent: string | null): string {
  if (name === "main") return create.task ? "what is to be done" : "words of a title, a number, a label";
  return name === "agent" ? (agent ?? USUAL) : USUAL;
}

function leadOf(create: Create, name: Where): string {
  if (name !== "main") return name;
  return create.task ? "task" : "search";
}

function fieldOf(create: Create, name: Where) {
  return name === "main" ? create.main : create.options[name];
}

function taskRows(): Row[] {
  return [row([""]), row([span(" What is to be done, in your own words. It needs no GitHub.", "dim")])];
}

function firstOf(create: Create, height: number): number {
  const count = foundTargets(create).length;
  return Math.max(0, Math.min(create.at - Math.floor(height / 2), count - height));
}

function targetRows(create: Create, rect: Rect, first: number): Row[] {
  if (create.trouble !== null)
    return [
      row([""]),
      row([span(` ${create.trouble}`, "bad")]),
      row([span(" A task in words needs no GitHub: ctrl-t", "dim")]),
    ];
  if (!create.targets) return [row([""]), row([span(" asking GitHub …", "dim")])];
  const found = foundTargets(create);
  const count = row([
    span(` ${found.length} of ${create.targets.length} open`, "dim"),
    ...(create.marked.length > 0 ? [span(` · ${create.marked.length} marked`, "accent")] : []),
  ]);
  if (found.length === 0) return [count, row([span(" Nothing matches.", "dim")])];
  const rows = found
    .slice(first, first + Math.max(0, rect.height - 1))
    .map((target, index) => targetRow(create, target, first + index === create.at, rect.width));
  return [count, ...rows];
}

function targetRow(create: Create, target: OpenTarget, here: boolean, width: number): Row {
  const marked = create.marked.includes(target.number);
  const taken = target.taken !== null;
  const left: Span[] = [
    span(`${here ? "❯" : " "}${marked ? "●" : " "} `, "accent"),
    span(`${target.isPull ? "PR " : ""}#${target.number} `.padStart(9), "dim"),
    taken ? span(target.title, "dim") : target.title,
  ];
  const labels = target.labels.map((label) => `[${label}]`).join(" ");
  const right: Span[] = taken
    ? [span(`dispatched already: ${target.taken} `, "warn")]
    : [span(`${labels} ${target.author} `, "dim")];
  const kept = fit(left, Math.max(24, width - 30));
  return row(between(kept, right, width), here ? "selected" : "none");
}
