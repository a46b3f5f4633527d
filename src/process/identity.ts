import { readFileSync, readlinkSync } from "node:fs";
import { macBoot } from "./macos.ts";
import { hasProc, processRow } from "./table.ts";

/** What a process is known by: all four together, because a pid alone comes back. */
export type Identity = {
  readonly pid: number;
  readonly start: string;
  readonly boot: string;
  /** The pid namespace in which `pid` means anything; empty on macOS. */
  readonly ns: string;
};

/** Of a live process in our pid namespace; null where there is none (a zombie is none). */
export function identity(pid: number): Identity | null {
  const row = processRow(pid);
  if (row === null || row.state === "Z" || row.state === "X") return null;
  return { pid, start: row.start, boot: bootId(), ns: pidNamespace() };
}

export function ownIdentity(): Identity {
  const own = identity(process.pid);
  if (own === null) throw new Error("this process does not find itself in the process table");
  return own;
}

/** `unknown` where it cannot be told (another pid namespace, no permission): it then counts as alive (invariant 8). */
export function alive(of: Identity): "alive" | "dead" | "unknown" {
  if (of.boot !== bootId()) return "dead";
  if (of.ns !== pidNamespace()) return "unknown";
  const row = processRow(of.pid);
  if (row === null) return exists(of.pid) ? "unknown" : "dead";
  return row.start === of.start && row.state !== "Z" && row.state !== "X" ? "alive" : "dead";
}

let boot: string | null = null;
/** Changes with every start of the machine; `TZ` and locale do not touch it. */
export function bootId(): string {
  boot ??= hasProc() ? readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim() : macBoot();
  return boot;
}

let namespace: string | null = null;
export function pidNamespace(): string {
  namespace ??= hasProc() ? readlinkSync("/proc/self/ns/pid") : "";
  return namespace;
}

/** `/proc` may hide other people's processes (`hidepid`); a signal that is not permitted still says that one is there. */
function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
