import { resolve } from "node:path";
import { repoAt } from "../git/admin.ts";
import { sweepLock } from "../git/lock.ts";
import { sweepIndexCopies } from "../git/temporary.ts";
import { emptyTrash } from "../git/trash.ts";
import type { GitHub } from "../github/github.ts";
import { straysOf } from "../runs/strays.ts";
import { pruneHttpCache } from "../store/http-cache.ts";
import { updateProject } from "../store/projects.ts";
import { projects } from "../store/read.ts";
import type { ProjectRow } from "../store/rows.ts";
import { snapshot } from "../store/snapshot.ts";
import type { World } from "../world.ts";
import { fetchProject } from "./fetch.ts";
import { readPulls } from "./pulls.ts";

const DAY_MS = 86_400_000;
/** Answers of GitHub that nobody asked for again. */
const CACHE_DAYS = 14;

export type SlowReport = { readonly projects: number; readonly warnings: readonly string[] };

/** One slow tick: what GitHub and the remotes have news of. One project's failure is kept with it, and the rest goes on. */
export async function slowTick(world: World, only?: number): Promise<SlowReport> {
  const warnings: string[] = [];
  const all = projects(world.store).filter((owner) => only === undefined || owner.id === only);
  await sweepIndexCopies();
  for (const owner of all) {
    const troubles = await attempt(world, owner, () => tickProject(world, owner));
    warnings.push(...troubles.map((trouble) => `${owner.repo ?? owner.name}: ${trouble}`));
  }
  pruneHttpCache(world.store, world.now() - CACHE_DAYS * DAY_MS);
  return { projects: all.length, warnings };
}

async function tickProject(world: World, owner: ProjectRow): Promise<string[]> {
  const { root, trashDays } = world.config.worktrees;
  await sweepLock(await repoAt(owner.path));
  await emptyTrash(resolve(owner.path, root), trashDays * DAY_MS, world.now());
  await straysOf(world, owner);
  const views = snapshot(world.store).filter((view) => view.projectId === owner.id && view.worktree !== null);
  if (views.length === 0) return [];
  const warnings = await fetchProject(world, owner, views);
  if (owner.repo === null) return warnings;
  const github = await world.github(owner.host);
  const changed = await readChanged(world, owner, github);
  return [...warnings, ...changed, ...(await readPulls(world, owner, github, views))];
}

/** One list with a constant URL: nothing changed costs nothing. What changed is read by those that follow it. */
async function readChanged(world: World, owner: ProjectRow, github: GitHub): Promise<string[]> {
  const { readTargets } = await import("./targets.ts");
  const items = await github.changed(owner.repo ?? "", owner.seenUntil);
  const warnings = await readTargets(world, owner, github, items);
  const newest = [owner.seenUntil ?? "", ...items.map((item) => item.updatedAt)].sort().at(-1) ?? "";
  if (newest !== (owner.seenUntil ?? ""))
    updateProject(world.store, { actor: "rally", at: world.now() }, owner.id, { seenUntil: newest });
  return warnings;
}

async function attempt(world: World, owner: ProjectRow, work: () => Promise<string[]>): Promise<string[]> {
  const by = { actor: "rally", at: world.now() };
  try {
    const warnings = await work();
    updateProject(world.store, by, owner.id, { slowAt: world.now(), slowError: null });
    return warnings;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    world.log.warn("slow.failed", { project: owner.id, message });
    updateProject(world.store, by, owner.id, { slowAt: world.now(), slowError: message });
    return [message];
  }
}
