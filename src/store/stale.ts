import type { Store } from "./open.ts";
import { statement } from "./statements.ts";

export type StaleGit = {
  readonly id: number;
  readonly stamp: string | null;
  /** Its end was noticed, a person pushed it, or it was never looked at, since: git is asked whatever the index says. */
  readonly due: boolean;
};

/**
 * Dispatches with a worktree that git may have news of, a hundred at most: those with an ended run first, then those
 * that are live, by their numbers from `after` on and around, so that everyone's turn comes. Not those whose run is
 * starting: their worktree is being made; nor those of the projects in `without`; nor what was done and left at that.
 */
export function staleGit(store: Store, after: number, without: readonly number[]): StaleGit[] {
  return statement<{ id: number; stamp: string | null; due: number }>(
    store,
    `SELECT d.id, g.index_stamp AS stamp,
       (g.dispatch_id IS NULL OR g.as_of < max(
         coalesce(d.outcome_at, 0),
         coalesce((SELECT max(ended_at) FROM runs r WHERE r.dispatch_id = d.id), 0),
         coalesce((SELECT max(at) FROM journal j WHERE j.dispatch_id = d.id AND j.layer = 'gate'), 0))) AS due
     FROM dispatches d LEFT JOIN git_facts g ON g.dispatch_id = d.id
     WHERE d.worktree IS NOT NULL AND (d.done_at IS NULL OR d.status = 'implementing' OR d.outcome_at > d.done_at)
       AND d.project_id NOT IN (SELECT value FROM json_each(?2))
       AND NOT EXISTS (SELECT 1 FROM runs r WHERE r.dispatch_id = d.id AND r.state = 'starting')
       AND (due OR EXISTS (SELECT 1 FROM runs r WHERE r.dispatch_id = d.id AND r.state = 'running'))
     ORDER BY due DESC, CASE WHEN due THEN coalesce(g.as_of, 0) ELSE d.id <= ?1 END, d.id LIMIT 100`,
  )
    .all(after, JSON.stringify(without))
    .map((row) => ({ ...row, due: Boolean(row.due) }));
}
