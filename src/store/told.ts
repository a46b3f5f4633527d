import type { Time } from "../domain/words.ts";
import type { Store } from "./open.ts";
import { statement } from "./statements.ts";

/** By its dispatch, because that is what the journal is indexed by. */
const OF_RUN = "dispatch_id = (SELECT dispatch_id FROM runs WHERE id = ?1) AND run_id = ?1";

/** Whether the journal tells of this run's silence since then: it is said once. */
export function stalledSince(store: Store, runId: number, since: Time): boolean {
  return isTold(store, `${OF_RUN} AND event = 'stalled' AND at > ?2`, runId, since);
}

/** The worktree that was planned last has not stood yet: it is being made, or its making has failed. */
export function worktreeUnmade(store: Store, dispatchId: number): boolean {
  const row = statement<{ event: string }>(
    store,
    `SELECT event FROM journal WHERE dispatch_id = ? AND event IN ('worktree_planned', 'worktree_made')
     ORDER BY id DESC LIMIT 1`,
  ).get(dispatchId);
  return row?.event === "worktree_planned";
}

/** Whether the journal tells this of a run. */
export function toldOfRun(store: Store, runId: number, event: string): boolean {
  return isTold(store, `${OF_RUN} AND event = ?2`, runId, event);
}

/** What the last start on a fork's pull request told of the agents' configuration; null where it told nothing. */
export function configurationTold(store: Store, dispatchId: number): string | null {
  const row = statement<{ why: string | null }>(
    store,
    `SELECT why FROM journal WHERE dispatch_id = ? AND event = 'base_configuration' ORDER BY id DESC LIMIT 1`,
  ).get(dispatchId);
  return row?.why ?? null;
}

/** Whether the journal tells that a person had this commit pushed. */
export function pushTold(store: Store, dispatchId: number, head: string): boolean {
  return gateTold(store, dispatchId, "push", { key: "$.head", value: head });
}

/** Whether the journal tells that this head of a pull request may be handed to the agent. */
export function headTrusted(store: Store, dispatchId: number, head: string): boolean {
  return gateTold(store, dispatchId, "head_trusted", { key: "$.head", value: head });
}

/** Whether the journal tells that a person had the review of this commit posted. */
export function reviewTold(store: Store, dispatchId: number, commit: string): boolean {
  return gateTold(store, dispatchId, "review_posted", { key: "$.commit", value: commit });
}

function gateTold(
  store: Store,
  dispatchId: number,
  event: string,
  data: { readonly key: string; readonly value: string },
): boolean {
  const where = "dispatch_id = ? AND layer = 'gate' AND event = ? AND json_extract(data, ?) = ?";
  return isTold(store, where, dispatchId, event, data.key, data.value);
}

function isTold(store: Store, where: string, ...values: (string | number)[]): boolean {
  return statement(store, `SELECT 1 FROM journal WHERE ${where} LIMIT 1`).get(...values) !== null;
}

/** Runs whose end went wrong in a way that nobody foresaw, since then; oldest first. */
export function troubledEnds(
  store: Store,
  since: Time,
): { readonly dispatchId: number | null; readonly runId: number; readonly why: string }[] {
  return statement<{ dispatchId: number | null; runId: number; why: string }>(
    store,
    `SELECT dispatch_id AS dispatchId, run_id AS runId, coalesce(why, '') AS why FROM journal
     WHERE event = 'end_troubled' AND at >= ? ORDER BY id`,
  ).all(since);
}

/** The archive refs of orphans that were cleaned to the end. */
export function archivedOrphans(store: Store, projectId: number): string[] {
  return statement<{ ref: string }>(
    store,
    `SELECT json_extract(data, '$.archive') AS ref FROM journal
     WHERE layer = 'project' AND project_id = ? AND event = 'orphan_cleaned' AND ref IS NOT NULL`,
  )
    .all(projectId)
    .map((row) => row.ref);
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
