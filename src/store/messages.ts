import { and, asc, eq, isNull } from "drizzle-orm";
import type { Actor, Time } from "../domain/words.ts";
import type { Store } from "./open.ts";
import { insertRow } from "./prepared.ts";
import { noDispatch, record } from "./record.ts";
import { messages } from "./schema.ts";
import { statement } from "./statements.ts";
import { write } from "./write.ts";

export type Message = {
  readonly id: number;
  readonly text: string;
  readonly actor: Actor;
  readonly createdAt: Time;
};

/** Keeps what a person says while a run lives or waits, for the run that comes next; gives its id. */
export function keepMessage(
  store: Store,
  message: { readonly dispatchId: number; readonly text: string; readonly actor: Actor; readonly at: Time },
): number {
  const { dispatchId, text, actor, at } = message;
  return write(store, "keep message", (tx) => {
    if (!statement(store, "SELECT id FROM dispatches WHERE id = ?").get(dispatchId))
      throw noDispatch(dispatchId);
    const id = insertRow(tx, messages, { dispatchId, text, actor, createdAt: at });
    record(store, message, [
      { layer: "fact", event: "message", dispatchId, why: text, data: { message: id } },
    ]);
    return id;
  });
}

/** Hands every kept message to this run, oldest first; each is handed over once. */
export function takeMessages(store: Store, dispatchId: number, runId: number): Message[] {
  return write(store, "take messages", (tx) => {
    const kept = and(eq(messages.dispatchId, dispatchId), isNull(messages.runId));
    const { id, text, actor, createdAt } = messages;
    const found = tx.select({ id, text, actor, createdAt }).from(messages).where(kept).orderBy(asc(id)).all();
    if (found.length > 0) tx.update(messages).set({ runId }).where(kept).run();
    return found;
  });
}

/** Messages that no run has been told, oldest first. */
export function keptMessages(store: Store, dispatchId: number): Message[] {
  return statement<Message>(
    store,
    `SELECT id, text, actor, created_at AS createdAt FROM messages
     WHERE dispatch_id = ? AND run_id IS NULL ORDER BY id`,
  ).all(dispatchId);
}

/** Takes back what no run has been told; gives it. Journals `message_withdrawn` for each. */
export function withdrawMessages(
  store: Store,
  { dispatchId, actor, at }: { readonly dispatchId: number; readonly actor: Actor; readonly at: Time },
): Message[] {
  return write(store, "withdraw messages", (tx) => {
    const kept = keptMessages(store, dispatchId);
    tx.delete(messages)
      .where(and(eq(messages.dispatchId, dispatchId), isNull(messages.runId)))
      .run();
    const told = kept.map(({ id, text }) => ({
      ...{ layer: "fact" as const, event: "message_withdrawn", dispatchId },
      ...{ why: text, data: { message: id } },
    }));
    record(store, { actor, at }, told);
    return kept;
  });
}
