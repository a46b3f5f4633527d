import { type AttentionCode, type AttentionLimits, attention, HEARD_UNDER_UPSTREAM } from "./attention.ts";
import { hasLiveRun, ICONS, isDone } from "./display.ts";
import { duration } from "./duration.ts";
import type { DispatchView } from "./view.ts";
import type { Actor, Display, Outcome, Time } from "./words.ts";

/** One row of the journal, its data parsed. */
export type JournalRow = {
  readonly id: number;
  readonly at: Time;
  readonly actor: Actor;
  readonly layer: string;
  readonly projectId: number | null;
  readonly dispatchId: number | null;
  readonly runId: number | null;
  readonly event: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly why: string | null;
  readonly data: Readonly<Record<string, unknown>> | null;
};

export type AnnouncementKind = "ready" | "needs_you" | "failed" | "done";

/** Something that a room is told: the ball is in a human's court, or the work has arrived. */
export type Announcement = {
  readonly kind: AnnouncementKind;
  readonly dispatchId: number;
  readonly journalId: number;
  readonly at: Time;
  readonly icon: string;
  /** `ready for review · #42 Fix login` */
  readonly title: string;
  /** `+85 −12 · 6m 12s`; may be empty. */
  readonly detail: string;
  readonly offers: readonly Offer[];
};

/** A suggested next line: a button, a key. Where `asks` is given, its answer is added to the line. */
export type Offer = { readonly label: string; readonly line: string; readonly asks?: string };

/** Facts that are journaled when they bring the work home. */
export const DONE_FACTS = ["merged", "in_base"] as const;

/** Facts that may ask for a person, and the attentions that they lead to while they hold. */
export const ASKING_FACTS: Readonly<Record<string, readonly AttentionCode[]>> = {
  asked: ["needs_input"],
  stalled: ["stalled"],
  ci: ["ci_failing"],
  conflict: ["conflict"],
  changes_requested: ["changes_requested"],
  head_moved: ["head_moved"],
  closed: ["pr_closed", "target_closed"],
  worktree_missing: ["worktree_missing"],
  branch_moved: ["branch_moved"],
};

/**
 * What is to be said about a row of the journal, given how the dispatch stands now; null where there is nothing to say,
 * or nothing any more: a run that was followed by another, an attention that is gone, a dispatch that was cleaned.
 *
 * Three things speak: `session_ended` of the layer `dispatch`; a `fact` of ASKING_FACTS
 * whose attention still holds; and a fact of DONE_FACTS. A question is announced when it is asked, so
 * an end with the outcome `asked` says nothing more, and neither does a stop, which a person did. Under upstream only
 * failures, questions and the merge are told.
 */
export function announce(
  row: JournalRow,
  view: DispatchView | null,
  limits: AttentionLimits,
): Announcement | null {
  if (view === null || row.dispatchId !== view.id) return null;
  if (row.layer === "dispatch" && row.event === "session_ended") return ofEnd(row, view);
  if (row.layer !== "fact") return null;
  if (DONE_FACTS.some((fact) => fact === row.event)) return ofMerge(row, view);
  return ofAttention(row, view, limits);
}

/**
 * The key of the effect that tells it to a room: the same row never twice, on no restart. What is done is told once,
 * though a merge may be seen as several facts.
 */
export function announcementKey(told: Announcement, room: string): string {
  const what = told.kind === "done" ? "done" : String(told.journalId);
  return `announce:${told.dispatchId}:${what}:${room}`;
}

/** In one line, for rooms that have no more. */
export function announcementLine(told: Announcement): string {
  return [`${told.icon} ${told.title}`, told.detail].filter(Boolean).join(" · ");
}

function ofEnd(row: JournalRow, view: DispatchView): Announcement | null {
  const superseded = hasLiveRun(view) || view.queued !== null || isDone(view);
  const otherRun = row.runId !== null && view.run !== null && row.runId !== view.run.id;
  if (superseded || otherRun || view.outcome === null) return null;
  const silenced = view.status === "upstream" && !HEARD_UNDER_UPSTREAM.some((code) => code === view.outcome);
  if (silenced) return null;
  switch (view.outcome) {
    case "ok":
      return told(row, view, "ready", "ready for review", [changes(view), runTime(view)]);
    case "failed":
    case "lost":
    case "empty":
      return told(row, view, view.outcome === "empty" ? "needs_you" : "failed", ENDED[view.outcome], [
        reason(view),
        runTime(view),
      ]);
    default:
      return null;
  }
}

const ENDED: Record<Extract<Outcome, "failed" | "lost" | "empty">, string> = {
  failed: "failed",
  lost: "died without a word",
  empty: "changed nothing",
};

function ofMerge(row: JournalRow, view: DispatchView): Announcement | null {
  return isDone(view) ? told(row, view, "done", "done", [changes(view)]) : null;
}

function ofAttention(row: JournalRow, view: DispatchView, limits: AttentionLimits): Announcement | null {
  const found = attention(view, row.at, limits).find((a) => ASKING_FACTS[row.event]?.includes(a.code));
  if (!found) return null;
  const said = told(row, view, "needs_you", "needs you", [found.message]);
  if (found.code === "needs_input")
    return { ...said, icon: ICONS.asking, offers: [answer(view), log(view), clean(view)] };
  return { ...said, offers: [...hinted(found.hint), log(view), clean(view)].filter(isFirst) };
}

function told(
  row: JournalRow,
  view: DispatchView,
  kind: AnnouncementKind,
  what: string,
  details: readonly string[],
): Announcement {
  return {
    kind,
    dispatchId: view.id,
    journalId: row.id,
    at: row.at,
    icon: ICONS[SHOWN[kind]],
    title: `${what} · ${subject(view)}`,
    detail: details.filter(Boolean).join(" · "),
    offers: offers(kind, view),
  };
}

const SHOWN: Record<AnnouncementKind, Display> = {
  ready: "ready",
  needs_you: "needs_you",
  failed: "needs_you",
  done: "done",
};

/** `#42 Fix login`, `PR #12 Cache layer`, `task 7 Tidy the docs`. */
function subject(view: DispatchView): string {
  if (view.number === null) return `task ${view.id} ${view.title}`;
  return `${view.kind === "pr" ? "PR " : ""}#${view.number} ${view.title}`;
}

function changes({ git }: DispatchView): string {
  return git && git.files > 0 ? `+${git.insertions} −${git.deletions}` : "";
}

function runTime({ run }: DispatchView): string {
  return run?.startedAt && run.endedAt ? duration(run.endedAt - run.startedAt) : "";
}

function reason(view: DispatchView): string {
  const kind = view.outcome === "failed" && view.failure !== "agent" ? view.failure : null;
  return [kind, view.outcomeDetail?.trim().split("\n", 1)[0]].filter(Boolean).join(": ");
}

const log = (view: DispatchView): Offer => ({ label: "Log", line: `log ${view.id}` });
const answer = (view: DispatchView): Offer => ({
  label: "Answer…",
  line: `answer ${view.id}`,
  asks: "The answer",
});
const goOn = (view: DispatchView): Offer => ({
  label: "Continue…",
  line: `continue ${view.id}`,
  asks: "What it shall do next",
});
const clean = (view: DispatchView): Offer => ({ label: "Clean", line: `clean ${view.id}` });

/** What an attention hints at, as a button; a hint for a shell is none. */
function hinted(hint: string): Offer[] {
  const [, line = "", verb = ""] = hint.match(/^rally ((\w)\w*(?: .+)?)$/) ?? [];
  const name = line.split(" ", 1)[0] ?? "";
  return line === "" ? [] : [{ label: verb.toUpperCase() + name.slice(1), line }];
}

function isFirst(offer: Offer, at: number, all: readonly Offer[]): boolean {
  return all.findIndex((other) => other.line === offer.line) === at;
}

function offers(kind: AnnouncementKind, view: DispatchView): Offer[] {
  const publish: Offer =
    view.kind === "pr"
      ? { label: "Review", line: `review ${view.id}` }
      : { label: "Open PR", line: `pr ${view.id}` };
  switch (kind) {
    case "ready":
      return [
        { label: "Diff", line: `diff ${view.id}` },
        ...(view.pr?.state === "open" ? [] : [publish]),
        goOn(view),
        { label: "Upstream", line: `upstream ${view.id}` },
        clean(view),
      ];
    case "failed":
      return [log(view), { label: "Retry", line: `retry ${view.id}` }, goOn(view), clean(view)];
    case "needs_you":
      return [log(view), goOn(view), clean(view)];
    case "done":
      return [clean(view)];
  }
}
