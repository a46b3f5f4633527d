import type { Time } from "../domain/words.ts";
import type { Store } from "./open.ts";
import { statement } from "./statements.ts";
import { transaction } from "./transaction.ts";

export type Lease = { readonly name: string; readonly holder: string; readonly until: Time };

/** Takes a lease that is free or has run out, or renews one's own: one conditional write, so one holder (invariant 4). */
export function holdLease(
  store: Store,
  wanted: { readonly name: string; readonly holder: string; readonly until: Time; readonly now: Time },
): boolean {
  const { name, holder, until, now } = wanted;
  return transaction(store, "hold lease", () => {
    const held = statement(
      store,
      `INSERT INTO leases (name, holder, until) VALUES (?1, ?2, ?3)
       ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until
       WHERE leases.holder IN (excluded.holder, '') OR leases.until <= ?4`,
    ).run(name, holder, until, now);
    return held.changes > 0;
  });
}

/** Gives it back. False when somebody else holds it by now. */
export function releaseLease(store: Store, own: { readonly name: string; readonly holder: string }): boolean {
  return transaction(store, "release lease", () => {
    const given = statement(
      store,
      "UPDATE leases SET holder = '', until = 0 WHERE name = ? AND holder = ?",
    ).run(own.name, own.holder);
    return given.changes > 0;
  });
}

/** Null when it is free; one that has run out is still shown, with its `until`. */
export function lease(store: Store, name: string): Lease | null {
  return statement<Lease>(
    store,
    "SELECT name, holder, until FROM leases WHERE name = ? AND holder <> ''",
  ).get(name);
}

/** When the heartbeat last ticked, whoever did it. */
export function ticked(store: Store, times: { readonly fast?: Time; readonly slow?: Time }): void {
  transaction(store, "ticked", () => {
    statement(
      store,
      `INSERT INTO leases (name, holder, until, last_fast_at, last_slow_at) VALUES ('heartbeat', '', 0, ?1, ?2)
       ON CONFLICT (name) DO UPDATE SET last_fast_at = coalesce(?1, last_fast_at), last_slow_at = coalesce(?2, last_slow_at)`,
    ).run(times.fast ?? null, times.slow ?? null);
  });
}

/** Gives it back for good: nothing is left of it. */
export function dropLease(store: Store, own: { readonly name: string; readonly holder: string }): void {
  transaction(store, "drop lease", () => {
    statement(store, "DELETE FROM leases WHERE name = ? AND holder = ?").run(own.name, own.holder);
  });
}
