import { lstatSync, mkdirSync } from "node:fs";
import { join } from "node:path";

/** Makes a folder of a worktree and those above it; false where a checkout has a link or a file in the place of one. */
export function makePlainFolder(worktree: string, folder: string): boolean {
  let path = worktree;
  for (const name of folder.split("/").filter((part) => part !== "." && part !== "")) {
    path = join(path, name);
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (!stat) mkdirSync(path);
    else if (!stat.isDirectory()) return false;
  }
  return true;
}
