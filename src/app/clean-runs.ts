import { existsSync, rmSync } from "node:fs";
import { args } from "../domain/grammar-parsed.ts";
import { changing } from "../files.ts";
import { isUnbrought } from "../runs/cell.ts";
import { runFiles } from "../runs/paths.ts";
import { cleanedRuns } from "../store/cleaned.ts";
import { runRow } from "../store/read.ts";
import type { World } from "../world.ts";
import { plural } from "./ago.ts";
import type { Call } from "./call.ts";
import { type DiskUse, diskUse, sizeText } from "./disk.ts";
import { onlyProject } from "./find.ts";

const DAY_MS = 86_400_000;

export type OldRuns = { readonly folders: readonly string[]; readonly size: DiskUse };

/**
 * The folders (log, context, exit record) of runs whose dispatch was cleaned more than `limits.run_files_days` ago:
 * never those of a dispatch that is there, nor one that holds commits which could not be brought home.
 */
export function oldRuns(world: Pick<World, "config" | "store" | "now">, projectId: number | null): OldRuns {
  const { config, store } = world;
  const before = world.now() - config.limits.runFilesDays * DAY_MS;
  const folders = cleanedRuns(store, { before, projectId })
    .filter((id) => runRow(store, id) === null && !isUnbrought(world, id))
    .map((id) => runFiles(config.home, id).dir)
    .filter((dir) => existsSync(dir));
  return { folders, size: diskUse(folders) };
}

/** Those that this line is about: none where dispatches are named. */
export function oldRunsFor(world: World, call: Call): OldRuns {
  if (args(call.parsed, "d").length > 0) return { folders: [], size: { bytes: 0, more: false } };
  return oldRuns(world, onlyProject(world, call)?.id ?? null);
}

export function removeRuns({ folders }: OldRuns): void {
  for (const folder of folders) changing(folder, () => rmSync(folder, { recursive: true, force: true }));
}

/** `the files of 12 runs (340 MB) that were cleaned more than 30 days ago`; empty where there are none. */
export function oldRunsText({ config }: World, { folders, size }: OldRuns): string {
  if (folders.length === 0) return "";
  const days = plural(config.limits.runFilesDays, "day");
  return `the files of ${plural(folders.length, "run")} (${sizeText(size)}) that were cleaned more than ${days} ago`;
}
