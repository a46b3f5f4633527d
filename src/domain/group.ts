import { type Attention, type AttentionLimits, attention } from "./attention.ts";
import { display } from "./display.ts";
import { type StageView, stage } from "./stage.ts";
import type { DispatchView } from "./view.ts";
import { DISPLAYS, type Display, type Time } from "./words.ts";

/** A dispatch with everything that screens say about it. */
export type Shown = {
  readonly view: DispatchView;
  readonly display: Display;
  readonly attention: readonly Attention[];
  readonly stage: StageView | null;
};

/** One project's rows. Two local projects may have one name, so its id tells them apart. */
export type Group = { readonly projectId: number; readonly project: string; readonly rows: readonly Shown[] };
export type Counts = Record<Display | "orphaned" | "attention", number>;
export type Fleet = {
  readonly groups: readonly Group[];
  readonly rows: readonly Shown[];
  readonly counts: Counts;
};

const RANK: Record<Display, number> = {
  asking: 0,
  needs_you: 0,
  working: 2,
  implementing: 2,
  queued: 3,
  ready: 4,
  stopped: 4,
  pushed: 5,
  upstream: 6,
  done: 7,
};

/** The one grouping function of every screen (invariant 34): what needs a person first and oldest first, then by display. */
export function fleet(
  views: readonly DispatchView[],
  orphans: number,
  now: Time,
  limits: AttentionLimits,
): Fleet {
  const rows = views.map((view) => shown(view, now, limits));
  const groups = [...Map.groupBy(rows, (row) => row.view.projectId)]
    .map(([projectId, list]) => ({ projectId, project: projectName(list), rows: inOrder(list) }))
    .sort((a, b) => (a.project === b.project ? a.projectId - b.projectId : a.project < b.project ? -1 : 1));
  return { groups, rows: groups.flatMap((group) => group.rows), counts: count(rows, orphans) };
}

function projectName([row]: readonly Shown[]): string {
  return row?.view.repo ?? row?.view.project ?? "";
}

export function shown(view: DispatchView, now: Time, limits: AttentionLimits): Shown {
  return { view, display: display(view), attention: attention(view, now, limits), stage: stage(view) };
}

function count(rows: readonly Shown[], orphaned: number): Counts {
  const counts = Object.fromEntries([...DISPLAYS, "orphaned", "attention"].map((key) => [key, 0])) as Counts;
  for (const row of rows) {
    counts[row.display] += 1;
    if (row.attention.length > 0) counts.attention += 1;
  }
  counts.orphaned = orphaned;
  return counts;
}

/** What rows are ordered by is found once a row, not once a comparison. */
function inOrder(rows: readonly Shown[]): Shown[] {
  return rows
    .map((row) => ({ row, rank: rank(row), since: since(row) }))
    .sort((a, b) => a.rank - b.rank || a.since - b.since || a.row.view.id - b.row.view.id)
    .map(({ row }) => row);
}

function rank(row: Shown): number {
  return row.attention.length > 0 ? 0 : RANK[row.display];
}

function since(row: Shown): Time {
  if (row.attention.length > 0) return Math.min(...row.attention.map((a) => a.since));
  return row.view.statusSince;
}
