import type { Store } from "../store/open.ts";
import { transaction } from "../store/transaction.ts";

type Change<A> = { readonly action: A; readonly change: () => void };

type Told<A> = {
  readonly done: (action: A) => void;
  readonly failed: (action: A, error: unknown) => void;
};

/** So many at once; a crash costs no more than this many being looked at again. */
const TOGETHER = 50;

/**
 * Changes of the store in groups: one transaction for what has come since the event loop last turned, 50 at most, and
 * within it a savepoint for each, so that one that fails undoes itself alone. `done` and `failed` are told when the
 * group has been committed; where that fails, all of it has.
 */
export function newGroup<A>(store: Store, name: string, told: Told<A>) {
  let waiting: Change<A>[] = [];
  let soon: NodeJS.Immediate | null = null;
  const settle = () => {
    if (soon !== null) clearImmediate(soon);
    const group = waiting;
    [waiting, soon] = [[], null];
    if (group.length > 0) settleAll(store, name, group, told);
  };
  const add = (action: A, change: () => void) => {
    waiting.push({ action, change });
    if (waiting.length >= TOGETHER) settle();
    else soon ??= setImmediate(settle);
  };
  return { add, settle };
}

function settleAll<A>(store: Store, name: string, group: readonly Change<A>[], told: Told<A>): void {
  const errors = new Map<A, unknown>();
  try {
    transaction(store, name, () => {
      for (const { action, change } of group)
        attempt(store, name, change, (error) => errors.set(action, error));
    });
  } catch (error) {
    for (const { action } of group) told.failed(action, error);
    return;
  }
  for (const { action } of group) {
    if (errors.has(action)) told.failed(action, errors.get(action));
    else told.done(action);
  }
}

function attempt(store: Store, name: string, change: () => void, failed: (error: unknown) => void): void {
  try {
    transaction(store, name, change);
  } catch (error) {
    // Where SQLite itself has rolled everything back (a full disk), the group is over.
    if (!store.db.inTransaction) throw error;
    failed(error);
  }
}
