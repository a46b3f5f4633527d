import type { Database } from "bun:sqlite";
import { drizzle } from "drizzle-orm/bun-sqlite";
import type { Store } from "./open.ts";
import { statement } from "./statements.ts";
import { type Sync, transaction } from "./transaction.ts";

export type Tx = ReturnType<typeof orm>;

/** A `transaction` whose rows are written by drizzle. */
export function write<T>(store: Store, name: string, fn: (tx: Tx) => Sync<T>): T {
  return transaction(store, name, () => fn(ormOf(store)));
}

const orms = new WeakMap<Database, Tx>();

function ormOf(store: Store): Tx {
  let found = orms.get(store.db);
  if (!found) {
    found = orm(store);
    orms.set(store.db, found);
  }
  return found;
}

/** Drizzle prepares through our own statements, so that a closed store leaves nothing prepared and its log is merged. */
function orm(store: Store) {
  const client = { prepare: (sql: string) => statement(store, sql) };
  return drizzle({ client: client as unknown as Database });
}
