import { alive, type Identity } from "../process/identity.ts";
import { lease, releaseLease } from "../store/leases.ts";
import type { World } from "../world.ts";
import { parseIdentity } from "./identity.ts";

/** The lease of the one heartbeat a home has. */
export const HEARTBEAT = "heartbeat";

/** The process that watches this home; null where nobody does: the lease is free, has run out, or its holder is dead. */
export function heartbeatHolder(world: World): Identity | null {
  const held = lease(world.store, HEARTBEAT);
  if (!held || held.until <= world.now()) return null;
  const identity = parseIdentity(held.holder);
  return identity && alive(identity) !== "dead" ? identity : null;
}

/** Gives back the lease of a holder that was killed, so that nobody waits for it to run out. */
export function releaseDeadHolder(world: World): void {
  const held = lease(world.store, HEARTBEAT);
  if (held && heartbeatHolder(world) === null) releaseLease(world.store, held);
}
