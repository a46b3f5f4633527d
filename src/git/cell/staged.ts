import {
  chmodSync,
  copyFileSync,
  linkSync,
  lstatSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from "node:fs";
import { join } from "node:path";
import { passing } from "../../boundary.ts";
import { Problem } from "../../domain/problem.ts";
import { digest, standing } from "../instead/files.ts";
import { readPlaced } from "../instead/kept.ts";
import { isPlain } from "./hostile.ts";
import { type GitPlace, plumb } from "./plumbing.ts";

/** What the run's index holds beyond its commit. */
export type Staged = {
  /** For `update-index -z --index-info`. */
  readonly entries: readonly string[];
  /** The contents that those name. */
  readonly objects: readonly string[];
};

type Subject = { readonly cell: string; readonly admin: string; readonly tip: string };

/** Reads the run's index with an empty git dir; null where it cannot be read (damaged, split, made up). */
export async function readStaged(inside: GitPlace, { cell, admin, tip }: Subject): Promise<Staged | null> {
  const path = `${admin}/index`;
  if (!isPlain(cell, path)) return null;
  chmodSync(join(cell, path), 0o600);
  if (statSync(join(cell, path)).size > MAX_INDEX_BYTES) return null;
  const place = { ...inside, indexFile: copyIndex(join(cell, path), join(inside.gitDir, "index")) };
  const diff = ["diff-index", "--cached", "--raw", "-z", "--no-renames", "--no-abbrev", tip];
  try {
    const changed = fields((await plumb(place, diff)).stdout);
    const entries: string[] = [];
    for (let at = 0; at + 1 < changed.length; at += 2) {
      const [, mode = "", , sha = "", status] = (changed[at] ?? "").split(" ");
      // In conflict: it has three sides then, and none of its own.
      const gone = mode === "000000" || status === "U";
      entries.push(
        gone ? `0 ${"0".repeat(tip.length)}\t${changed[at + 1]}` : `${mode} ${sha}\t${changed[at + 1]}`,
      );
    }
    if (changed.some((field) => field.endsWith(" U"))) {
      entries.push(...fields((await plumb(place, ["ls-files", "--unmerged", "-z"])).stdout));
    }
    const named = entries.filter((entry) => !entry.startsWith("0 ") && !entry.startsWith("160000 "));
    const objects = named.map((entry) => entry.slice(entry.indexOf(" ") + 1).split(/[ \t]/)[0] ?? "");
    return { entries, objects };
  } catch (error) {
    if (error instanceof Problem) return null;
    throw error;
  }
}

/**
 * Puts the worktree's index in order: made anew from the commit, with the file times of the run's index (so that
 * nothing is read again) and what was staged; no flags that hide a change and no caches of the run come along, but what Rally placed
 * instead of the branch's own files stays out of sight.
 */
export async function bringStaged(
  outside: GitPlace,
  { cell, admin, tip, staged }: Subject & { readonly staged: Staged | null },
): Promise<"kept" | "rebuilt"> {
  const index = join(outside.gitDir, "index");
  const fresh = `${index}.rally`;
  const place = { ...outside, indexFile: fresh };
  if (!isOurLock(index, fresh)) {
    rmSync(`${fresh}.lock`, { force: true });
    rmSync(fresh, { force: true });
    if (staged !== null) copyIndex(join(cell, admin, "index"), fresh);
    await plumb(place, ["read-tree", "--reset", tip]);
    await clearFlags(place);
    if (staged === null) await plumb(place, ["update-index", "-q", "--refresh"], { codes: [0, 1] });
    else if (staged.entries.length > 0) {
      const input = staged.entries.map((entry) => `${entry}\0`).join("");
      await plumb(place, ["update-index", "-z", "--index-info"], { stdin: input });
    }
    await hideAgain(place);
  }
  await passing("file", "cell-index", () => replace(index, fresh));
  return staged === null ? "rebuilt" : "kept";
}

/** `assume-unchanged` and `skip-worktree` would hide changes from everybody; the latter is right in a sparse checkout. */
async function clearFlags(place: GitPlace): Promise<void> {
  const listed = fields((await plumb(place, ["ls-files", "-v", "-z"])).stdout);
  const hidden = listed.filter((entry) => /^[a-z] /.test(entry)).map((entry) => entry.slice(2));
  const skipped = listed.filter((entry) => /^[Ss] /.test(entry)).map((entry) => entry.slice(2));
  await setFlag(place, "--no-assume-unchanged", hidden);
  if (skipped.length === 0) return;
  const sparse = await plumb(place, ["config", "--type=bool", "--get", "core.sparseCheckout"], {
    codes: [0, 1],
  });
  if (sparse.stdout.trim() !== "true") await setFlag(place, "--no-skip-worktree", skipped);
}

/** What stands in the worktree as Rally placed it is no change, whatever flags the run left. */
async function hideAgain(place: GitPlace): Promise<void> {
  const { gitDir, worktree } = place;
  if (worktree === undefined) return;
  const placed = Object.entries(readPlaced(gitDir));
  const same = placed.filter(([name, was]) => digest(standing(worktree, name)) === was).map(([name]) => name);
  if (same.length === 0) return;
  const listed = new Set(fields((await plumb(place, ["ls-files", "-z"])).stdout));
  await setFlag(
    place,
    "--skip-worktree",
    same.filter((name) => listed.has(name)),
  );
}

async function setFlag(place: GitPlace, how: string, paths: readonly string[]): Promise<void> {
  if (paths.length === 0) return;
  const input = paths.map((path) => `${path}\0`).join("");
  await plumb(place, ["update-index", how, "-z", "--stdin"], { stdin: input });
}

/** As git replaces it: by way of `index.lock`, so that a git at work there is waited for. */
async function replace(index: string, fresh: string): Promise<void> {
  const lock = `${index}.lock`;
  for (let waitedMs = 0; !isOurLock(index, fresh); waitedMs += 50) {
    try {
      linkSync(fresh, lock);
    } catch (cause) {
      if (waitedMs >= LOCK_MS) {
        throw new Problem("conflict", `Another git is at work: ${lock} is there.`, { cause });
      }
      await Bun.sleep(50);
    }
  }
  renameSync(lock, index);
  rmSync(fresh, { force: true });
}

/** A crash between lock and replacement leaves our lock behind, known by being the same file. */
function isOurLock(index: string, fresh: string): boolean {
  const [lock, own] = [`${index}.lock`, fresh].map((path) => lstatSync(path, { throwIfNoEntry: false }));
  return lock !== undefined && own !== undefined && lock.ino === own.ino;
}

/** With its time: git holds files that are as young as the index for possibly changed. */
function copyIndex(from: string, to: string): string {
  copyFileSync(from, to);
  const { mtimeMs } = statSync(from);
  utimesSync(to, Math.floor(mtimeMs) / 1_000, Math.floor(mtimeMs) / 1_000);
  return to;
}

function fields(text: string): string[] {
  return text.split("\0").filter((field) => field !== "");
}

const LOCK_MS = 2_000;
const MAX_INDEX_BYTES = 1024 * 1024 * 1024;
