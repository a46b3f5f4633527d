import { alive, ownIdentity } from "../process/identity.ts";
import { dropLease, holdLease, lease, releaseLease } from "../store/leases.ts";
import type { World } from "../world.ts";
import { identityText, parseIdentity } from "./identity.ts";

/** Nobody needs longer to end one run; a turn that a dead process left is free at once. */
const TURN_MS = 120_000;

/**
 * One process at a time does what cannot be done by two at once, like bringing a run's commits home. Null where
 * another process is at it, which then does it; else what `work` gives.
 */
export async function inTurn<T>(world: World, name: string, work: () => Promise<T>): Promise<T | null> {
  const holder = identityText(ownIdentity());
  const held = lease(world.store, name);
  const before = held ? parseIdentity(held.holder) : null;
  if (held && before && alive(before) === "dead") releaseLease(world.store, held);
  const now = world.now();
  if (!holdLease(world.store, { name, holder, until: now + TURN_MS, now })) return null;
  try {
    return await work();
  } finally {
    dropLease(world.store, { name, holder });
  }
}
