import type { Outcome, RunState, Time } from "../domain/words.ts";
import type { Store } from "./open.ts";
import { statement } from "./statements.ts";

export type Measures = {
  readonly runs: readonly { readonly state: RunState; readonly agent: string; readonly count: number }[];
  readonly outcomes: readonly { readonly outcome: Outcome; readonly agent: string; readonly count: number }[];
  /** Questions that were answered or made moot, and how long that took in all. */
  readonly answered: { readonly count: number; readonly ms: number };
  readonly outbox: readonly { readonly state: string; readonly count: number; readonly oldest: Time }[];
  readonly budgets: readonly Budget[];
  readonly journalId: number;
};

export type Budget = {
  readonly resource: string;
  readonly limit: number;
  readonly remaining: number;
  readonly resetAt: Time;
};

/** What can be counted of a home, by the database itself. */
export function measures(store: Store): Measures {
  const all = <T>(sql: string) => statement<T>(store, sql).all();
  const [answered] = all<Measures["answered"]>(
    `SELECT count(*) AS count, coalesce(sum(closed_at - asked_at), 0) AS ms FROM questions WHERE closed_at IS NOT NULL`,
  );
  const [last] = all<{ id: number | null }>("SELECT max(id) AS id FROM journal");
  return {
    runs: all("SELECT state, agent, count(*) AS count FROM runs GROUP BY state, agent ORDER BY agent, state"),
    outcomes: all(
      `SELECT outcome, agent, count(*) AS count FROM runs WHERE outcome IS NOT NULL
       GROUP BY outcome, agent ORDER BY agent, outcome`,
    ),
    answered: answered ?? { count: 0, ms: 0 },
    outbox: all(
      `SELECT state, count(*) AS count, min(created_at) AS oldest FROM effects WHERE state NOT IN ('done', 'dropped')
       GROUP BY state ORDER BY state`,
    ),
    budgets: all(
      `SELECT resource, budget_limit AS "limit", remaining, reset_at AS resetAt FROM budgets ORDER BY resource`,
    ),
    journalId: last?.id ?? 0,
  };
}
