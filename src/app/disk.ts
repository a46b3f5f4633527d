import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";

const ENTRIES_MAX = 100_000;

export type DiskUse = { readonly bytes: number; readonly more: boolean };

/** What folders hold, links not followed; `more` where there is more than anybody wants to wait for. */
export function diskUse(paths: readonly string[]): DiskUse {
  const waiting = [...paths];
  let bytes = 0;
  let seen = 0;
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (++seen > ENTRIES_MAX) return { bytes, more: true };
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (stat?.isDirectory()) waiting.push(...namesIn(path).map((name) => join(path, name)));
    else bytes += stat?.size ?? 0;
  }
  return { bytes, more: false };
}

export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** `12 kB`, `340 MB`. */
export function sizeText({ bytes, more }: DiskUse): string {
  const size = bytes >= 10_000_000 ? `${Math.round(bytes / 1_000_000)} MB` : `${Math.ceil(bytes / 1000)} kB`;
  return more ? `more than ${size}` : size;
}
