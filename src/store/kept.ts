import type { Time } from "../domain/words.ts";
import { admit } from "./admit.ts";
import { undeliveredAnswers } from "./answers.ts";
import type { By } from "./journal.ts";
import { takeMessages } from "./messages.ts";
import type { Store } from "./open.ts";
import { markDelivered } from "./questions.ts";
import { dispatchRow } from "./read.ts";
import { statement } from "./statements.ts";
import { write } from "./write.ts";

/**
 * What people said or answered while a run was live starts the next one, in the same transaction that ended it: nothing that was
 * said is lost, and nothing is said twice. Gives the new run, or null when nothing was kept.
 */
export function admitKept(store: Store, by: By, dispatchId: number): number | null {
  return write(store, "admit kept", () => {
    const dispatch = dispatchRow(store, dispatchId);
    const told = [...answers(store, dispatchId, by.at), ...messages(store, dispatchId)];
    if (told.length === 0 || !dispatch) return null;
    const { runId } = admit(store, {
      ...by,
      dispatch: { id: dispatchId, on: "run_again" },
      closeQuestions: true,
      run: {
        role: "follow_up",
        agent: dispatch.agent,
        message: told.join("\n\n"),
        resume: true,
        session: dispatch.session,
        priority: 0,
      },
    });
    takeMessages(store, dispatchId, runId);
    return runId;
  });
}

function messages(store: Store, dispatchId: number): string[] {
  return statement<{ text: string }>(
    store,
    "SELECT text FROM messages WHERE dispatch_id = ? AND run_id IS NULL ORDER BY id",
  )
    .all(dispatchId)
    .map((message) => message.text);
}

/** Answers that the asking call did not wait for; with this run they are delivered. */
function answers(store: Store, dispatchId: number, at: Time): string[] {
  return undeliveredAnswers(store, dispatchId).map((question) => {
    markDelivered(store, question.id, at);
    return `You asked: ${question.text}\nThe answer: ${question.answer}`;
  });
}
