import { realpathSync, statSync } from "node:fs";
import { dirname } from "node:path";

/** What is seen at a path inside the walls: something to read, something to write, or nothing (empty and private). */
export type Mount = {
  readonly at: string;
  readonly how: "read" | "write" | "nothing";
  /** Where it comes from; the same path when not given. */
  readonly from?: string;
  readonly isFile?: boolean;
};

/**
 * The mounts in the order in which they are made: parents before children, so that the most specific path decides,
 * and of one path the last that was given. Links are resolved, because a mount goes to what a link points to; but
 * within what is writable an agent may have made a link to anywhere in an earlier run: those are left out, as is what
 * is not there outside, and what is writable already.
 */
export function inOrder(mounts: readonly Mount[]): Mount[] {
  const byPath = new Map<string, Mount>();
  for (const mount of mounts) {
    const around = enclosing(mount, mounts);
    const resolved = resolve(mount);
    if (resolved === null || (around !== null && isLedAway(mount, resolved, around))) continue;
    byPath.set(resolved.at, resolved);
  }
  const sorted = [...byPath.values()].sort((a, b) => depth(a.at) - depth(b.at));
  const kept: Mount[] = [];
  for (const mount of sorted) {
    const around = kept.findLast((each) => isBelow(mount.at, each.at));
    const isRepeated = mount.how === "write" && mount.from === mount.at && around?.how === "write";
    if (!isRepeated) kept.push(mount);
  }
  return kept;
}

/** The nearest mount around this one, by the names as they were given, where an agent can write to it. */
function enclosing(mount: Mount, all: readonly Mount[]): Mount | null {
  const around = all.filter((each) => isBelow(mount.at, each.at));
  const nearest = around.sort((a, b) => depth(b.at) - depth(a.at))[0];
  return nearest?.how === "write" && nearest.from === undefined ? nearest : null;
}

function isLedAway(mount: Mount, resolved: Mount, around: Mount): boolean {
  const outer = resolve(around);
  return outer !== null && resolved.at !== outer.at + mount.at.slice(around.at.length);
}

/** `/a/b` is below `/a`, not below itself. */
export function isBelow(path: string, folder: string): boolean {
  return path !== folder && path.startsWith(folder === "/" ? "/" : `${folder}/`);
}

/** The path itself, then each folder above it. */
export function ancestors(path: string): string[] {
  const above = dirname(path);
  return above === path ? [path] : [path, ...ancestors(above)];
}

function resolve(mount: Mount): Mount | null {
  try {
    const from = realpathSync(mount.from ?? mount.at);
    const at = mount.from === undefined ? from : resolveTarget(mount.at);
    return { ...mount, at, from, isFile: !statSync(from).isDirectory() };
  } catch {
    return null;
  }
}

/** The place of a bind need not exist where a mount above it makes it. */
function resolveTarget(at: string): string {
  for (const each of ancestors(at)) {
    try {
      return realpathSync(each) + at.slice(each === "/" ? 0 : each.length);
    } catch {
      // Not there: its parent decides.
    }
  }
  return at;
}

function depth(path: string): number {
  return path === "/" ? 0 : path.split("/").length;
}
