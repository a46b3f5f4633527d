import { createHash } from "node:crypto";
import type { Time } from "../domain/words.ts";
import type { Store } from "./open.ts";
import type { chatAccounts, chatCodes, chatUpdates } from "./schema-chat.ts";
import { getSetting, setSetting } from "./settings.ts";
import { statement } from "./statements.ts";
import { transaction } from "./transaction.ts";

type UpdateRow = typeof chatUpdates.$inferSelect;
type AccountRow = typeof chatAccounts.$inferSelect;
type CodeRow = typeof chatCodes.$inferSelect;

/** Writes down what came in, before it is acted on. False where it came in before. */
export function rememberUpdate(store: Store, update: Omit<UpdateRow, "doneAt">): boolean {
  return transaction(store, "chat update", () => {
    const { platform, id, at, room, account, text } = update;
    const added = statement(
      store,
      "INSERT OR IGNORE INTO chat_updates (platform, id, at, room, account, text) VALUES (?, ?, ?, ?, ?, ?)",
    ).run(platform, id, at, room, account, text);
    return added.changes > 0;
  });
}

export function updateDone(store: Store, platform: string, id: string, at: Time): void {
  transaction(store, "chat update done", () => {
    statement(store, "UPDATE chat_updates SET done_at = ? WHERE platform = ? AND id = ?").run(
      at,
      platform,
      id,
    );
  });
}

/** What was written down by a process that ended before it had acted on it, or while it did. */
export function undoneUpdates(store: Store, platform: string): UpdateRow[] {
  return statement<UpdateRow>(
    store,
    `SELECT platform, id, at, room, account, text, done_at AS doneAt FROM chat_updates
     WHERE platform = ? AND done_at IS NULL ORDER BY at`,
  ).all(platform);
}

/** The person whose account it is, as the desk knows them; null while nobody said so. */
export function personOf(store: Store, platform: string, account: string): string | null {
  const row = statement<Pick<AccountRow, "person">>(
    store,
    "SELECT person FROM chat_accounts WHERE platform = ? AND account = ?",
  ).get(platform, account);
  return row?.person ?? null;
}

export function accountsOf(store: Store, platform: string, person: string): string[] {
  return statement<Pick<AccountRow, "account">>(
    store,
    "SELECT account FROM chat_accounts WHERE platform = ? AND person = ? ORDER BY account",
  )
    .all(platform, person)
    .map(({ account }) => account);
}

/** Which account is whose, on all platforms. */
export function linkedAccounts(store: Store): AccountRow[] {
  return statement<AccountRow>(
    store,
    "SELECT platform, account, person, at FROM chat_accounts ORDER BY platform, person, account",
  ).all();
}

/** The accounts of a person there are nobody's again, and no code of theirs is good; gives the accounts. */
export function unlink(store: Store, platform: string, person: string): string[] {
  return transaction(store, "unlink", () => {
    const accounts = accountsOf(store, platform, person);
    for (const table of ["chat_accounts", "chat_codes"])
      statement(store, `DELETE FROM ${table} WHERE platform = ? AND person = ?`).run(platform, person);
    return accounts;
  });
}

/** A code that is good once: only its hash is kept. */
export function newCode(
  store: Store,
  code: {
    readonly code: string;
    readonly platform: string;
    readonly person: string;
    readonly expiresAt: Time;
  },
): void {
  transaction(store, "link code", () => {
    statement(store, "INSERT INTO chat_codes (hash, platform, person, expires_at) VALUES (?, ?, ?, ?)").run(
      hashOf(code.code),
      code.platform,
      code.person,
      code.expiresAt,
    );
  });
}

/** Whose the code was, which is used up by it; null for one that is unknown, used or expired. */
export function takeCode(
  store: Store,
  given: { readonly code: string; readonly platform: string; readonly account: string; readonly at: Time },
): string | null {
  return transaction(store, "take code", () => {
    const found = statement<CodeRow>(
      store,
      "DELETE FROM chat_codes WHERE hash = ? AND platform = ? AND expires_at > ? RETURNING person",
    ).all(hashOf(given.code), given.platform, given.at)[0];
    if (!found) return null;
    statement(
      store,
      `INSERT INTO chat_accounts (platform, account, person, at) VALUES (?, ?, ?, ?)
       ON CONFLICT (platform, account) DO UPDATE SET person = excluded.person, at = excluded.at`,
    ).run(given.platform, given.account, found.person, given.at);
    return found.person;
  });
}

function hashOf(code: string): string {
  return createHash("sha256").update(code.trim().toUpperCase()).digest("hex");
}

/** How it stands with a platform's connection, for the doctor. */
export type ChatHealth = {
  readonly eventAt: Time | null;
  readonly goodAt: Time | null;
  readonly error: string | null;
  readonly errorAt: Time | null;
};

export function chatHealth(store: Store, platform: string): ChatHealth | null {
  const kept = getSetting(store, `chat:${platform}`);
  return kept === null ? null : (JSON.parse(kept) as ChatHealth);
}

export function noteChat(
  store: Store,
  platform: string,
  what: { readonly at: Time; readonly event: boolean; readonly error: string | null },
): void {
  const { at, event, error } = what;
  const before = chatHealth(store, platform) ?? { eventAt: null, goodAt: null, error: null, errorAt: null };
  const now: ChatHealth =
    error === null
      ? { ...before, goodAt: at, error: null, eventAt: event ? at : before.eventAt }
      : { ...before, error, errorAt: at };
  setSetting(store, `chat:${platform}`, JSON.stringify(now));
}
