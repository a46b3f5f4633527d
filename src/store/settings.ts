import type { Store } from "./open.ts";
import { statement } from "./statements.ts";
import { transaction } from "./transaction.ts";

export function getSetting(store: Store, key: string): string | null {
  return (
    statement<{ value: string }>(store, "SELECT value FROM settings WHERE key = ?").get(key)?.value ?? null
  );
}

export function setSetting(store: Store, key: string, value: string): void {
  transaction(store, "setting", () => {
    statement(
      store,
      "INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
    ).run(key, value);
  });
}

const homeIds = new WeakMap<Store, string>();

/** Tells this home from another: made at random once, the same for everybody who asks. */
export function homeId(store: Store): string {
  const known = homeIds.get(store) ?? getSetting(store, "home_id") ?? makeHomeId(store);
  // Within a transaction it may yet be undone.
  if (!store.db.inTransaction) homeIds.set(store, known);
  return known;
}

function makeHomeId(store: Store): string {
  return transaction(store, "home id", () => {
    statement(store, "INSERT OR IGNORE INTO settings (key, value) VALUES ('home_id', ?)").run(
      crypto.randomUUID(),
    );
    return getSetting(store, "home_id") ?? "";
  });
}
