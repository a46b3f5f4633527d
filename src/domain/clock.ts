import type { Time } from "./words.ts";

/**
 * Time that can be trusted. Wall clocks are set back, leap forward and pass over a machine's sleep; a run must never
 * end early because of it (model.md 3). So wall time is compared at every tick with a steady clock, and an instant from
 * before a jump counts as no older than the jump.
 */
export type Clock = {
  /** Wall time of this tick. */
  readonly now: Time;
  /** Milliseconds of a clock that only goes forward (`performance.now()`), comparable within one process. */
  readonly steady: number;
  /** Wall time from which on the two clocks have agreed without a break; null: no jump is known. */
  readonly evenSince: Time | null;
  /** Where both stood when they began to be compared: slow drift adds up against this. */
  readonly anchor: { readonly now: Time; readonly steady: number };
};

/** The two clocks may differ by this before it is called a jump: reading them is not one instant. */
export const JUMP_MS = 1000;

/** The first tick of a process. `lastTickAt`: wall time of the last tick that anybody journaled; later than now means set back. */
export function startClock(now: Time, steady: number, lastTickAt: Time | null = null): Clock {
  const wentBack = lastTickAt !== null && lastTickAt - now > JUMP_MS;
  return { now, steady, evenSince: wentBack ? now : null, anchor: { now, steady } };
}

export function nextClock(last: Clock, now: Time, steady: number): Clock {
  const drift = now - last.anchor.now - (steady - last.anchor.steady);
  if (Math.abs(drift) <= JUMP_MS) return { ...last, now, steady };
  return { now, steady, evenSince: now, anchor: { now, steady } };
}

/**
 * How long ago a stamp of our own is, in milliseconds: perhaps too short after a jump, never too long. One in the
 * future was made before the clock was set back, and counts from when the comparison began.
 */
export function elapsed(clock: Clock, since: Time): number {
  if (since > clock.now) return clock.now - clock.anchor.now;
  return clock.now - Math.max(since, clock.evenSince ?? since);
}

/** The same for a stamp made by others (a file's time): one in the future says nothing, so 0. */
export function elapsedOf(clock: Clock, stamp: Time): number {
  return stamp > clock.now ? 0 : elapsed(clock, stamp);
}

/** Since when, on the steady clock, a run was seen dead with its log unchanged; kept in memory from tick to tick. */
export type Witness = { readonly logMtime: Time | null; readonly since: number };

/** What to remember of a run after this tick's look at it; null where there is nothing to remember. */
export function witness(
  last: Witness | null,
  look: { readonly dead: boolean; readonly logMtime: Time | null },
  steady: number,
): Witness | null {
  if (!look.dead) return null;
  if (last !== null && last.logMtime === look.logMtime) return last;
  return { logMtime: look.logMtime, since: steady };
}
