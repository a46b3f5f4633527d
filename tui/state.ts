import type { Time } from "../src/domain/words.ts";
import { type Event, SORTS } from "./events.ts";
import { type Layout, layoutOf } from "./layout.ts";
import { type State, selected } from "./model.ts";
import { reduceCreate } from "./state/create-events.ts";
import * as lists from "./state/list.ts";
import * as overlays from "./state/overlay.ts";
import { matches, type Preview, withDoc, withTail } from "./state/preview.ts";
import { reviewScrolled } from "./state/review.ts";
import { reduceReview } from "./state/review-events.ts";
import { scrollMost } from "./views/overlays.ts";

/** The state after an event. Pure: what has to be done outside is told by the keys, as acts. */
export function reduce(state: State, event: Event): State {
  const next = reduceOne(state, event);
  if (next === state) return state;
  const layout = layoutOf(next);
  const list = lists.scrolled(next.list, layout.list?.height ?? 0);
  const moved = keyAt(next.list) !== keyAt(state.list);
  const preview = moved ? { ...next.preview, scroll: 0, follow: true } : clamped(next, layout);
  const review = next.review && reviewScrolled(next.review, layout.review);
  const same = list === next.list && preview === next.preview && review === next.review;
  return same ? next : { ...next, list, preview, review };
}

function reduceOne(state: State, event: Event): State {
  if (event.type.startsWith("review")) return reduceReview(state, event);
  if (event.type.startsWith("create") || event.type === "targets") return reduceCreate(state, event);
  return reduceList(state, event) ?? reducePreview(state, event) ?? reduceScreen(state, event);
}

function keyAt(list: lists.List): string | null {
  return list.entries[list.at]?.key ?? null;
}

function reduceList(state: State, event: Event): State | null {
  const { list } = state;
  const to = (next: lists.List): State => (next === list ? state : { ...state, list: next });
  const byHand = (next: lists.List): State => to(next === list ? next : { ...next, moves: list.moves + 1 });
  switch (event.type) {
    case "loaded":
      return { ...to(lists.relisted(list, { data: event.data })), now: event.data.now };
    case "move":
      return byHand(lists.moved(list, event.by));
    case "point":
      return byHand(lists.pointed(list, event.key));
    case "landed":
      // What somebody has opened meanwhile is about the dispatch that the cursor is on.
      if (state.screen !== "fleet" || state.overlays.length > 0) return state;
      return to(lists.landed(list, event.id, event.moves));
    case "next_needy":
      return byHand(lists.nextNeedy(list));
    case "mark":
      return byHand(lists.toggled(list));
    case "mark_all":
      return to(lists.allMarked(list));
    case "unmark":
      return to({ ...list, marks: new Set() });
    case "filter":
      return to(lists.relisted(list, { filter: event.text }));
    case "sort":
      return to(
        lists.relisted(list, { sort: SORTS[(SORTS.indexOf(list.sort) + 1) % SORTS.length] ?? "attention" }),
      );
    case "all":
      return to({ ...list, all: !list.all });
    default:
      return null;
  }
}

function reducePreview(state: State, event: Event): State | null {
  const { preview } = state;
  const to = (change: Partial<Preview>): State => ({ ...state, preview: { ...preview, ...change } });
  switch (event.type) {
    case "tab":
      return event.tab === preview.tab ? state : to({ tab: event.tab, scroll: 0, follow: true });
    case "doc":
      return { ...state, preview: withDoc(preview, event.key, event.doc) };
    case "tail":
      return { ...state, preview: withTail(preview, event.key, event.lines, event.cut) };
    case "scroll":
      return scrolledBy(state, event.by);
    case "follow":
      return to({ follow: !preview.follow });
    case "wrap":
      return to({ wrap: !preview.wrap });
    case "searched":
      return jumped(
        { ...state, preview: { ...preview, search: event.text, scroll: 0, follow: false } },
        1,
        true,
      );
    case "match":
      return jumped(state, 1, false);
    case "match_back":
      return jumped(state, -1, false);
    default:
      return null;
  }
}

function scrolledBy(state: State, by: number): State {
  const layout = layoutOf(state);
  const most = layout.previewMost(state);
  const now = state.preview.follow && followed(state) ? most : state.preview.scroll;
  const scroll = Math.max(0, Math.min(most, now + by));
  return { ...state, preview: { ...state.preview, scroll, follow: scroll >= most } };
}

/** Only what grows is followed to its end. */
function followed(state: State): boolean {
  return state.preview.tab === "log";
}

function clamped(state: State, layout: Layout): Preview {
  const { preview } = state;
  if (preview.scroll === 0) return preview;
  const most = layout.previewMost(state);
  return preview.scroll <= most ? preview : { ...preview, scroll: most };
}

/** To the next line in which the search is found, around at the end. */
function jumped(state: State, by: 1 | -1, here: boolean): State {
  const row = selected(state);
  const { preview } = state;
  const doc = row ? preview.docs.get(`log:${row.view.id}`) : undefined;
  const found = matches(doc, preview.search);
  if (found.length === 0) return state;
  const layout = layoutOf(state);
  const starts = found.map((line) => layout.lineStart(state, line));
  const from = preview.scroll;
  const next =
    by > 0
      ? (starts.find((at) => (here ? at >= from : at > from)) ?? starts[0])
      : (starts.findLast((at) => at < from) ?? starts.at(-1));
  return { ...state, preview: { ...preview, scroll: next ?? 0, follow: false } };
}

function reduceScreen(state: State, event: Event): State {
  switch (event.type) {
    case "resized":
      return { ...state, width: event.width, height: event.height };
    case "ticked":
      return ticked(state, event.now);
    case "themed":
      return { ...state, theme: event.theme };
    case "screen":
      return { ...state, screen: event.screen };
    case "opened":
      return { ...state, overlays: [...state.overlays, event.overlay] };
    case "closed":
      return { ...state, overlays: state.overlays.slice(0, -1) };
    case "typed":
      return typedIn(state, overlays.typed(state.overlays, event.edit));
    case "completed":
      return { ...state, overlays: overlays.completed(state.overlays, event.text) };
    case "named":
      return { ...state, overlays: overlays.named(state.overlays, event.names) };
    case "chose":
      return stopped({ ...state, overlays: overlays.chose(state.overlays, event.by) });
    case "choose_at":
      return { ...state, overlays: overlays.choseAt(state.overlays, event.at) };
    case "marked_choice":
      return { ...state, overlays: overlays.markedChoice(state.overlays) };
    case "unanswered":
      return { ...state, overlays: overlays.withoutAsk(state.overlays, event.ask) };
    case "notice":
      return { ...state, notice: event.notice };
    case "busy":
      return { ...state, busy: busied(state, event.id, event.text) };
    default:
      return state;
  }
}

/** A text in a box is not scrolled past its end. */
function stopped(state: State): State {
  const overlay = overlays.top(state.overlays);
  if (!overlay || !("scroll" in overlay)) return state;
  const scroll = Math.min(overlay.scroll, scrollMost(state, overlay));
  return { ...state, overlays: overlays.replaced(state.overlays, { ...overlay, scroll }) };
}

/** What is typed as a filter counts at once. */
function typedIn(state: State, next: overlays.Overlays): State {
  const overlay = overlays.top(next);
  const after = { ...state, overlays: next };
  if (overlay?.kind !== "filter") return after;
  return { ...after, list: lists.relisted(state.list, { filter: overlay.field.text }) };
}

function busied(state: State, id: number, text: string | null): State["busy"] {
  if (text === null) return state.busy.filter((one) => one.id !== id);
  const known = state.busy.some((one) => one.id === id);
  return known
    ? state.busy.map((one) => (one.id === id ? { id, text } : one))
    : [...state.busy, { id, text }];
}

function ticked(state: State, now: Time): State {
  const over = state.notice !== null && state.notice.until !== null && state.notice.until <= now;
  return { ...state, now, notice: over ? null : state.notice };
}
