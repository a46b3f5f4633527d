import { closeSync, existsSync, mkdirSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { changing } from "../files.ts";
import type { RunRow } from "../store/rows.ts";
import type { World } from "../world.ts";
import { runFiles } from "./paths.ts";

/**
 * Makes sure that a run that never came up cannot come up later: whoever creates its pid file owns the start. False
 * where the wrapper was there first; then it runs after all, and the next tick decides.
 */
export function claimUnstarted(world: World, run: RunRow): boolean {
  const { dir } = runFiles(world.config.home, run.id);
  const path = join(dir, "pid");
  if (existsSync(path)) return false;
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  try {
    return changing(path, () => {
      const fd = openSync(path, "wx", 0o600);
      writeSync(fd, "never started\n");
      closeSync(fd);
      return true;
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}
