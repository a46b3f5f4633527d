import type { Time } from "../domain/words.ts";
import type { Store } from "./open.ts";
import { statement } from "./statements.ts";

/** Whether the journal tells of this run's silence since then: it is said once. */
export function stalledSince(store: Store, runId: number, since: Time): boolean {
  const row = statement<{ id: number }>(
    store,
    "SELECT id FROM journal WHERE run_id = ? AND event = 'stalled' AND at > ? LIMIT 1",
  ).get(runId, since);
  return row !== null && row !== undefined;
}

/** Whether the worktree that was planned last has stood once: then what is in it is work, and no half-made thing. */
export function worktreeMade(store: Store, dispatchId: number): boolean {
  const row = statement<{ event: string }>(
    store,
    `SELECT event FROM journal WHERE dispatch_id = ? AND event IN ('worktree_planned', 'worktree_made')
     ORDER BY id DESC LIMIT 1`,
  ).get(dispatchId);
  return row?.event === "worktree_made";
}

/** The trash folders of orphans that were cleaned to the end. */
export function cleanedOrphans(store: Store, projectId: number): Set<string> {
  const rows = statement<{ trash: string | null }>(
    store,
    `SELECT json_extract(data, '$.trash') AS trash FROM journal
     WHERE layer = 'project' AND project_id = ? AND event = 'orphan_cleaned'`,
  ).all(projectId);
  return new Set(rows.flatMap(({ trash }) => (trash === null ? [] : [trash])));
}
