import { isDone } from "../domain/display.ts";
import type { DispatchView } from "../domain/view.ts";
import type { Status, Time } from "../domain/words.ts";
import type { DayRows } from "../store/day.ts";

export type Slot = {
  readonly from: Time;
  /** Runs that were live at any time in it. */
  readonly runs: number;
  /** Dispatches that waited for a person at any time in it. */
  readonly waiting: number;
};

/** The last 24 hours in slots of a quarter of an hour, the oldest first. */
export type Day = {
  readonly from: Time;
  readonly until: Time;
  readonly slots: readonly Slot[];
  /** How long each wait for a person took that began or went on in this day, the part before it left out. */
  readonly waits: { readonly count: number; readonly medianMs: number; readonly longestMs: number };
};

export const DAY_MS = 86_400_000;
const SLOT_MS = 900_000;

type Span = { readonly dispatchId: number; readonly from: Time; readonly until: Time };

/** Only the dispatches in `views` and those that `also` names (they may be cleaned by now) are counted. */
export function dayOf(
  rows: DayRows,
  views: readonly DispatchView[],
  now: Time,
  also: (projectId: number | null) => boolean = () => true,
): Day {
  const from = now - DAY_MS;
  const gone = rows.changes.filter((row) => also(row.projectId)).map((row) => row.dispatchId);
  const counted = new Set([...views.map((view) => view.id), ...gone]);
  const known = ({ dispatchId }: { readonly dispatchId: number }) => counted.has(dispatchId);
  const runs = rows.runs
    .filter(known)
    .map((run) => ({ dispatchId: run.dispatchId, from: run.startedAt, until: run.endedAt ?? now }));
  const waits = joined([
    ...rows.questions
      .filter(known)
      .map((one) => ({ dispatchId: one.dispatchId, from: one.askedAt, until: one.closedAt ?? now })),
    ...reviewing(rows.changes.filter(known), views, from, now),
  ]);
  const slots = Array.from({ length: DAY_MS / SLOT_MS }, (_, index): Slot => {
    const start = from + index * SLOT_MS;
    const within = (span: Span) => span.from < start + SLOT_MS && span.until >= start;
    return {
      from: start,
      runs: runs.filter(within).length,
      waiting: new Set(waits.filter(within).map((span) => span.dispatchId)).size,
    };
  });
  return { from, until: now, slots, waits: lengths(waits, from) };
}

/** When each dispatch was `reviewing`: its work is there, or has failed, and somebody has to look. */
function reviewing(
  changes: DayRows["changes"],
  views: readonly DispatchView[],
  from: Time,
  now: Time,
): Span[] {
  const spans: Span[] = [];
  const state = new Map<number, { status: Status | null; since: Time }>();
  for (const { dispatchId, at, from: before, to } of changes) {
    const was = state.get(dispatchId) ?? { status: before, since: from };
    if (was.status === "reviewing") spans.push({ dispatchId, from: was.since, until: at });
    state.set(dispatchId, { status: to, since: at });
  }
  for (const view of views) {
    if (view.status !== "reviewing") continue;
    const until = isDone(view) ? doneAt(view) : now;
    const since = Math.max(from, view.statusSince);
    if (until > since) spans.push({ dispatchId: view.id, from: since, until });
  }
  return spans;
}

function doneAt(view: DispatchView): Time {
  if (view.kind === "pr" && view.target) return view.target.since;
  return view.pr?.state === "merged" ? view.pr.since : Math.max(view.statusSince, view.git?.asOf ?? 0);
}

/** Spans of one dispatch that touch are one. */
function joined(spans: readonly Span[]): Span[] {
  const sorted = [...spans].sort((a, b) => a.dispatchId - b.dispatchId || a.from - b.from);
  const out: Span[] = [];
  for (const span of sorted) {
    const last = out.at(-1);
    if (last && last.dispatchId === span.dispatchId && span.from <= last.until)
      out[out.length - 1] = { ...last, until: Math.max(last.until, span.until) };
    else out.push(span);
  }
  return out;
}

function lengths(spans: readonly Span[], from: Time): Day["waits"] {
  const all = spans.map((span) => span.until - Math.max(span.from, from)).sort((a, b) => a - b);
  return {
    count: all.length,
    medianMs: all[Math.floor(all.length / 2)] ?? 0,
    longestMs: all.at(-1) ?? 0,
  };
}
