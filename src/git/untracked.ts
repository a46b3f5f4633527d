import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fields, type GitAt, git, gitBytes, gitProblem } from "./git.ts";

export type Untracked = {
  /** Readable names; `stdin` holds the same byte for byte. */
  readonly files: readonly string[];
  /** Folders that are repositories of their own, with a `/` at their end. */
  readonly nested: readonly string[];
  readonly stdin: Uint8Array;
};

/** Untracked files that are not ignored. Nested repositories are never entered. */
export async function untrackedNames(at: GitAt, index?: string): Promise<Untracked> {
  const args = ["ls-files", "--others", "--exclude-standard", "-z"];
  const result = await gitBytes(at, args, index === undefined ? {} : { index });
  if (result.code !== 0 || result.truncated) throw gitProblem(args, result);
  const files: string[] = [];
  const nested: string[] = [];
  const kept: Uint8Array[] = [];
  for (const bytes of splitNames(result.stdout)) {
    const name = new TextDecoder().decode(bytes);
    if (name.endsWith("/")) nested.push(name);
    else {
      files.push(name);
      kept.push(bytes, NUL);
    }
  }
  return { files, nested, stdin: Buffer.concat(kept) };
}

const NUL = new Uint8Array([0]);

/** Splits `-z` output without decoding it: a name need not be UTF-8. */
export function splitNames(bytes: Uint8Array): Uint8Array[] {
  const names: Uint8Array[] = [];
  let from = 0;
  for (let at = bytes.indexOf(0); at >= 0; at = bytes.indexOf(0, from)) {
    names.push(bytes.subarray(from, at));
    from = at + 1;
  }
  return names;
}

/**
 * Repositories inside a worktree that git would not look into: untracked ones, ones around tracked files, and
 * submodules that are checked out. Those in ignored folders are not counted, as ignored files are not.
 */
export async function nestedRepositories(at: GitAt): Promise<string[]> {
  const root = at.workTree;
  if (root === null) return [];
  const [listed, untracked] = await Promise.all([git(at, ["ls-files", "--stage", "-z"]), untrackedNames(at)]);
  const folders = new Set<string>();
  for (const row of fields(listed)) {
    const path = row.slice(row.indexOf("\t") + 1);
    if (row.startsWith("160000 ")) folders.add(path);
    addParents(folders, path);
  }
  for (const path of untracked.files) addParents(folders, path);
  const inside = [...folders].filter((folder) => existsSync(join(root, folder, ".git")));
  return [...new Set([...untracked.nested.map((name) => name.slice(0, -1)), ...inside])].sort();
}

function addParents(folders: Set<string>, path: string): void {
  for (let folder = dirname(path); folder !== "." && !folders.has(folder); folder = dirname(folder))
    folders.add(folder);
}
