import { readdirSync, readFileSync } from "node:fs";
import { macTable } from "./macos.ts";

/** One process as the system lists it. */
export type Row = {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** As `/proc/<pid>/stat` says it: `Z` and `X` are dead. */
  readonly state: string;
  /** Ticks since boot on Linux, `ps -o lstart=` with `_` for spaces on macOS: equal means the same process, for one pid and one boot. */
  readonly start: string;
};

/** All processes that can be seen. Those that end meanwhile are left out. */
export function processTable(): Row[] {
  if (!hasProc()) return macTable();
  const rows: Row[] = [];
  for (const name of readdirSync("/proc")) {
    const row = /^\d+$/.test(name) ? linuxRow(name) : null;
    if (row !== null) rows.push(row);
  }
  return rows;
}

export function processRow(pid: number): Row | null {
  if (hasProc()) return linuxRow(String(pid));
  return macTable(pid)[0] ?? null;
}

export function hasProc(): boolean {
  return process.platform === "linux";
}

/** One line of `/proc/<pid>/stat`; the name in parentheses may hold anything, a parenthesis included. */
export function parseStat(stat: string): Row | null {
  const end = stat.lastIndexOf(")");
  const fields = stat.slice(end + 2).split(" ");
  const [state, parent, group, session] = fields;
  const start = fields[19];
  if (end < 0 || state === undefined || start === undefined) return null;
  const pid = Number.parseInt(stat, 10);
  const numbers = { pid, parent: Number(parent), group: Number(group), session: Number(session) };
  return { ...numbers, state, start: start.trim() };
}

function linuxRow(pid: string): Row | null {
  const stat = readProc(pid, "stat");
  return stat === null ? null : parseStat(stat);
}

/** A file of `/proc/<pid>`; null where the process is gone or is not ours to read. */
export function readProc(pid: number | string, file: string): string | null {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return null;
  }
}
