import { existsSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Candidate, PathKind } from "../cli/complete.ts";
import type { Config } from "../config.ts";

const MOST = 2_000;

/** What is in a folder, as it was typed. */
export type Listed = {
  /** How the folder is written in a line: the home has no `~` where no shell reads it. */
  readonly written: string;
  /** Folders first, each with a slash at its end. */
  readonly found: readonly Candidate[];
};

/** For a line that names a file or a folder. What cannot be read holds nothing. */
export async function pathsIn({ env }: Config, folder: string, kind: PathKind): Promise<Listed> {
  const written = folder.replace(/^~(?=\/)/, env.home);
  const at = resolve(env.cwd, written);
  const entries = await readdir(at, { withFileTypes: true }).catch(() => []);
  const folders: Candidate[] = [];
  const files: Candidate[] = [];
  for (const entry of entries.toSorted((a, b) => a.name.localeCompare(b.name)).slice(0, MOST)) {
    const path = join(at, entry.name);
    const isFolder = entry.isSymbolicLink() ? await leadsToFolder(path) : entry.isDirectory();
    if (isFolder)
      folders.push({ value: `${entry.name}/`, help: existsSync(join(path, ".git")) ? "a repository" : "" });
    else if (kind === "file") files.push({ value: entry.name, help: "" });
  }
  return { written, found: [...folders, ...files] };
}

async function leadsToFolder(link: string): Promise<boolean> {
  return stat(link).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
