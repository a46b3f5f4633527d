import { statSync } from "node:fs";

/**
 * Tells whether the database was deleted since, or put aside for another one: what is written to it then nobody ever
 * reads, and the log would make the home anew.
 */
export function goneWatch(path: string): () => boolean {
  const inode = () => statSync(path, { throwIfNoEntry: false })?.ino;
  const first = inode();
  return () => first === undefined || inode() !== first;
}
