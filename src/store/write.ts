import type { Database } from "bun:sqlite";
import { drizzle } from "drizzle-orm/bun-sqlite";
import { boundary } from "../boundary.ts";
import type { Store } from "./open.ts";
import { asProblem, readOnlyHome } from "./problems.ts";
import { statement } from "./statements.ts";

export type Tx = ReturnType<typeof orm>;
/** A callback that is `async` would commit before it has done anything: it does not compile. */
type Sync<T> = T extends PromiseLike<unknown> ? never : T;

/**
 * One BEGIN IMMEDIATE transaction: all of `fn`, or nothing. Within another `write` of the same store it joins that
 * one, and what it did is undone if it throws, though the outer one may go on. Throws a Problem when the database is
 * locked, full, read-only or damaged.
 */
export function write<T>(store: Store, name: string, fn: (tx: Tx) => Sync<T>): T {
  if (store.readOnly) throw readOnlyHome(store.path);
  const tx = ormOf(store);
  if (store.db.inTransaction) return between(store, "SAVEPOINT joined", "RELEASE joined", tx, fn);
  boundary("store", name, "before");
  try {
    const result = between(store, "BEGIN IMMEDIATE", "COMMIT", tx, fn);
    boundary("store", name, "after");
    return result;
  } catch (error) {
    throw asProblem(error, store.path);
  }
}

function between<T>(store: Store, begin: string, end: string, tx: Tx, fn: (tx: Tx) => Sync<T>): T {
  const joined = begin.startsWith("SAVEPOINT");
  statement(store, begin).run();
  try {
    const result = fn(tx);
    if (isPromise(result)) throw new Error("A transaction cannot wait for anything.");
    statement(store, end).run();
    return result;
  } catch (error) {
    // SQLite has rolled back by itself where the disk was full.
    if (store.db.inTransaction) store.db.run(joined ? "ROLLBACK TO joined; RELEASE joined" : "ROLLBACK");
    throw error;
  }
}

function isPromise(value: unknown): boolean {
  return typeof value === "object" && value !== null && "then" in value;
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
