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
 * and of one path the last that was given. Links are resolved, because a mount goes to what a link points to. What is
 * not there outside is left out. What is below a writable path and not covered in between is writable already; its
 * own entry is left out, since an agent may have made it a link to anywhere in an earlier run.
 */
export function inOrder(mounts: readonly Mount[]): Mount[] {
  const byPath = new Map<string, Mount>();
  for (const mount of mounts) {
    const resolved = resolve(mount);
    if (resolved !== null) byPath.set(resolved.at, resolved);
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
