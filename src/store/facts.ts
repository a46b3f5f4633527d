import type { GitFacts, PrFacts, TargetFacts } from "../domain/view.ts";
import type { Time } from "../domain/words.ts";
import type { Entry } from "./journal.ts";
import type { Store } from "./open.ts";
import { upsertFacts } from "./prepared.ts";
import { record } from "./record.ts";
import { gitFacts, prFacts, targetFacts } from "./schema-facts.ts";
import { statement } from "./statements.ts";
import { FACTS_COLUMNS, FACTS_JOINS, factsOf } from "./view-facts.ts";
import { write } from "./write.ts";

type Seen = Pick<Entry, "event" | "from" | "to" | "data">;
type Stored = ReturnType<typeof factsOf>;

/** Stored facts that lie this far ahead of the clock come from a clock that was wrong: they hold nothing up. */
const WRONG_CLOCK_MS = 600_000;

/**
 * What git says of a worktree now. Gives the events that were journaled as facts: `pushed`, `in_base`,
 * `worktree_missing`. Facts older than the stored ones, and facts of a dispatch that is gone, write nothing; the same
 * facts again are journaled no second time (invariant 10).
 */
export function recordGit(
  store: Store,
  dispatchId: number,
  facts: GitFacts & { readonly indexStamp: string | null },
  at: Time,
): string[] {
  return write(store, "git facts", (tx) => {
    const stored = storedFacts(store, dispatchId);
    if (!stored || isStale(facts.asOf, stored.git?.asOf, at)) return [];
    upsertFacts(tx, gitFacts, { dispatchId, ...facts });
    return note(store, dispatchId, at, gitChanges(stored.git, facts));
  });
}

/**
 * What GitHub says of the dispatch's own pull request; null: it has none (any more). Events: `opened`, `merged`,
 * `closed`, `reopened`, `ci`, `conflict`, `changes_requested`, `pr_gone`. `since` is kept while nothing changes but
 * the head. Otherwise as `recordGit`.
 */
export function recordPr(store: Store, dispatchId: number, facts: PrFacts | null, at: Time): string[] {
  return write(store, "pull request facts", (tx) => {
    const stored = storedFacts(store, dispatchId);
    if (!stored || isStale(facts?.asOf ?? at, stored.pr?.asOf, at)) return [];
    const before = stored.pr && facts && stored.pr.number !== facts.number ? null : stored.pr;
    if (facts) {
      const since = before && samePr(before, facts) ? before.since : facts.since;
      upsertFacts(tx, prFacts, { dispatchId, ...facts, since });
      return note(store, dispatchId, at, prChanges(before, facts));
    }
    if (!before) return [];
    statement(store, "DELETE FROM pr_facts WHERE dispatch_id = ?").run(dispatchId);
    return note(store, dispatchId, at, [{ event: "pr_gone", from: before.state, data: ofPr(before.number) }]);
  });
}

/**
 * What GitHub says of the issue or pull request that the dispatch is for. Events: `merged`, `closed`, `reopened`,
 * `head_moved`. A head or reviewed head that is null leaves the stored one as it is. Otherwise as `recordGit`.
 */
export function recordTarget(store: Store, dispatchId: number, facts: TargetFacts, at: Time): string[] {
  return write(store, "target facts", (tx) => {
    const stored = storedFacts(store, dispatchId);
    if (!stored || isStale(facts.asOf, stored.target?.asOf, at)) return [];
    const before = stored.target;
    const head = facts.head ?? before?.head ?? null;
    const reviewedHead = facts.reviewedHead ?? before?.reviewedHead ?? null;
    const same = before !== null && before.state === facts.state && before.head === head;
    const since = same ? before.since : facts.since;
    upsertFacts(tx, targetFacts, { dispatchId, ...facts, head, reviewedHead, since });
    return note(store, dispatchId, at, targetChanges(before, { ...facts, head }));
  });
}

function gitChanges(before: GitFacts | null, now: GitFacts): Seen[] {
  const seen: Seen[] = [];
  if ((before?.pushed ?? 0) === 0 && now.pushed > 0)
    seen.push({ event: "pushed", from: "0", to: `${now.pushed}`, data: { head: now.head } });
  if (now.inBase && !before?.inBase) seen.push({ event: "in_base", data: { head: now.head } });
  if (!now.worktreeExists && (before?.worktreeExists ?? true))
    seen.push({ event: "worktree_missing", data: { branchExists: now.branchExists } });
  if (now.branchNow !== null && now.branchNow !== (before?.branchNow ?? null))
    seen.push({ event: "branch_moved", to: now.branchNow });
  return seen;
}

function prChanges(before: PrFacts | null, now: PrFacts): Seen[] {
  const data = { ...ofPr(now.number), url: now.url, head: now.head };
  const seen: Seen[] = [];
  const moved = stateEvent(before?.state ?? null, now.state);
  if (moved) seen.push({ event: moved, from: before?.state ?? null, to: now.state, data });
  const checks = before?.checks ?? "none";
  if (checks !== now.checks) seen.push({ event: "ci", from: checks, to: now.checks, data });
  for (const [event, was, is] of [
    ["conflict", before?.conflict ?? false, now.conflict],
    ["changes_requested", before?.changesRequested ?? false, now.changesRequested],
  ] as const)
    if (was !== is) seen.push({ event, from: yesNo(was), to: yesNo(is), data });
  return seen;
}

function targetChanges(before: TargetFacts | null, now: TargetFacts): Seen[] {
  const seen: Seen[] = [];
  const was = before?.state ?? "open";
  const moved = stateEvent(was, now.state);
  if (moved) seen.push({ event: moved, from: was, to: now.state, data: { of: "target" } });
  if (before?.head && now.head && before.head !== now.head)
    seen.push({ event: "head_moved", from: before.head, to: now.head, data: { of: "target" } });
  return seen;
}

function stateEvent(from: string | null, to: PrFacts["state"]): string | null {
  if (from === to) return null;
  if (to !== "open") return to;
  return from === null ? "opened" : "reopened";
}

function ofPr(number: number): { of: "pr"; number: number } {
  return { of: "pr", number };
}

function yesNo(value: boolean): string {
  return value ? "yes" : "no";
}

function samePr(a: PrFacts, b: PrFacts): boolean {
  return (
    a.state === b.state &&
    a.draft === b.draft &&
    a.checks === b.checks &&
    a.conflict === b.conflict &&
    a.changesRequested === b.changesRequested
  );
}

function isStale(asOf: Time, storedAsOf: Time | undefined, at: Time): boolean {
  if (storedAsOf === undefined || storedAsOf > at + WRONG_CLOCK_MS) return false;
  return asOf < storedAsOf;
}

/** Null when the dispatch is gone. */
function storedFacts(store: Store, dispatchId: number): Stored | null {
  const row = statement<Record<string, unknown>>(
    store,
    `SELECT ${FACTS_COLUMNS} FROM dispatches d ${FACTS_JOINS} WHERE d.id = ?`,
  ).get(dispatchId);
  return row ? factsOf(row) : null;
}

function note(store: Store, dispatchId: number, at: Time, seen: readonly Seen[]): string[] {
  keepDone(store, dispatchId, at);
  const changes = seen.map((entry) => ({ layer: "fact" as const, dispatchId, ...entry }));
  record(store, { actor: "rally", at }, changes);
  return seen.map((entry) => entry.event);
}

/** When the facts first said that it is done, by the rule of the display: so that `status` need not read all of the past. */
function keepDone(store: Store, dispatchId: number, at: Time): void {
  statement(
    store,
    `WITH now(done) AS (SELECT CASE d.kind
       WHEN 'pr' THEN EXISTS (SELECT 1 FROM target_facts WHERE dispatch_id = d.id AND state = 'merged')
       ELSE EXISTS (SELECT 1 FROM pr_facts WHERE dispatch_id = d.id AND state = 'merged')
         OR EXISTS (SELECT 1 FROM git_facts WHERE dispatch_id = d.id AND in_base = 1) END
       FROM dispatches d WHERE d.id = ?1)
     UPDATE dispatches SET done_at = CASE WHEN (SELECT done FROM now) THEN ?2 END
     WHERE id = ?1 AND (done_at IS NOT NULL) <> (SELECT done FROM now)`,
  ).run(dispatchId, at);
}
