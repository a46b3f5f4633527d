import { isDone } from "../domain/display.ts";
import type { DispatchView } from "../domain/view.ts";
import { resolveBase } from "../git/base.ts";
import { openRepo } from "../git/repo.ts";
import { look } from "../runs/work.ts";
import { dispatchRow } from "../store/read.ts";
import type { ProjectRow } from "../store/rows.ts";
import { getSetting, setSetting } from "../store/settings.ts";
import type { World } from "../world.ts";

/**
 * Fetches the bases that dispatches started from, each once, and looks again at their work where a base has moved since
 * that was done last, whoever fetched it: so a merge is seen even where nobody told GitHub about it.
 */
export async function fetchProject(
  world: World,
  owner: ProjectRow,
  views: readonly DispatchView[],
): Promise<void> {
  const open = views.filter((view) => !isDone(view) && view.kind !== "pr" && view.base !== null);
  if (open.length === 0) return;
  const repo = await openRepo(owner.path);
  for (const base of new Set(open.map((view) => view.base ?? ""))) {
    const { sha } = await resolveBase(repo, {
      ...whose(owner, base),
      fetchSeconds: world.config.limits.fetchSeconds,
    });
    const key = `base:${owner.id}:${base}`;
    if (getSetting(world.store, key) === sha) continue;
    for (const view of open.filter((one) => one.base === base)) await lookAgain(world, owner, view);
    setSetting(world.store, key, sha);
  }
}

/** `origin/main` is a remote's, `main` a branch of the checkout. */
function whose(owner: ProjectRow, base: string): { readonly remote: string | null; readonly base: string } {
  const { remote } = owner;
  if (remote === null || !base.startsWith(`${remote}/`)) return { remote: null, base };
  return { remote, base: base.slice(remote.length + 1) };
}

async function lookAgain(world: World, owner: ProjectRow, view: DispatchView): Promise<void> {
  const row = dispatchRow(world.store, view.id);
  if (row && (view.git?.commits ?? 0) > 0) await look(world, row, owner);
}
