import type { Store } from "./open.ts";

/** Does something that is better left out than waited for: a busy database is then a Problem after `ms`. */
export async function impatiently<T>(store: Store, ms: number, work: () => Promise<T>): Promise<T> {
  store.db.run(`PRAGMA busy_timeout = ${Math.max(0, Math.floor(ms))}`);
  try {
    return await work();
  } finally {
    store.db.run(`PRAGMA busy_timeout = ${store.busyMs}`);
  }
}
