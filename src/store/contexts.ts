import type { Store } from "./open.ts";
import { statement } from "./statements.ts";
import { transaction } from "./transaction.ts";

/** The frozen context of a dispatch, as `freeze` wrote it; null where there is none. */
export function contextOf(store: Store, dispatchId: number): string | null {
  return (
    statement<{ text: string }>(store, "SELECT text FROM contexts WHERE dispatch_id = ?").get(dispatchId)
      ?.text ?? null
  );
}

/** Null changes nothing. */
export function keepContext(store: Store, dispatchId: number, text: string | null): void {
  if (text === null) return;
  transaction(store, "keep context", () => {
    statement(
      store,
      "INSERT INTO contexts (dispatch_id, text) VALUES (?1, ?2) ON CONFLICT (dispatch_id) DO UPDATE SET text = ?2",
    ).run(dispatchId, text);
  });
}
