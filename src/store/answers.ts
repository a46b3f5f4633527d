import type { Store } from "./open.ts";
import { statement } from "./statements.ts";

export type Answered = {
  readonly id: number;
  readonly text: string;
  readonly context: string | null;
  readonly answer: string;
};

/** Answers of this run's questions that have not reached the agent. */
export function answeredOf(store: Store, runId: number): Answered[] {
  return statement<Answered>(
    store,
    `SELECT id, text, context, answer FROM questions
     WHERE run_id = ? AND answer IS NOT NULL AND delivered_at IS NULL ORDER BY id`,
  ).all(runId);
}

/** The runs that have such answers. */
export function runsWithAnswers(store: Store): Set<number> {
  const rows = statement<{ runId: number }>(
    store,
    `SELECT DISTINCT run_id AS runId FROM questions WHERE answer IS NOT NULL AND delivered_at IS NULL`,
  ).all();
  return new Set(rows.map(({ runId }) => runId));
}

/** Answers that no run has been told, oldest first. */
export function undeliveredAnswers(store: Store, dispatchId: number): Answered[] {
  return statement<Answered>(
    store,
    `SELECT id, text, context, answer FROM questions
     WHERE dispatch_id = ? AND answer IS NOT NULL AND delivered_at IS NULL ORDER BY id`,
  ).all(dispatchId);
}

export function questionsOf(store: Store, runId: number): { readonly id: number }[] {
  return statement<{ id: number }>(store, "SELECT id FROM questions WHERE run_id = ?").all(runId);
}
