import type { Identity } from "../process/identity.ts";

/** The process of a run as its row holds it; null while none was recorded. */
export function identityOfRun(row: {
  readonly pid: number | null;
  readonly pidStart: string | null;
  readonly boot: string | null;
  readonly pidNs: string | null;
}): Identity | null {
  if (row.pid === null || row.pidStart === null || row.boot === null) return null;
  return { pid: row.pid, start: row.pidStart, boot: row.boot, ns: row.pidNs ?? "" };
}

export function columnsOf(identity: Identity): {
  pid: number;
  pidStart: string;
  boot: string;
  pidNs: string;
} {
  return { pid: identity.pid, pidStart: identity.start, boot: identity.boot, pidNs: identity.ns };
}

/** A starter is kept as one text, so that it can be compared and set in one step. */
export function identityText(identity: Identity): string {
  return [identity.pid, identity.start, identity.boot, identity.ns].join(" ");
}

export function parseIdentity(text: string | null): Identity | null {
  const [pid, start, boot, ns] = text?.split(" ") ?? [];
  if (pid === undefined || start === undefined || boot === undefined) return null;
  return { pid: Number(pid), start, boot, ns: ns ?? "" };
}
