import type { DashboardData } from "../../src/app/dashboard-data.ts";
import type { OrphanFacts } from "../../src/app/status-json.ts";
import { targetName } from "../../src/app/status-lines.ts";
import { score } from "../../src/cli/picker.ts";
import { label } from "../../src/domain/display.ts";
import type { Shown } from "../../src/domain/group.ts";
import type { Sort } from "../events.ts";

/** One line of the fleet, or two where it says what it wants. */
export type Entry =
  | { readonly kind: "project"; readonly key: string; readonly title: string; readonly count: number }
  | { readonly kind: "dispatch"; readonly key: string; readonly row: Shown }
  | { readonly kind: "orphan"; readonly key: string; readonly orphan: OrphanFacts };

export type List = {
  readonly data: DashboardData | null;
  readonly entries: readonly Entry[];
  /** Index of the selected entry; −1 where nothing can be selected. */
  readonly at: number;
  /** Index of the first entry on the screen. */
  readonly first: number;
  /** How often a person has moved the cursor. */
  readonly moves: number;
  readonly marks: ReadonlySet<number>;
  readonly filter: string;
  readonly sort: Sort;
  /** Also what has been done for long. */
  readonly all: boolean;
};

export const EMPTY_LIST: List = {
  data: null,
  entries: [],
  at: -1,
  first: 0,
  moves: 0,
  marks: new Set(),
  filter: "",
  sort: "attention",
  all: false,
};

function dispatchKey(id: number): string {
  return `d${id}`;
}

/** The list with new data, filter or order; the selected dispatch stays selected, else the one that took its place. */
export function relisted(list: List, change: Partial<List>): List {
  const next = { ...list, ...change };
  const entries = entriesOf(next);
  const old = list.entries[list.at]?.key;
  const same = old === undefined ? -1 : entries.findIndex((entry) => entry.key === old);
  const at = nearest(entries, same >= 0 ? same : Math.max(0, list.at));
  const ids = new Set(next.data?.fleet.rows.map((row) => row.view.id));
  const marks = new Set([...next.marks].filter((id) => ids.has(id)));
  return { ...next, entries, at, marks };
}

function entriesOf(list: List): Entry[] {
  const { data } = list;
  if (!data) return [];
  const match = matcher(list.filter);
  const entries: Entry[] = [];
  for (const group of data.fleet.groups) {
    const rows = sorted(group.rows.filter(match), list.sort);
    if (rows.length === 0) continue;
    entries.push({ kind: "project", key: `p${group.projectId}`, title: group.project, count: rows.length });
    for (const row of rows) entries.push({ kind: "dispatch", key: dispatchKey(row.view.id), row });
  }
  if (list.filter !== "" || data.orphans.length === 0) return entries;
  entries.push({ kind: "project", key: "orphans", title: "orphaned worktrees", count: data.orphans.length });
  for (const orphan of data.orphans) entries.push({ kind: "orphan", key: `o${orphan.worktree}`, orphan });
  return entries;
}

function sorted(rows: readonly Shown[], sort: Sort): readonly Shown[] {
  if (sort === "attention") return rows;
  const compare =
    sort === "newest"
      ? (a: Shown, b: Shown) => b.view.id - a.view.id
      : (a: Shown, b: Shown) => a.view.title.localeCompare(b.view.title) || a.view.id - b.view.id;
  return [...rows].sort(compare);
}

/** `status:ready`, `project:app`, `agent:claude` must be as they say; the other words are looked for in the row. */
function matcher(filter: string): (row: Shown) => boolean {
  const words = filter.trim().split(/\s+/).filter(Boolean);
  const facets = words.filter((word) => FACET.test(word));
  const rest = words.filter((word) => !FACET.test(word)).join(" ");
  return (row) =>
    facets.every((facet) => hasFacet(row, facet)) && (rest === "" || score(haystack(row), rest) !== null);
}

const FACET = /^(status|project|agent):/;

function hasFacet(row: Shown, facet: string): boolean {
  const [name = "", wanted = ""] = facet.toLowerCase().split(":", 2);
  const { view } = row;
  const said =
    name === "agent"
      ? [view.agent]
      : name === "project"
        ? [view.repo ?? "", view.project]
        : [row.display, label(view), row.attention.length > 0 ? "needs_you" : ""];
  return said.some((text) => text.toLowerCase().includes(wanted));
}

function haystack(row: Shown): string {
  const { view } = row;
  return `${view.id} ${targetName(view)} ${view.title} ${label(view)} ${view.agent} ${view.repo ?? view.project}`;
}

/** The entry at `index` or the nearest one that can be selected, downwards first; −1 where there is none. */
function nearest(entries: readonly Entry[], index: number): number {
  const from = Math.max(0, Math.min(index, entries.length - 1));
  for (let at = from; at < entries.length; at++) if (selectable(entries[at])) return at;
  for (let at = from; at >= 0; at--) if (selectable(entries[at])) return at;
  return -1;
}

function selectable(entry: Entry | undefined): boolean {
  return entry !== undefined && entry.kind !== "project";
}

/** Moves over headings; a step that is longer than the list goes to its end. */
export function moved(list: List, by: number): List {
  const { entries } = list;
  const step = Math.sign(by);
  let at = list.at;
  for (let left = Math.abs(by); left > 0; left--) {
    let next = at + step;
    while (next >= 0 && next < entries.length && !selectable(entries[next])) next += step;
    if (next < 0 || next >= entries.length) break;
    at = next;
  }
  return { ...list, at };
}

export function pointed(list: List, key: string): List {
  const at = list.entries.findIndex((entry) => entry.key === key);
  return at < 0 || !selectable(list.entries[at]) ? list : { ...list, at };
}

/** The cursor on a dispatch that has come, unless a person has moved it since `moves` was counted. */
export function landed(list: List, id: number, moves: number): List {
  return list.moves === moves ? pointed(list, dispatchKey(id)) : list;
}

/** The next one that needs a person, from the selected one on and around. */
export function nextNeedy(list: List): List {
  const { entries } = list;
  for (let step = 1; step <= entries.length; step++) {
    const at = (list.at + step + entries.length) % entries.length;
    const entry = entries[at];
    if (entry?.kind === "dispatch" && entry.row.attention.length > 0) return { ...list, at };
  }
  return list;
}

export function toggled(list: List): List {
  const entry = list.entries[list.at];
  if (entry?.kind !== "dispatch") return list;
  const marks = new Set(list.marks);
  if (!marks.delete(entry.row.view.id)) marks.add(entry.row.view.id);
  return moved({ ...list, marks }, 1);
}

/** All that are listed; where they all are marked already, none. */
export function allMarked(list: List): List {
  const ids = list.entries.flatMap((entry) => (entry.kind === "dispatch" ? [entry.row.view.id] : []));
  const all = ids.length > 0 && ids.every((id) => list.marks.has(id));
  return { ...list, marks: new Set(all ? [] : ids) };
}

/** How many lines an entry takes: a second one where it says what it wants, or is the selected one. */
export function heightOf(list: List, index: number): number {
  const entry = list.entries[index];
  if (entry?.kind !== "dispatch") return 1;
  return entry.row.attention.length > 0 || index === list.at ? 2 : 1;
}

/**
 * Scrolled so that the selected entry is on a screen of so many lines, with its project's heading where that is near;
 * no line stays empty below the last entry while there are others above.
 */
export function scrolled(list: List, lines: number): List {
  const first = firstOn(list, lines);
  return first === list.first ? list : { ...list, first };
}

function firstOn(list: List, lines: number): number {
  const { at, entries } = list;
  if (at < 0 || lines <= 0) return 0;
  const heading = entries[at - 1]?.kind === "project" ? at - 1 : at;
  const wanted = Math.min(list.first, heading);
  return Math.max(lowest(list, at, lines), Math.min(wanted, lowest(list, entries.length - 1, lines)));
}

/** The first of the entries that are on a screen of so many lines together with `last`, which ends it. */
function lowest(list: List, last: number, lines: number): number {
  let used = heightOf(list, last);
  let first = last;
  while (first > 0 && used + heightOf(list, first - 1) <= lines) {
    first -= 1;
    used += heightOf(list, first);
  }
  return first;
}
