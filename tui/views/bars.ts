import { countsLine, targetName } from "../../src/app/status-lines.ts";
import type { Notice } from "../events.ts";
import { between, fit, type Pane, type Rect, row, type Span, span, widthOf } from "../frame.ts";
import type { Binding } from "../keys/binding.ts";
import { footerKeys, keyName } from "../keys.ts";
import { spansOf } from "../lines.ts";
import { type State, selected } from "../model.ts";

/** Above: what this is, and how many of each; the counts are those of the whole fleet, whatever is filtered. */
export function headerPane(state: State, rect: Rect): Pane {
  const { list } = state;
  const left = [" ", ...leftSpans(state)];
  const counts = list.data ? spansOf(countsLine(list.data.fleet.counts)) : [];
  const beat: Span[] =
    list.data && list.data.heartbeat.holder === null && busy(state)
      ? [span(" · nobody watches", "warn")]
      : [];
  const wanted = Math.min(widthOf(left), TITLE_MIN);
  const right = [
    [...counts, ...beat, " "],
    [...counts.slice(0, 1), " "],
  ].find((spans) => wanted + 1 + widthOf(spans) <= rect.width);
  const room = rect.width - widthOf(right ?? []) - 1;
  return { ...rect, rows: [row(between(fit(left, room), right ?? [], rect.width), "bar")] };
}

/** So much of a long title is seen beside the counts. */
const TITLE_MIN = 32;

/** Which dispatch is on the whole screen; else what the list leaves out, and in which order it is. */
function leftSpans(state: State): Span[] {
  const { list } = state;
  const shown = state.screen === "detail" ? selected(state) : null;
  const parts: Span[] = [span("Rally", "strong")];
  if (shown) parts.push(span(`${shown.view.id} ${targetName(shown.view)} ${shown.view.title}`, "strong"));
  else {
    if (list.filter !== "") parts.push(span(`/${list.filter}`, "accent"));
    if (list.all) parts.push(span("all", "dim"));
    if (list.sort !== "attention") parts.push(span(`by ${list.sort}`, "dim"));
  }
  if (list.marks.size > 0) parts.push(span(`${list.marks.size} marked`, "accent"));
  return parts.flatMap((part, index) => (index === 0 ? [part] : [span(" · ", "dim"), part]));
}

function busy(state: State): boolean {
  const counts = state.list.data?.fleet.counts;
  return counts !== undefined && counts.working + counts.queued > 0;
}

/** Below: the keys that count here, the most useful first; as many as fit, and always the way out and the help. */
export function footerPane(state: State, rect: Rect): Pane {
  const all = footerKeys(state);
  const last = all.filter((binding) => ALWAYS.includes(binding.name));
  let shown = last;
  for (const binding of all) {
    const more = all.filter((one) => one === binding || shown.includes(one));
    if (widthOf(footerSpans(more)) <= rect.width) shown = more;
  }
  return { ...rect, rows: [row(fit(footerSpans(shown), rect.width), "bar")] };
}

const ALWAYS: readonly string[] = ["help", "quit", "back", "leave", "no"];

function footerSpans(bindings: readonly Binding[]): Span[] {
  return bindings.flatMap((binding, index): Span[] => [
    index === 0 ? " " : span(" · ", "dim"),
    span(keyName(binding), "key"),
    ` ${binding.name}`,
  ]);
}

const WAYS = 15;

/** It can be opened where there is more of it than the line shows. */
function ways(notice: Notice, cut: boolean): Span[] {
  if (cut || notice.more.length > (notice.tone === "good" ? 1 : 0))
    return [span("E", "key"), span(" opens · esc ", "dim")];
  return notice.tone === "good" ? [] : [span("esc ", "dim")];
}

/** What is under way, and what went wrong or well, in one line. */
export function noticePane(state: State, rect: Rect): Pane {
  const { notice } = state;
  const under = state.busy.at(-1);
  const doing: Span[] = under ? [" ", span(`… ${under.text}`, "accent")] : [];
  if (!notice) return { ...rect, rows: [row(fit(doing, rect.width))] };
  const sign = notice.tone === "good" ? "✓" : notice.tone === "warn" ? "!" : "✗";
  const said: Span[] = [
    ...doing,
    " ",
    span(`${sign} ${notice.text}`, notice.tone),
    ...(notice.hint ? [span(` → ${notice.hint}`, "accent")] : []),
  ];
  const opens = rect.width < 60 ? [] : ways(notice, widthOf(said) > rect.width - WAYS);
  const room = rect.width - widthOf(opens) - 1;
  return {
    ...rect,
    rows: [row([...fit(said, room), " ".repeat(Math.max(1, room + 1 - widthOf(fit(said, room)))), ...opens])],
  };
}
