import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { isLive } from "../domain/words.ts";
import { changing } from "../files.ts";
import { runRow } from "../store/read.ts";
import type { World } from "../world.ts";
import { endedFolder } from "./paths.ts";

/**
 * Takes the names of runs that are over out of the watched folder. A wrapper may write its run's name after somebody
 * has seen its exit record, and whoever ended a run may have died before this.
 */
export function forgetEnded(world: World): void {
  const folder = endedFolder(world.config.home);
  for (const name of names(folder)) {
    const row = runRow(world.store, Number(name));
    if (row && isLive(row.state)) continue;
    changing(folder, () => rmSync(join(folder, name), { force: true }));
  }
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}
