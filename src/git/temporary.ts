import { randomUUID } from "node:crypto";
import { copyFile, mkdir, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { passing } from "../boundary.ts";
import { identity, ownIdentity, pidNamespace } from "../process/identity.ts";
import type { GitAt } from "./git.ts";

/** Work with a copy of the index: the worktree's own stays as it is, whatever happens. */
export async function withIndexCopy<T>(at: GitAt, work: (index: string) => Promise<T>): Promise<T> {
  await sweepIndexCopies();
  const folder = join(tmpdir(), ownName(INDEX));
  await mkdir(folder, { mode: 0o700 });
  try {
    const index = join(folder, "index");
    await passing("file", "index-copy", () => copyIndex(join(at.gitDir, "index"), index));
    return await work(index);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Removes the copies of processes that are gone. */
export async function sweepIndexCopies(): Promise<void> {
  await sweepAbandoned(tmpdir(), INDEX);
}

async function copyIndex(from: string, to: string): Promise<void> {
  await copyFile(from, to).catch((error: unknown) => {
    // No index yet: nothing is tracked.
    if (codeOf(error) !== "ENOENT") throw error;
  });
}

const INDEX = "rally-index-";

/** A name that says whose it is, so that what a killed process left behind is known by it. */
export function ownName(prefix: string): string {
  const { pid, start, ns } = ownIdentity();
  return `${prefix}${pid}-${start}-${numberOf(ns)}-${randomUUID().slice(0, 8)}`;
}

/** Removes what processes that are gone have left in a folder under such names; what cannot be removed stays. */
export async function sweepAbandoned(folder: string, prefix: string): Promise<void> {
  const ours = numberOf(pidNamespace());
  for (const name of await readdir(folder).catch(() => [])) {
    const found = /^(\d+)-(\w+)-(\d*)-\w+$/.exec(name.startsWith(prefix) ? name.slice(prefix.length) : "");
    if (found === null || found[3] !== ours || identity(Number(found[1]))?.start === found[2]) continue;
    await rm(join(folder, name), { recursive: true, force: true }).catch(() => undefined);
  }
}

/** `pid:[4026531836]` in a name. */
function numberOf(namespace: string): string {
  return namespace.replace(/\D/g, "");
}

export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error ? String(error.code) : undefined;
}
