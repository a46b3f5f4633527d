import type { Checks, Time } from "../domain/words.ts";
import { mayInstruct, type Review } from "../domain/written.ts";
import type { Check, Pull } from "./github.ts";

export type Origin = {
  /** The number of the pull request that Rally opened for the dispatch, if it did. */
  readonly openedByRally: number | null;
  readonly dispatchCreatedAt: Time;
  /** The dispatch's own commits. */
  readonly commits: ReadonlySet<string>;
};

/**
 * Whether a pull request is the dispatch's own (model.md 3): Rally opened it, or it was opened after the dispatch and
 * its head is a commit of the dispatch. A branch's name alone proves nothing.
 */
export function isOwnPull(pull: Pull, origin: Origin): boolean {
  if (pull.number === origin.openedByRally) return true;
  const openedAt = Date.parse(pull.createdAt);
  // GitHub tells whole seconds: one opened within the dispatch's own second is later than it looks.
  const since = Math.floor(origin.dispatchCreatedAt / 1000) * 1000;
  return openedAt >= since && origin.commits.has(pull.head.sha);
}

/** One word for all checks of a commit: one that fails is `failing`, whatever still runs. */
export function overall(checks: readonly Pick<Check, "state">[]): Checks {
  if (checks.length === 0) return "none";
  if (checks.some((check) => check.state === "failing")) return "failing";
  return checks.some((check) => check.state === "pending") ? "pending" : "passing";
}

/**
 * Whether changes are requested now: by the latest verdict of at least one author with write access. A comment is no
 * verdict, and a dismissed review takes its author's verdict away.
 */
export function changesRequested(reviews: readonly Review[]): boolean {
  const latest = new Map<string, Review>();
  for (const review of reviews) {
    if (review.state === "commented" || !mayInstruct(review.association)) continue;
    const before = latest.get(review.author);
    if (!before || Date.parse(before.submittedAt) <= Date.parse(review.submittedAt))
      latest.set(review.author, review);
  }
  return [...latest.values()].some((review) => review.state === "changes_requested");
}
