import { realpathSync } from "node:fs";
import { basename, dirname } from "node:path";
import { onPath } from "../../process/path.ts";
import { ancestors, isBelow } from "./mounts.ts";

/**
 * In an empty home the programs that live in it are missing, the agent's first of all: the folders on PATH, and what
 * a program there is a link to, with the packages beside it.
 */
export function programFolders(program: string, path: string, home: string): string[] {
  const folders = path.split(":").filter((folder) => isBelow(folder, home));
  const found = onPath(program, path);
  if (found !== null) folders.push(dirname(found), packageOf(realpathSync(found)));
  return folders.filter((folder) => isBelow(folder, home));
}

/** A script needs what is installed with it: the tree that holds its `node_modules`, else its own folder. */
function packageOf(program: string): string {
  const modules = ancestors(program).findLast((each) => basename(each) === "node_modules");
  if (modules === undefined) return dirname(program);
  return basename(dirname(modules)) === "lib" ? dirname(dirname(modules)) : modules;
}
