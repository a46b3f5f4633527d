import type { Changes, Database, SQLQueryBindings, Statement } from "bun:sqlite";
import type { Store } from "./open.ts";
import { asProblem } from "./problems.ts";

export type Prepared<Row> = {
  all(...values: SQLQueryBindings[]): Row[];
  get(...values: SQLQueryBindings[]): Row | null;
  run(...values: SQLQueryBindings[]): Changes;
  /** Rows as arrays. */
  values(...values: SQLQueryBindings[]): unknown[][];
};

type Known = { readonly raw: Statement; readonly safe: Prepared<unknown> };
const prepared = new WeakMap<Database, Map<string, Known>>();

/**
 * One prepared statement for each text and connection; the read path needs nothing else. A database that is damaged,
 * locked, full or read-only is a Problem wherever it is met.
 */
export function statement<Row>(store: Pick<Store, "db" | "path">, sql: string): Prepared<Row> {
  let known = prepared.get(store.db);
  if (!known) {
    known = new Map();
    prepared.set(store.db, known);
  }
  let found = known.get(sql);
  if (!found) {
    const raw = guarded(store.path, () => store.db.prepare(sql));
    found = { raw, safe: safe(raw, store.path) };
    known.set(sql, found);
  }
  return found.safe as Prepared<Row>;
}

/** Before a connection is closed: what is still prepared would keep its files open. */
export function forgetStatements(db: Database): void {
  for (const { raw } of prepared.get(db)?.values() ?? []) raw.finalize();
  prepared.delete(db);
}

function safe(raw: Statement, path: string): Prepared<unknown> {
  return {
    all: (...values) => guarded(path, () => raw.all(...values)),
    get: (...values) => guarded(path, () => raw.get(...values)),
    run: (...values) => guarded(path, () => raw.run(...values)),
    values: (...values) => guarded(path, () => raw.values(...values)),
  };
}

function guarded<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw asProblem(error, path);
  }
}
