import type { Identity } from "./identity.ts";
import { type Member, membersByMark, membersOf } from "./members.ts";
import { type Asked, ask, isSame, member, type Stopped, sweep } from "./stop.ts";
import { processTable } from "./table.ts";

export type Ended = {
  readonly identity: Identity | null;
  readonly marker: string;
  /** When the exit was recorded (ms): with it, its group is told from a later one of the same number. */
  readonly endedAt: number | null;
  /** How long what is left may take to end by itself (ms); 0 where its time is over. */
  readonly graceMs: number;
  /** Somebody has asked it to end already: it is not asked twice. */
  readonly wasAsked: boolean;
};

/** What an ended run has left alive, with the process that counts as its first. */
export type Leftover = Ended & { readonly identity: Identity };

/** With all that was found alive, whether it ended when asked or was killed; a stop that was asked for finds nothing. */
export type LeftStopped = Stopped & { readonly found: readonly Member[] };

/**
 * Of these runs, those that have left something alive. One look at the process table serves all of them, since a
 * thousand runs may have ended while nobody watched.
 */
export function leftAlive(runs: readonly Ended[]): Leftover[] {
  const marks = membersByMark();
  const groups = new Set(processTable().flatMap((row) => [row.group, row.session]));
  return runs.flatMap((run) => {
    const [first] = marks.get(run.marker) ?? [];
    const own = run.identity;
    const identity = own ?? (first ? { pid: first.pid, start: first.start, boot: "", ns: "" } : null);
    return identity === null || (!first && !groups.has(identity.pid)) ? [] : [{ ...run, identity }];
  });
}

/**
 * Stops what ended runs have left alive, by marker: TERM, the grace of each, KILL. An agent that is started by a
 * wrapper of its own may outlive it by the time that it takes to write its session down. Waits for `waitMs` at most:
 * a run whose grace is longer is left out of the answer, and is to be asked about again.
 */
export async function stopLeft(left: readonly Leftover[], waitMs: number): Promise<Map<string, LeftStopped>> {
  const looks = new Map(left.map((run) => [run, look(run)]));
  const end = performance.now() + waitMs;
  let waiting = left;
  for (let step = 5; ; step = Math.min(step * 2, 200)) {
    waiting = waiting.filter((run) => looks.get(run)?.mayGoOn());
    const rest = end - performance.now();
    if (waiting.length === 0 || rest <= 0) break;
    await Bun.sleep(Math.min(step, rest));
  }
  const stopped = new Map<string, LeftStopped>();
  for (const run of left) {
    if (waiting.includes(run)) continue;
    const { killed, left: still } = await sweep(run);
    const found = new Map([...(looks.get(run)?.found ?? []), ...killed].map((each) => [each.pid, each]));
    stopped.set(run.marker, { killed, left: still, found: [...found.values()] });
    known.delete(run.marker);
  }
  return stopped;
}

/**
 * What this process remembers of a run between two looks: it asks once, and the grace that it saw at first is counted
 * by the steady clock, so that no jump of the other one makes it longer.
 */
type Known = { readonly asked: Asked; readonly until: number };
const known = new Map<string, Known>();

function look(run: Leftover) {
  const found: Member[] = [];
  const until = performance.now() + run.graceMs;
  const before = known.get(run.marker) ?? { asked: new Map(), until };
  known.set(run.marker, before);
  return {
    found,
    /** It is alive, and its time is not over; asked to end where nobody did. */
    mayGoOn(): boolean {
      if (performance.now() >= Math.min(until, before.until)) return false;
      const members = membersOf(run);
      if (run.wasAsked || members.length === 0) return members.length > 0;
      if (found.length === 0) found.push(...members.filter((row) => !isSame(row, run.identity)).map(member));
      ask(members, before.asked, run.identity);
      return true;
    },
  };
}
