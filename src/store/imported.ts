import type { Time } from "../domain/words.ts";
import type { Store } from "./open.ts";
import { statement } from "./statements.ts";

/** When the earlier tool's files were taken over, and what of them was not, a sentence each; null before that. */
export function imported(store: Store): { readonly at: Time; readonly left: readonly string[] } | null {
  const row = statement<{ value: string }>(
    store,
    "SELECT value FROM settings WHERE key = 'imported_at'",
  ).get();
  if (!row) return null;
  const left = statement<{ value: string }>(
    store,
    "SELECT value FROM settings WHERE key = 'imported_left'",
  ).get();
  return { at: Number(row.value), left: JSON.parse(left?.value ?? "[]") as string[] };
}
