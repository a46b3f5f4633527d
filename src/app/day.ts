import { isDone } from "../domain/display.ts";
import type { DispatchView } from "../domain/view.ts";
import type { Status, Time } from "../domain/words.ts";
import type { DayRows } from "../store/day.ts";

export type Slot = {
  readonly from: Time;
  /** Dispatches that had a live run at any time in it. */
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
const SLOTS = DAY_MS / SLOT_MS;

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
  const runs = inOrder(
    rows.runs
      .filter(known)
      .map((run) => ({ dispatchId: run.dispatchId, from: run.startedAt, until: run.endedAt ?? now })),
  );
  const waits = joined([
    ...rows.questions
      .filter(known)
      .map((one) => ({ dispatchId: one.dispatchId, from: one.askedAt, until: one.closedAt ?? now })),
    ...reviewing(rows.changes.filter(known), views, from, now),
  ]);
  const live = perSlot(runs, from);
  const waiting = perSlot(waits, from);
  const slots = Array.from({ length: SLOTS }, (_, index) => ({
    from: from + index * SLOT_MS,
    runs: live[index] ?? 0,
    waiting: waiting[index] ?? 0,
  }));
  return { from, until: now, slots, waits: lengths(waits, from) };
}

/** How many dispatches have a span in each slot; the spans of one dispatch follow each other in time. */
function perSlot(spans: readonly Span[], from: Time): number[] {
  const steps = new Array<number>(SLOTS + 1).fill(0);
  const slotOf = (time: Time) => Math.min(SLOTS - 1, Math.floor((time - from) / SLOT_MS));
  let last = { dispatchId: -1, slot: -1 };
  for (const span of spans) {
    const before = span.dispatchId === last.dispatchId ? last.slot + 1 : 0;
    const first = Math.max(before, slotOf(span.from));
    const end = slotOf(span.until);
    if (end < first) continue;
    steps[first] = (steps[first] ?? 0) + 1;
    steps[end + 1] = (steps[end + 1] ?? 0) - 1;
    last = { dispatchId: span.dispatchId, slot: end };
  }
  let sum = 0;
  return steps.slice(0, SLOTS).map((step) => {
    sum += step;
    return sum;
  });
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
  const out: Span[] = [];
  for (const span of inOrder(spans)) {
    const last = out.at(-1);
    if (last && last.dispatchId === span.dispatchId && span.from <= last.until)
      out[out.length - 1] = { ...last, until: Math.max(last.until, span.until) };
    else out.push(span);
  }
  return out;
}

function inOrder(spans: readonly Span[]): Span[] {
  return [...spans].sort((a, b) => a.dispatchId - b.dispatchId || a.from - b.from);
}

function lengths(spans: readonly Span[], from: Time): Day["waits"] {
  const all = spans.map((span) => span.until - Math.max(span.from, from)).sort((a, b) => a - b);
  return {
    count: all.length,
    medianMs: all[Math.floor(all.length / 2)] ?? 0,
    longestMs: all.at(-1) ?? 0,
  };
}
