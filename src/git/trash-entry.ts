import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { passing } from "../boundary.ts";
import { Problem } from "../domain/problem.ts";
import type { Time } from "../domain/words.ts";

export const TRASH = ".trash";

/** What `untrash` needs to know, kept beside the worktree and git's record of it. */
export type TrashEntry = {
  readonly path: string;
  readonly branch: string | null;
  readonly head: string | null;
  readonly dispatch: number;
  readonly at: Time;
  /** Its name below `worktrees/` in the git dir. */
  readonly admin: string | null;
};

export async function writeEntry(entry: string, record: TrashEntry): Promise<void> {
  await passing("file", "trash-entry", async () => {
    await mkdir(entry, { recursive: true });
    await replace(join(entry, "entry.json"), `${JSON.stringify(record)}\n`);
  });
}

/** Takes away the folders of that prefix that were made for an entry, and never got it. Under the repository's lock. */
export async function sweepUnwritten(folder: string, prefix: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    if (!name.startsWith(prefix)) continue;
    const held = await readdir(join(folder, name)).catch(() => null);
    if (held === null || held.some((file) => file !== "entry.json.rally-new")) continue;
    await rm(join(folder, name), { recursive: true, force: true });
  }
}

/** Null where the trash was emptied. */
export async function readEntry(entry: string): Promise<TrashEntry | null> {
  const text = await readFile(join(entry, "entry.json"), "utf8").catch(() => null);
  if (text === null) return null;
  try {
    return JSON.parse(text) as TrashEntry;
  } catch (cause) {
    throw new Problem("git", `${entry} cannot be read.`, { cause });
  }
}

/** Writes a file whole or not at all. */
export async function replaceFile(path: string, text: string): Promise<void> {
  await passing("file", basename(path), () => replace(path, text));
}

async function replace(path: string, text: string): Promise<void> {
  await writeFile(`${path}.rally-new`, text);
  await rename(`${path}.rally-new`, path);
}
