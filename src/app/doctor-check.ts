import type { Config } from "../config.ts";
import { Problem } from "../domain/problem.ts";
import type { Time } from "../domain/words.ts";
import type { Log } from "../log.ts";
import type { Store } from "../store/open.ts";

/** One thing that was looked at: how it stands, in a sentence, and what to type where it could be better. */
export type Check = {
  readonly name: string;
  readonly state: "ok" | "warn" | "bad";
  readonly says: string;
  readonly hint?: string;
};

/** All that the doctor needs; it works with a broken config and without a database. */
export type Patient = {
  readonly config: Config;
  /** The database; why it cannot be used; null while there is none. */
  readonly store: Store | Problem | null;
  readonly now: () => Time;
  readonly log: Log;
  /** Asks a chat platform about its tokens; wired by main, null where nobody may be asked. */
  readonly ask: ((platform: "slack" | "telegram") => Promise<readonly Answered[]>) | null;
};

/** What a platform said when it was asked. */
export type Answered = { readonly good: boolean; readonly says: string; readonly hint?: string };

export function ok(name: string, says: string): Check {
  return { name, state: "ok", says };
}

export function warn(name: string, says: string, hint?: string): Check {
  return { name, state: "warn", says, ...(hint === undefined ? {} : { hint }) };
}

export function bad(name: string, says: string, hint?: string): Check {
  return { name, state: "bad", says, ...(hint === undefined ? {} : { hint }) };
}

/** A check that fails is a finding, too, and stops no other. */
export async function guarded(
  name: string,
  look: () => Promise<readonly Check[]>,
): Promise<readonly Check[]> {
  try {
    return await look();
  } catch (error) {
    return [ofError(name, error)];
  }
}

function ofError(name: string, error: unknown): Check {
  if (error instanceof Problem) return bad(name, error.message, error.hint);
  return bad(name, `It could not be checked: ${error instanceof Error ? error.message : String(error)}`);
}

/** The database, where it can be used. */
export function storeOf(patient: Patient): Store | null {
  return patient.store === null || patient.store instanceof Problem ? null : patient.store;
}
