import type { Time } from "../src/domain/words.ts";
import type { Platform } from "./platform.ts";

const MINUTE_MS = 60_000;
const EDITS_APART = 2;

export type Pace = {
  /** When the next message may be sent there; now or earlier means now. */
  next(chat: string): Time;
  /** The same for an edit: edits leave half of what a chat takes to the news. */
  nextEdit(chat: string): Time;
  sent(chat: string, at: Time): void;
  /** The platform said to wait. */
  wait(chat: string, until: Time): void;
};

/** Keeps to what a platform takes in one chat: so much apart, and so many a minute. Edits count. */
export function newPace(limits: Platform["pace"]): Pace {
  const { counted } = limits;
  const times = new Map<string, Time[]>();
  const waits = new Map<string, Time>();
  const next = (chat: string, everyMs: number, most: number): Time => {
    const all = times.get(chat) ?? [];
    const apart = (all.at(-1) ?? 0) + everyMs;
    const crowded = all.length >= most ? (all.at(-most) ?? 0) + MINUTE_MS : 0;
    return Math.max(apart, crowded, waits.get(chat) ?? 0);
  };
  return {
    next: (chat) => next(counted(chat), limits.everyMs, limits.aMinute(chat)),
    nextEdit: (chat) =>
      next(counted(chat), limits.everyMs * EDITS_APART, Math.ceil(limits.aMinute(chat) / 2)),
    sent: (chat, at) => {
      const recent = (times.get(counted(chat)) ?? []).filter((time) => time > at - MINUTE_MS);
      times.set(counted(chat), [...recent, at]);
    },
    wait: (chat, until) => {
      waits.set(counted(chat), until);
    },
  };
}
