import {
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
} from "node:fs";
import { join } from "node:path";
import { Problem } from "../../domain/problem.ts";

/**
 * A cell after its run: anything in it may be made up. It is read here by our own hand, without following a link, with
 * limits, and only the kinds of files that are expected. Nobody writes to it any more at this time.
 */

/** A file of the cell, at most `maxBytes`; null where there is none, or it is a link, a pipe or too long. */
function readCellFile(cell: string, path: string, maxBytes: number): string | null {
  if (!isPlain(cell, path)) return null;
  chmodSync(join(cell, path), 0o600);
  const file = openSync(join(cell, path), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stat = fstatSync(file);
    return stat.isFile() && stat.size <= maxBytes ? readFileSync(file, "latin1") : null;
  } finally {
    closeSync(file);
  }
}

/** Every part of the path is there, the folders are folders and the last is a file; none is a link. */
export function isPlain(cell: string, path: string): boolean {
  const parts = path.split("/");
  return parts.every((_, at) => {
    const stat = lstatSync(join(cell, ...parts.slice(0, at + 1)), { throwIfNoEntry: false });
    return stat !== undefined && (at + 1 < parts.length ? stat.isDirectory() : stat.isFile());
  });
}

/**
 * Leaves of the cell's objects what objects are: packs with their indexes, and loose ones. `info` (alternates, commit
 * graphs) and all caches go: they could redirect git or lie to it, and none holds work. Throws `refused` where the
 * folder itself was replaced.
 */
export function tidyObjects(cell: string): void {
  openFolders(cell);
  const objects = join(cell, "objects");
  const stat = lstatSync(objects, { throwIfNoEntry: false });
  if (stat?.isDirectory() !== true) {
    throw new Problem("refused", `The run's git dir is not as it was made: ${objects} is no folder.`);
  }
  for (const name of readdirSync(objects)) {
    const isFolder = lstatSync(join(objects, name)).isDirectory();
    const wanted = name === "pack" ? PACK : /^[0-9a-f]{2}$/.test(name) ? LOOSE : null;
    if (!isFolder || wanted === null) remove(join(objects, name));
    else keepOnly(join(objects, name), wanted);
  }
}

export type CellRefs = {
  /** Full names and what they name, loose before packed; only what looks like an object's name. */
  readonly refs: ReadonlyMap<string, string>;
  /** What the worktree stands on: a ref, or a commit; null where it says neither. */
  readonly head: { readonly ref: string | null; readonly sha: string | null };
  /** The stash's older entries, which no ref names. */
  readonly stashed: readonly string[];
  /** An operation that was not finished: `rebase`, `merge`, `cherry-pick`, `revert`, `bisect`. */
  readonly unfinished: string | null;
};

export function readCellRefs(cell: string, admin: string): CellRefs {
  const packed = readCellFile(cell, "packed-refs", MAX_PACKED_BYTES) ?? "";
  const refs = new Map<string, string>();
  for (const line of packed.split("\n")) {
    const [sha = "", ref = ""] = line.split(" ");
    if (isSha(sha) && ref.startsWith("refs/")) refs.set(ref, sha);
  }
  for (const ref of looseRefs(cell, "refs")) {
    const sha = readCellFile(cell, ref, MAX_REF_BYTES)?.trim() ?? "";
    if (isSha(sha)) refs.set(ref, sha);
  }
  const text = (readCellFile(cell, `${admin}/HEAD`, MAX_REF_BYTES) ?? "").trim();
  const ref = text.startsWith("ref: ") ? text.slice(5).trim() : null;
  const sha = ref === null ? (isSha(text) ? text : null) : (refs.get(ref) ?? null);
  const log = (readCellFile(cell, "logs/refs/stash", MAX_PACKED_BYTES) ?? "").split("\n");
  const stashed = log.map((line) => line.split(" ")[1] ?? "").filter(isSha);
  const unfinished = UNFINISHED.find(([, file]) => exists(join(cell, admin, file)))?.[0] ?? null;
  return { refs, head: { ref, sha }, stashed, unfinished };
}

const UNFINISHED = [
  ["rebase", "rebase-merge"],
  ["rebase", "rebase-apply"],
  ["merge", "MERGE_HEAD"],
  ["cherry-pick", "CHERRY_PICK_HEAD"],
  ["revert", "REVERT_HEAD"],
  ["bisect", "BISECT_LOG"],
] as const;

const PACK = /^pack-(?:[0-9a-f]{40}|[0-9a-f]{64})\.(?:pack|idx)$/;
const LOOSE = /^(?:[0-9a-f]{38}|[0-9a-f]{62})$/;
const MAX_REF_BYTES = 4_096;
const MAX_PACKED_BYTES = 64 * 1024 * 1024;
const MAX_REFS = 10_000;

function isSha(text: string): boolean {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text) && !/^0+$/.test(text);
}

function looseRefs(cell: string, folder: string): string[] {
  const found: string[] = [];
  const folders = [folder];
  for (let next = folders.pop(); next !== undefined && found.length < MAX_REFS; next = folders.pop()) {
    const stat = lstatSync(join(cell, next), { throwIfNoEntry: false });
    if (stat?.isDirectory() !== true) continue;
    for (const name of readdirSync(join(cell, next))) {
      const path = `${next}/${name}`;
      if (lstatSync(join(cell, path)).isDirectory()) folders.push(path);
      else found.push(path);
    }
  }
  return found.slice(0, MAX_REFS);
}

/** Folders that were made unreadable could be neither read nor ever removed. */
function openFolders(folder: string): void {
  chmodSync(folder, 0o700);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) openFolders(join(folder, entry.name));
  }
}

function keepOnly(folder: string, wanted: RegExp): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const isFile = lstatSync(path).isFile();
    if (!isFile || !wanted.test(name)) remove(path);
    else chmodSync(path, 0o400);
  }
}

function remove(path: string): void {
  rmSync(path, { recursive: true, force: true });
}

function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
