import { and, eq, isNull } from "drizzle-orm";
import { Problem } from "../domain/problem.ts";
import type { Actor, Time } from "../domain/words.ts";
import type { Store } from "./open.ts";
import { insertRow } from "./prepared.ts";
import { noDispatch, record } from "./record.ts";
import { questions } from "./schema.ts";
import { openQuestion } from "./snapshot.ts";
import { statement } from "./statements.ts";
import { write } from "./write.ts";

export type QuestionRow = typeof questions.$inferSelect;

const COLUMNS = `id, dispatch_id AS dispatchId, run_id AS runId, text, context, asked_at AS askedAt, answer,
  closed_by AS closedBy, closed_at AS closedAt, delivered_at AS deliveredAt`;

/** Keeps an agent's question until somebody answers; gives its id. Journals `asked`. */
export function ask(
  store: Store,
  question: {
    readonly dispatchId: number;
    readonly runId: number;
    readonly text: string;
    readonly context: string | null;
    readonly actor: Actor;
    readonly at: Time;
  },
): number {
  const { dispatchId, runId, text, context, at } = question;
  return write(store, "ask", (tx) => {
    if (!statement(store, "SELECT id FROM dispatches WHERE id = ?").get(dispatchId))
      throw noDispatch(dispatchId);
    const id = insertRow(tx, questions, { dispatchId, runId, text, context, askedAt: at });
    record(store, question, [
      { layer: "fact", event: "asked", dispatchId, runId, why: text, data: { question: id } },
    ]);
    return id;
  });
}

/**
 * The first answer wins, on whatever surface: gives the question that it answers, the oldest open one unless
 * `questionId` names another. Throws `conflict` that says who answered before, or that nothing was asked.
 */
export function answer(
  store: Store,
  given: {
    readonly dispatchId: number;
    readonly questionId?: number | undefined;
    readonly text: string;
    readonly actor: Actor;
    readonly at: Time;
  },
): QuestionRow {
  const { dispatchId, text, actor, at } = given;
  return write(store, "answer", (tx) => {
    const id = given.questionId ?? openQuestion(store, dispatchId)?.id;
    const closed =
      id === undefined
        ? []
        : tx
            .update(questions)
            .set({ answer: text, closedBy: actor, closedAt: at })
            .where(
              and(eq(questions.id, id), eq(questions.dispatchId, dispatchId), isNull(questions.closedAt)),
            )
            .returning()
            .all();
    const [question] = closed;
    if (!question) throw nothingOpen(store, dispatchId, id);
    const { runId } = question;
    const data = { question: question.id };
    record(store, given, [{ layer: "fact", event: "answered", dispatchId, runId, why: text, data }]);
    return question;
  });
}

/** Makes all open questions of a dispatch moot; gives how many there were. Journals `question_closed` for each. */
export function closeQuestions(store: Store, dispatchId: number, by: Actor, at: Time): number {
  return write(store, "close questions", (tx) => {
    const closed = tx
      .update(questions)
      .set({ closedBy: by, closedAt: at })
      .where(and(eq(questions.dispatchId, dispatchId), isNull(questions.closedAt)))
      .returning({ id: questions.id, runId: questions.runId })
      .all();
    for (const { id, runId } of closed) {
      const data = { question: id };
      record(store, { actor: by, at }, [
        { layer: "fact", event: "question_closed", dispatchId, runId, data },
      ]);
    }
    return closed.length;
  });
}

export function questionById(store: Store, id: number): QuestionRow | null {
  return statement<QuestionRow>(store, `SELECT ${COLUMNS} FROM questions WHERE id = ?`).get(id);
}

/** The answer has reached the agent. True for the first who says so. */
export function markDelivered(store: Store, id: number, at: Time): boolean {
  return write(store, "deliver answer", (tx) => {
    const marked = tx
      .update(questions)
      .set({ deliveredAt: at })
      .where(and(eq(questions.id, id), isNull(questions.deliveredAt)))
      .returning({ id: questions.id })
      .all();
    return marked.length === 1;
  });
}

function nothingOpen(store: Store, dispatchId: number, id: number | undefined): Problem {
  const last = statement<QuestionRow>(
    store,
    `SELECT ${COLUMNS} FROM questions WHERE dispatch_id = ?1 AND (?2 IS NULL OR id = ?2) ORDER BY id DESC LIMIT 1`,
  ).get(dispatchId, id ?? null);
  const hint = `rally continue ${dispatchId} "…"`;
  if (last?.answer != null)
    return new Problem("conflict", `${last.closedBy} has answered already: "${last.answer}".`, { hint });
  if (last)
    return new Problem("conflict", `The question of dispatch ${dispatchId} was closed by ${last.closedBy}.`, {
      hint,
    });
  return new Problem("conflict", `Dispatch ${dispatchId} has asked nothing.`, { hint });
}
