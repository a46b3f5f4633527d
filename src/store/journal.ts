import type { Actor, Time } from "../domain/words.ts";
import { insertRow } from "./prepared.ts";
import { journal } from "./schema.ts";
import type { Tx } from "./write.ts";

export type Layer = typeof journal.$inferSelect.layer;
export type By = { readonly actor: Actor; readonly at: Time };

export type Entry = {
  readonly layer: Layer;
  readonly event: string;
  readonly projectId?: number | null | undefined;
  readonly dispatchId?: number | null | undefined;
  readonly runId?: number | null | undefined;
  readonly from?: string | null | undefined;
  readonly to?: string | null | undefined;
  readonly why?: string | null | undefined;
  readonly data?: Readonly<Record<string, unknown>> | null | undefined;
};

/** Appends the one row that a change has; gives its id. */
export function append(tx: Tx, by: By, entry: Entry): number {
  return insertRow(tx, journal, {
    at: by.at,
    actor: by.actor,
    layer: entry.layer,
    projectId: entry.projectId ?? null,
    dispatchId: entry.dispatchId ?? null,
    runId: entry.runId ?? null,
    event: entry.event,
    from: entry.from ?? null,
    to: entry.to ?? null,
    why: entry.why ?? null,
    data: entry.data ? JSON.stringify(entry.data) : null,
  });
}
