import { readFileSync } from "node:fs";
import { alive, type Identity } from "./identity.ts";
import { macCommand } from "./macos.ts";
import { hasProc, processRow, processTable, type Row, readProc } from "./table.ts";

/** The variable that marks everything an agent starts. Its value must differ between homes, too. */
const MARK = "RALLY_RUN";

/** A process that belongs to a run, as a person would recognise it. */
export type Member = { readonly pid: number; readonly start: string; readonly command: string };

/** Live processes whose environment carries the run's marker; this process is never among them. */
export function marked(marker: string): number[] {
  return living(processTable())
    .filter((row) => hasMark(row.pid, marker))
    .map((row) => row.pid);
}

/** Live processes by the mark that they carry, by one look at all of them. */
export function membersByMark(): Map<string, Row[]> {
  const found = new Map<string, Row[]>();
  for (const row of living(processTable())) {
    const mark = markOf(row.pid);
    if (mark === null) continue;
    const list = found.get(mark);
    if (list) list.push(row);
    else found.set(mark, [row]);
  }
  return found;
}

export function groupMembers(pgid: number): number[] {
  return living(processTable())
    .filter((row) => row.group === pgid)
    .map((row) => row.pid);
}

/**
 * The marker of the run that this process (or one it descends from) belongs to; null outside of any run. With `live`,
 * the processes of live runs, a descendant that has cleaned its environment is found, too (by parent or by session).
 */
export function inRun(pid: number = process.pid, live: readonly Identity[] = []): string | null {
  const seen = new Set<number>();
  for (let row = processRow(pid); row !== null && !seen.has(row.pid); row = processRow(row.parent)) {
    const current = row;
    seen.add(current.pid);
    const mark = markOf(current.pid);
    if (mark !== null) return mark;
    const run = live.find((each) => each.pid === current.pid || each.pid === current.session);
    if (run !== undefined && alive(run) !== "dead") return String(run.pid);
    if (current.parent <= 1) return null;
  }
  return null;
}

export type Subject = {
  readonly identity: Identity;
  readonly marker: string;
  /** When the run's own process ended (ms); lets its group be told from a later one of the same number. */
  readonly endedAt?: number | null;
};

/** All of a run: what is marked, what is in its group or session, and what descends from those. */
export function membersOf(subject: Subject): Row[] {
  const rows = living(processTable());
  const ours = ownsGroup(rows, subject);
  const found = new Set<number>();
  for (const row of rows) {
    const within = [row.pid, row.group, row.session].includes(subject.identity.pid);
    if ((ours && within) || hasMark(row.pid, subject.marker)) found.add(row.pid);
  }
  for (let size = -1; size !== found.size; ) {
    size = found.size;
    for (const row of rows) if (found.has(row.parent)) found.add(row.pid);
  }
  return rows.filter((row) => found.has(row.pid));
}

export function commandOf(pid: number): string {
  const text = hasProc() ? (readProc(pid, "cmdline") ?? "").replaceAll("\0", " ") : macCommand(pid, false);
  return text.trim().slice(0, COMMAND_CHARS);
}

/** The pid that a process has in a pid namespace below ours, inside walls; null where it is in ours. */
export function pidInside(pid: number): number | null {
  const pids = namespacePids(pid);
  return pids.length > ownDepth() ? (pids.at(-1) ?? null) : null;
}

const COMMAND_CHARS = 300;

/**
 * A group outlives its leader, and its number is taken again only when it is empty. So it is ours while the leader
 * is; afterwards while nobody has that pid and a member is marked or is older than the leader's end.
 */
function ownsGroup(rows: readonly Row[], subject: Subject): boolean {
  const { pid, start } = subject.identity;
  const state = alive(subject.identity);
  if (state !== "dead") return state === "alive";
  const now = processRow(pid);
  if (now !== null) return now.start === start;
  const within = rows.filter((row) => row.group === pid || row.session === pid);
  const { endedAt } = subject;
  return within.some(
    (row) => hasMark(row.pid, subject.marker) || (endedAt != null && startedBefore(row, endedAt)),
  );
}

function startedBefore(row: Row, at: number): boolean {
  if (!hasProc()) return Date.parse(`${row.start.replaceAll("_", " ")} UTC`) <= at;
  const bootSeconds = /^btime (\d+)$/m.exec(readFileSync("/proc/stat", "utf8"))?.[1];
  return bootSeconds !== undefined && Number(bootSeconds) * 1_000 + Number(row.start) * TICK_MS <= at + 1_000;
}

/** `USER_HZ`, which is 100 for every program on Linux. */
const TICK_MS = 10;

function living(rows: readonly Row[]): Row[] {
  return rows.filter((row) => row.state !== "Z" && row.state !== "X" && row.pid !== process.pid);
}

function hasMark(pid: number, marker: string): boolean {
  return markOf(pid) === marker;
}

function markOf(pid: number): string | null {
  const variables = hasProc()
    ? (readProc(pid, "environ") ?? "").split("\0")
    : macCommand(pid, true).split(" ");
  const found = variables.find((each) => each.startsWith(`${MARK}=`));
  return found === undefined ? null : found.slice(MARK.length + 1);
}

let depth: number | null = null;
function ownDepth(): number {
  depth ??= namespacePids("self").length;
  return depth;
}

/** One number for each level of pid namespaces, ours first; may be read of every process, unlike `/proc/<pid>/ns`. */
function namespacePids(pid: number | "self"): number[] {
  const line = /^NSpid:\s+(.*)$/m.exec(readProc(pid, "status") ?? "")?.[1] ?? "";
  return line.trim().split(/\s+/).map(Number);
}
