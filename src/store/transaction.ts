import { boundary } from "../boundary.ts";
import type { Store } from "./open.ts";
import { asProblem, readOnlyHome } from "./problems.ts";
import { statement } from "./statements.ts";

/** A callback that is `async` would commit before it has done anything: it does not compile. */
export type Sync<T> = T extends PromiseLike<unknown> ? never : T;

/**
 * One BEGIN IMMEDIATE transaction: all of `fn`, or nothing. Within another one of the same store it joins that one,
 * and what it did is undone if it throws, though the outer one may go on. Throws a Problem when the database is locked,
 * full, read-only or damaged. It needs nothing but SQLite, and so is fit for what `status` loads.
 */
export function transaction<T>(store: Store, name: string, fn: () => Sync<T>): T {
  if (store.readOnly) throw readOnlyHome(store.path);
  if (store.db.inTransaction) return between(store, "SAVEPOINT joined", "RELEASE joined", fn);
  boundary("store", name, "before");
  try {
    const result = between(store, "BEGIN IMMEDIATE", "COMMIT", fn);
    boundary("store", name, "after");
    return result;
  } catch (error) {
    throw asProblem(error, store.path);
  }
}

function between<T>(store: Store, begin: string, end: string, fn: () => Sync<T>): T {
  const joined = begin.startsWith("SAVEPOINT");
  statement(store, begin).run();
  try {
    const result = fn();
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
