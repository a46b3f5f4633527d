import { basename } from "node:path";
import { passingSync } from "./boundary.ts";

/**
 * The door to files: whoever changes one, a folder, or what belongs together in it, does so here, and its boundary is
 * named after that path.
 */
export function changing<T>(path: string, change: () => T): T {
  // Numbers of runs and the like would give each its own name.
  return passingSync("file", basename(path).replace(/\d+/g, "n"), change);
}
