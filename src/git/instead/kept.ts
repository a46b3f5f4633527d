import { readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { passing } from "../../boundary.ts";
import { type GitAt, git, gitBytes, gitProblem } from "../git.ts";
import { replaceFile } from "../trash-entry.ts";
import { digest, isObject, standing } from "./files.ts";

/** What stands in a worktree instead of what its branch has: a digest, or null where nothing does. Names by bytes. */
export type Placed = Readonly<Record<string, string | null>>;

/** An entry of the index; `name` has one character a byte. */
export type Entry = {
  readonly name: string;
  readonly mode: string;
  readonly oid: string;
  readonly stage: number;
  /** Git does not look at its file. */
  readonly skipped: boolean;
};

const FILE = "rally-instead.json";

/** In the worktree's git dir, which goes to the trash and comes back with it. Nothing of it costs more than one look. */
export function readPlaced(gitDir: string): Placed {
  try {
    return JSON.parse(readFileSync(join(gitDir, FILE), "utf8")) as Placed;
  } catch {
    return {};
  }
}

export async function writePlaced(gitDir: string, placed: Placed): Promise<void> {
  const path = join(gitDir, FILE);
  if (Object.keys(placed).length > 0) return replaceFile(path, `${JSON.stringify(placed)}\n`);
  await passing("file", FILE, () => rm(path, { force: true }));
}

export async function entriesOf(at: GitAt, index?: string): Promise<Entry[]> {
  const args = ["ls-files", "-t", "--stage", "-z"];
  const result = await gitBytes(at, args, index === undefined ? {} : { index });
  if (result.code !== 0 || result.truncated) throw gitProblem(args, result);
  const rows = Buffer.from(result.stdout).toString("latin1").split("\0");
  return rows.flatMap((row): Entry[] => {
    const found = /^(\S) (\d+) ([0-9a-f]+) (\d)\t(.*)$/s.exec(row);
    if (found === null) return [];
    const [, tag, mode = "", oid = "", stage, name = ""] = found;
    return [{ name, mode, oid, stage: Number(stage), skipped: tag === "S" }];
  });
}

/**
 * Of what was placed, that which somebody has changed since: neither as placed nor as the branch has it. Git is told
 * not to look at these files, so whoever asks it what has changed asks here, too.
 */
export async function changedSince(at: GitAt): Promise<string[]> {
  const { workTree } = at;
  if (workTree === null) return [];
  const apart = Object.entries(readPlaced(at.gitDir)).filter(
    ([name, was]) => digest(standing(workTree, name)) !== was,
  );
  if (apart.length === 0) return [];
  const own = new Map((await entriesOf(at)).map((entry) => [entry.name, entry.oid]));
  return apart.flatMap(([name]) => {
    const oid = own.get(name);
    return oid === undefined || isObject(standing(workTree, name), oid) ? [] : [name];
  });
}

/** Has git look at what somebody has changed, in its own index or the one that is named. */
export async function revealChanged(
  at: GitAt,
  options: { readonly index?: string; readonly effect?: string } = {},
): Promise<void> {
  await setLooked(at, await changedSince(at), { ...options, looked: true });
}

/** Whether git looks at these files: all must be in the index. */
export async function setLooked(
  at: GitAt,
  names: readonly string[],
  options: { readonly looked: boolean; readonly index?: string; readonly effect?: string },
): Promise<void> {
  if (names.length === 0) return;
  const { looked, ...rest } = options;
  const flag = looked ? "--no-skip-worktree" : "--skip-worktree";
  await git(at, ["update-index", flag, "-z", "--stdin"], { ...rest, stdin: asInput(names) });
}

export function asInput(names: readonly string[]): Uint8Array {
  return Buffer.from(names.map((name) => `${name}\0`).join(""), "latin1");
}

/** A name by bytes as people and patterns read it. */
export function readable(name: string): string {
  return Buffer.from(name, "latin1").toString("utf8");
}
