import type { Database, SQLQueryBindings, Statement } from "bun:sqlite";
import type { Store } from "./open.ts";

const prepared = new WeakMap<Database, Map<string, Statement>>();

/** One prepared statement for each text and connection; the read path needs nothing else. */
export function statement<Row, Params extends SQLQueryBindings[] = SQLQueryBindings[]>(
  store: Pick<Store, "db">,
  sql: string,
): Statement<Row, Params> {
  let known = prepared.get(store.db);
  if (!known) {
    known = new Map();
    prepared.set(store.db, known);
  }
  let found = known.get(sql);
  if (!found) {
    found = store.db.prepare(sql);
    known.set(sql, found);
  }
  return found as Statement<Row, Params>;
}

/** Before a connection is closed: what is still prepared would keep its files open. */
export function forgetStatements(db: Database): void {
  for (const known of prepared.get(db)?.values() ?? []) known.finalize();
  prepared.delete(db);
}
