import { isDone } from "../domain/display.ts";
import { Problem } from "../domain/problem.ts";
import type { DispatchView } from "../domain/view.ts";
import { resolveBase } from "../git/base.ts";
import { openRepo, type Repo } from "../git/repo.ts";
import { look } from "../runs/work.ts";
import { dispatchRow } from "../store/read.ts";
import type { ProjectRow } from "../store/rows.ts";
import { getSetting, setSetting } from "../store/settings.ts";
import type { World } from "../world.ts";
import { apart } from "./apart.ts";

/**
 * Fetches the bases that dispatches started from, each once, and looks again at the work of those whose base moved
 * since it was last compared, whoever moved it: so a merge is seen even where nobody told GitHub about it, and where a
 * person's own fetch or push was first. Gives what could not be fetched or looked at, a sentence each;
 * the rest goes on.
 */
export async function fetchProject(
  world: World,
  owner: ProjectRow,
  views: readonly DispatchView[],
): Promise<string[]> {
  const open = views.filter((view) => !isDone(view) && view.kind !== "pr" && view.base !== null);
  if (open.length === 0) return [];
  const repo = await openRepo(owner.path);
  const warnings: string[] = [];
  for (const base of new Set(open.map((view) => view.base ?? ""))) {
    const { sha, warning } = await tip(world, owner, repo, base);
    if (warning !== null) warnings.push(warning);
    const key = `base:${owner.id}:${base}`;
    if (sha === null || sha === getSetting(world.store, key)) continue;
    const compared = open.filter((one) => one.base === base);
    warnings.push(...(await apart(compared, (view) => lookAgain(world, owner, view))));
    setSetting(world.store, key, sha);
  }
  return warnings;
}

type Tip = { readonly sha: string | null; readonly warning: string | null };

/** A remote's branch is fetched, a local one read; null for what belongs to neither any more. */
async function tip(world: World, owner: ProjectRow, repo: Repo, base: string): Promise<Tip> {
  const { remote } = owner;
  const prefix = `${remote}/`;
  if (remote !== null && !base.startsWith(prefix)) return { sha: null, warning: null };
  try {
    return await resolveBase(repo, {
      remote,
      base: remote === null ? base : base.slice(prefix.length),
      fetchSeconds: world.config.limits.fetchSeconds,
    });
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { sha: null, warning: error.message };
  }
}

async function lookAgain(world: World, owner: ProjectRow, view: DispatchView): Promise<void> {
  const row = dispatchRow(world.store, view.id);
  if (row && (view.git?.commits ?? 0) > 0) await look(world, row, owner);
}
