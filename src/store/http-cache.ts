import type { Time } from "../domain/words.ts";
import type { Store } from "./open.ts";
import { statement } from "./statements.ts";
import { write } from "./write.ts";

type Entry = { readonly etag: string; readonly body: string; readonly link: string | null };
type Budget = { readonly limit: number; readonly remaining: number; readonly resetAt: Time };
export type BudgetRow = Budget & { readonly resource: string; readonly at: Time };

/** What conditional requests know, and the budget that all processes of this home share. In a read-only home it forgets. */
export function httpCache(store: Store, now: () => Time) {
  return {
    get(key: string): Entry | null {
      return statement<Entry>(store, "SELECT etag, body, link FROM http_cache WHERE key = ?").get(key);
    },
    set(key: string, entry: Entry): void {
      if (store.readOnly) return;
      write(store, "http cache", () => {
        statement(
          store,
          "INSERT OR REPLACE INTO http_cache (key, etag, body, link, at) VALUES (?, ?, ?, ?, ?)",
        ).run(key, entry.etag, entry.body, entry.link, now());
      });
    },
    budget(resource: string, budget: Budget): void {
      if (store.readOnly) return;
      write(store, "budget", () => {
        statement(
          store,
          "INSERT OR REPLACE INTO budgets (resource, budget_limit, remaining, reset_at, at) VALUES (?, ?, ?, ?, ?)",
        ).run(resource, budget.limit, budget.remaining, budget.resetAt, now());
      });
    },
  };
}

export function budgets(store: Store): BudgetRow[] {
  return statement<BudgetRow>(
    store,
    'SELECT resource, budget_limit AS "limit", remaining, reset_at AS resetAt, at FROM budgets ORDER BY resource',
  ).all();
}

/** Forgets what was written before this time; gives how many answers that were. */
export function pruneHttpCache(store: Store, before: Time): number {
  return write(store, "prune http cache", () =>
    Number(statement(store, "DELETE FROM http_cache WHERE at < ?").run(before).changes),
  );
}
