import type { By } from "./journal.ts";
import type { Store } from "./open.ts";
import { record } from "./record.ts";
import { statement } from "./statements.ts";

/**
 * Journals, before it is made, what a copy of a dispatch's work will be called: two homes on one repository may have
 * dispatches of the same number, and only this tells whose a copy is. Told once.
 */
export function recordArchive(store: Store, by: By, dispatchId: number, name: string): void {
  if (archivesOf(store, dispatchId).includes(name)) return;
  record(store, by, [{ layer: "fact", event: "archiving", dispatchId, data: { ref: name } }]);
}

/** Names of this home's copies of a dispatch's work; a ref is one where it is such a name, or that with `-` and more. */
export function archivesOf(store: Store, dispatchId: number): string[] {
  return statement<{ ref: string }>(
    store,
    `SELECT json_extract(data, '$.ref') AS ref FROM journal
       WHERE dispatch_id = ?1 AND layer = 'fact' AND event = 'archiving'
     UNION SELECT json_extract(kept.value, '$.ref') FROM journal, json_each(data, '$.kept') AS kept
       WHERE dispatch_id = ?1 AND layer = 'fact' AND event = 'brought_home'
     UNION SELECT archive_ref FROM cleaned WHERE dispatch_id = ?1 AND archive_ref IS NOT NULL`,
  )
    .all(dispatchId)
    .map(({ ref }) => ref);
}
