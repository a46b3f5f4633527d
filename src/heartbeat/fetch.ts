import { isDone } from "../domain/display.ts";
import type { DispatchView } from "../domain/view.ts";
import { resolveBase, tipOf } from "../git/base.ts";
import { openRepo } from "../git/repo.ts";
import { look } from "../runs/work.ts";
import { dispatchRow } from "../store/read.ts";
import type { ProjectRow } from "../store/rows.ts";
import type { World } from "../world.ts";

/**
 * Fetches the bases that dispatches started from, each once, and looks again at the work of those whose base moved: so
 * a merge is seen even where nobody told GitHub about it.
 */
export async function fetchProject(
  world: World,
  owner: ProjectRow,
  views: readonly DispatchView[],
): Promise<void> {
  const { remote } = owner;
  if (remote === null) return;
  const open = views.filter(
    (view) => !isDone(view) && view.kind !== "pr" && view.base?.startsWith(`${remote}/`),
  );
  const repo = await openRepo(owner.path);
  for (const base of new Set(open.map((view) => view.base))) {
    const before = await tipOf(repo, `refs/remotes/${base}`);
    const found = await resolveBase(repo, {
      remote,
      base: (base ?? "").slice(remote.length + 1),
      fetchSeconds: world.config.limits.fetchSeconds,
    });
    if (found.sha === before) continue;
    for (const view of open.filter((one) => one.base === base)) await lookAgain(world, owner, view);
  }
}

async function lookAgain(world: World, owner: ProjectRow, view: DispatchView): Promise<void> {
  const row = dispatchRow(world.store, view.id);
  if (row && (view.git?.commits ?? 0) > 0) await look(world, row, owner);
}
