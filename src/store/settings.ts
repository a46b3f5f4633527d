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

/** Tells this home from another: made at random once, the same for everybody who asks. */
export function homeId(store: Store): string {
  const known = getSetting(store, "home_id");
  if (known) return known;
  return transaction(store, "home id", () => {
    statement(store, "INSERT OR IGNORE INTO settings (key, value) VALUES ('home_id', ?)").run(
      crypto.randomUUID(),
    );
    return getSetting(store, "home_id") ?? "";
  });
}
