import type { Clock, Witness } from "../domain/clock.ts";
import type { LogTail } from "./tail.ts";

/** What one process remembers from tick to tick; nothing is lost with it, it only saves asking again. */
export type Beat = {
  clock: Clock | null;
  readonly witnesses: Map<number, Witness>;
  readonly tails: Map<number, LogTail>;
  /** How many bytes of a run's inbox have been read. */
  readonly inboxes: Map<number, number>;
  /** The dispatch up to which live worktrees were looked at. */
  lookedTo: number;
  busy: Promise<unknown> | null;
};

export function newBeat(): Beat {
  return {
    clock: null,
    witnesses: new Map(),
    tails: new Map(),
    inboxes: new Map(),
    lookedTo: 0,
    busy: null,
  };
}
