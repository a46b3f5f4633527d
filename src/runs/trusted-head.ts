import { Problem } from "../domain/problem.ts";
import type { RepoAt } from "../git/admin.ts";
import { tipOf } from "../git/base.ts";
import type { DispatchRow } from "../store/rows.ts";
import { dispatchView } from "../store/snapshot.ts";
import { headTrusted } from "../store/told.ts";
import type { World } from "../world.ts";

/**
 * Where the work on a pull request begins whose head is `now`: at the head that a person dispatched, whatever was pushed
 * while it waited in line, as trust was given for that one. Throws `refused` where that was rewritten away.
 */
export async function trustedHead(
  world: World,
  repo: RepoAt,
  dispatch: DispatchRow,
  now: string,
): Promise<{ readonly sha: string; readonly warning: string | null }> {
  const asked = dispatchView(world.store, dispatch.id)?.target?.reviewedHead ?? now;
  if (asked === now || headTrusted(world.store, dispatch.id, now)) return { sha: now, warning: null };
  if ((await tipOf(repo, asked)) !== null)
    return {
      sha: asked,
      warning: `#${dispatch.number} has new commits since it was dispatched: it begins at ${asked.slice(0, 8)}.`,
    };
  throw new Problem("refused", `Pull request #${dispatch.number} was rewritten after it was dispatched.`, {
    hint: `rally retry ${dispatch.id}`,
  });
}
