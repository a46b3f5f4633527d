import { passingSync } from "../boundary.ts";
import { Problem } from "../domain/problem.ts";
import { alive } from "./identity.ts";
import { commandOf, type Member, membersOf, pidInside, type Subject } from "./members.ts";
import { processRow, type Row } from "./table.ts";

export type Stopped = {
  /** What did not end when asked, or was left over, and was killed. */
  readonly killed: readonly Member[];
  /** What is there even so: another user's, or stuck in the kernel. */
  readonly left: readonly Member[];
};

/**
 * Ends a run: TERM, up to `graceMs` for it to end by itself, KILL to all that is left of it (agents.md, "Stopping
 * them"). The wrapper goes last, so that it can still record the exit code. Doing it again does no harm. Throws
 * `conflict` where the run is in another pid namespace, whose numbers mean other processes here.
 */
export async function stopTree(subject: Subject & { readonly graceMs: number }): Promise<Stopped> {
  if (alive(subject.identity) === "unknown") {
    throw new Problem("conflict", `Process ${subject.identity.pid} cannot be reached from here to stop it.`, {
      hint: "Stop it where it was started (another container or user).",
    });
  }
  const asked: Asked = new Map();
  await until(() => {
    const members = membersOf(subject);
    ask(members, asked, subject.identity);
    return members.length === 0;
  }, subject.graceMs);
  return sweep(subject);
}

/** After every end: kills what a run has left alive, found by its group, its session and its marker. */
export async function sweep(subject: Subject): Promise<Stopped> {
  const killed = new Map<string, Member>();
  const wrapper = subject.identity;
  for (const withWrapper of [false, true]) {
    await until(() => {
      const left = membersOf(subject).filter((row) => withWrapper || !isSame(row, wrapper));
      for (const row of left) {
        if (!isSame(row, wrapper)) killed.set(`${row.pid} ${row.start}`, member(row));
        send(row, "SIGKILL");
      }
      return left.length === 0;
    }, KILL_MS);
    if (!withWrapper) await until(() => alive(wrapper) !== "alive", RECORD_MS);
  }
  const left = membersOf(subject).map(member);
  return { killed: [...killed.values()].filter((each) => !left.some((one) => one.pid === each.pid)), left };
}

const KILL_MS = 2_000;
/** What the wrapper gets to write the exit code after the agent was killed. */
const RECORD_MS = 500;

/** Who was asked to end, by pid and start, with the command that it was then. */
export type Asked = Map<string, string>;

/**
 * TERM, once to each of those who were there at first: what an agent starts to clean up after itself is let be. Two
 * who were asked in vain are asked again: a wrapper alone, which survives it and is about to start the agent, and a
 * process that was between fork and exec, known by its new command.
 */
export function ask(members: readonly Row[], asked: Asked, wrapper: Subject["identity"]): void {
  const hasBegun = [...asked.keys()].some((key) => key !== `${wrapper.pid} ${wrapper.start}`);
  for (const row of reachable(members)) {
    const key = `${row.pid} ${row.start}`;
    const command = commandOf(row.pid);
    const before = asked.get(key);
    if (before === command || (before === undefined && hasBegun)) continue;
    asked.set(key, command);
    send(row, "SIGTERM");
  }
}

/**
 * The parent of a pid namespace's first process is a sandbox's outer half: TERM would end it at once, and everything
 * inside dies with it, without grace. The first process itself takes no TERM. So those within are asked.
 */
function reachable(members: readonly Row[]): Row[] {
  const inside = new Map(members.map((row) => [row.pid, pidInside(row.pid)]));
  const outer = new Set(members.filter((row) => inside.get(row.pid) != null).map((row) => row.parent));
  return members.filter(({ pid }) => (inside.get(pid) == null ? !outer.has(pid) : inside.get(pid) !== 1));
}

function send(row: Row, signal: "SIGTERM" | "SIGKILL"): void {
  if (processRow(row.pid)?.start !== row.start) return;
  passingSync("signal", signal === "SIGTERM" ? "term" : "kill", () => {
    try {
      process.kill(row.pid, signal);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== "ESRCH" && code !== "EPERM") throw error;
    }
  });
}

export function member(row: Row): Member {
  return { pid: row.pid, start: row.start, command: commandOf(row.pid) };
}

export function isSame(row: Row, identity: Subject["identity"]): boolean {
  return row.pid === identity.pid && row.start === identity.start;
}

async function until(done: () => boolean, withinMs: number): Promise<void> {
  for (
    let waited = 0, step = 5;
    !done() && waited < withinMs;
    waited += step, step = Math.min(step * 2, 200)
  ) {
    await Bun.sleep(Math.min(step, withinMs - waited));
  }
}
