import type { Time } from "../domain/words.ts";
import { admit } from "./admit.ts";
import { undeliveredAnswers } from "./answers.ts";
import type { By } from "./journal.ts";
import { keptMessages, takeMessages } from "./messages.ts";
import type { Store } from "./open.ts";
import { markDelivered } from "./questions.ts";
import { dispatchRow } from "./read.ts";
import { write } from "./write.ts";

/**
 * What people said or answered while a run was live starts the next one, in the same transaction that ended it: nothing that was
 * said is lost, and nothing is said twice. Gives the new run, or null when nothing was kept.
 */
export function admitKept(store: Store, by: By, dispatchId: number): number | null {
  return write(store, "admit kept", () => {
    const dispatch = dispatchRow(store, dispatchId);
    const told = [
      ...answers(store, dispatchId, by.at),
      ...keptMessages(store, dispatchId).map(({ text }) => text),
    ];
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

/** Hands over to this run what no other was told: answers first, then messages, oldest first; each once. */
export function takeKept(store: Store, dispatchId: number, runId: number, at: Time): string[] {
  return write(store, "take kept", () => [
    ...answers(store, dispatchId, at),
    ...takeMessages(store, dispatchId, runId).map(({ text }) => text),
  ]);
}

/** Answers that the asking call did not wait for; with this they are delivered. */
function answers(store: Store, dispatchId: number, at: Time): string[] {
  return undeliveredAnswers(store, dispatchId).map((question) => {
    markDelivered(store, question.id, at);
    return `You asked: ${question.text}\nThe answer: ${question.answer}`;
  });
}
