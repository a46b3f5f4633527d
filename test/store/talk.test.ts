import { afterEach, expect, test } from "bun:test";
import { admit } from "../../src/store/admit.ts";
import { keepMessage, keptMessages, takeMessages } from "../../src/store/messages.ts";
import { answer, ask, closeQuestions, markDelivered, questionById } from "../../src/store/questions.ts";
import { history } from "../../src/store/read.ts";
import { record } from "../../src/store/record.ts";
import { takeSlot } from "../../src/store/slot.ts";
import { dispatchView, openQuestion } from "../../src/store/snapshot.ts";
import { BY, dispatched, leaveNothing, newStore, problemOf, RALLY } from "./fixture.ts";
import { RUN, T0 } from "./values.ts";

afterEach(leaveNothing);

const asked = { dispatchId: 1, runId: 1, actor: "copilot", at: T0 };

test("a question is open until the first answer, on whatever surface", () => {
  const store = newStore();
  dispatched(store, 42);
  const id = ask(store, { ...asked, text: "Which one?", context: "a or b" });
  const open = { id, runId: 1, text: "Which one?", context: "a or b", since: T0 };
  expect(openQuestion(store, 1)).toEqual(open);
  expect(dispatchView(store, 1)?.question).toEqual(open);
  const given = answer(store, { dispatchId: 1, text: "a", actor: "slack:U1", at: T0 + 5 });
  expect(given).toMatchObject({ id, answer: "a", closedBy: "slack:U1", closedAt: T0 + 5, deliveredAt: null });
  const second = problemOf(() => answer(store, { dispatchId: 1, text: "b", actor: "cli:ana", at: T0 + 6 }));
  expect(second).toMatchObject({ code: "conflict", message: 'slack:U1 has answered already: "a".' });
  expect(questionById(store, id)).toEqual(given);
  expect(openQuestion(store, 1)).toBeNull();
  expect(history(store, { limit: 2 })).toMatchObject([
    { event: "asked", actor: "copilot", why: "Which one?", runId: 1 },
    { event: "answered", actor: "slack:U1", why: "a", data: { question: id } },
  ]);
  expect([markDelivered(store, id, T0 + 7), markDelivered(store, id, T0 + 8)]).toEqual([true, false]);
  expect(questionById(store, id)?.deliveredAt).toBe(T0 + 7);
});

test("of two open questions the oldest is shown and answered first, or the one that is named", () => {
  const store = newStore();
  dispatched(store, 42);
  const ids = ["one?", "two?", "three?"].map((text) => ask(store, { ...asked, text, context: null }));
  const give = (questionId?: number) =>
    answer(store, { dispatchId: 1, questionId, text: "yes", actor: "cli:ana", at: T0 }).text;
  expect([dispatchView(store, 1)?.question?.text, give(ids[2]), give(), give()]).toEqual([
    "one?",
    "three?",
    "one?",
    "two?",
  ]);
  expect(problemOf(() => give(ids[2])).message).toContain("has answered already");
});

test("an answer to nothing is a conflict", () => {
  const store = newStore();
  dispatched(store, 42);
  const give = () => answer(store, { dispatchId: 1, text: "a", actor: "cli:ana", at: T0 });
  expect(problemOf(give).message).toBe("Dispatch 1 has asked nothing.");
  ask(store, { ...asked, text: "Which?", context: null });
  expect(closeQuestions(store, 1, "cli:bob", T0)).toBe(1);
  expect(closeQuestions(store, 1, "cli:bob", T0)).toBe(0);
  expect(problemOf(give).message).toBe("The question of dispatch 1 was closed by cli:bob.");
  expect(problemOf(() => ask(store, { ...asked, dispatchId: 9, text: "?", context: null })).code).toBe(
    "missing",
  );
});

test("a new run makes open questions moot where it is asked to", () => {
  const store = newStore();
  const { runId } = dispatched(store, 42);
  takeSlot(store, { ...RALLY, runId, capacity: 1, starter: "me" });
  ask(store, { ...asked, text: "Which?", context: null });
  record(store, RALLY, [{ layer: "run", id: runId, on: "exit" }]);
  admit(store, { ...BY, dispatch: { id: 1 }, run: RUN, closeQuestions: true });
  expect(openQuestion(store, 1)).toBeNull();
  expect(history(store, { limit: 3 }).map((row) => row.event)).toEqual([
    "run_again",
    "question_closed",
    "admit",
  ]);
});

test("messages are kept until a run takes them, each once and in order", () => {
  const store = newStore();
  dispatched(store, 42);
  const keep = (text: string) => keepMessage(store, { dispatchId: 1, text, actor: "cli:ana", at: T0 });
  keep("first");
  keep("second");
  expect(keptMessages(store, 1)).toHaveLength(2);
  expect(takeMessages(store, 1, 5).map((message) => message.text)).toEqual(["first", "second"]);
  expect(takeMessages(store, 1, 6)).toEqual([]);
  keep("third");
  expect(takeMessages(store, 1, 6)).toEqual([{ id: 3, text: "third", actor: "cli:ana", createdAt: T0 }]);
  expect(keptMessages(store, 1)).toEqual([]);
  expect(problemOf(() => keepMessage(store, { dispatchId: 9, text: "x", actor: "a", at: T0 })).code).toBe(
    "missing",
  );
});
