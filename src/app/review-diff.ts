import { Problem } from "../domain/problem.ts";
import { tipOf } from "../git/base.ts";
import { diff } from "../git/diff.ts";
import { isAncestor } from "../git/history.ts";
import { openRepo } from "../git/repo.ts";
import { dispatchRow, project, runsOf } from "../store/read.ts";
import { dispatchView } from "../store/snapshot.ts";
import type { World } from "../world.ts";

/** `base`: all of the work; `run`: since the last run began; otherwise since the commit that is named. */
export type Since = "base" | "run" | { readonly commit: string };

export type ScopedDiff = {
  readonly patch: string;
  /** The commit that the work stands at. */
  readonly head: string | null;
  /** False where it is told from the base, because the commit that was asked for is no longer part of the work. */
  readonly asAsked: boolean;
};

/**
 * The changes of a dispatch, committed or not, read without touching the index. Where the commit that they are told
 * from is not known, or was amended or rebased away, from the base. Throws Problem `missing` where nothing has started
 * yet.
 */
export async function scopedDiff(world: World, id: number, since: Since): Promise<ScopedDiff> {
  const row = dispatchRow(world.store, id);
  const owner = row && project(world.store, row.projectId);
  if (!row || !owner || row.baseSha === null || row.worktree === null)
    throw new Problem("missing", `${id} has not started yet: there is nothing to compare.`, {
      hint: "rally status",
    });
  const repo = await openRepo(owner.path);
  const tip = row.branch === null ? null : await tipOf(repo, `refs/heads/${row.branch}`);
  const head = tip ?? dispatchView(world.store, id)?.git?.head ?? null;
  const asked = startOf(world, id, since);
  const start = asked !== null && head !== null && (await isAncestor(repo, asked, head)) ? asked : null;
  const where = { worktree: row.worktree, branch: row.branch };
  const patch =
    start === null
      ? await diff(repo, { ...where, baseSha: row.baseSha, base: row.base })
      : await diff(repo, { ...where, baseSha: start });
  return { patch, head, asAsked: since === "base" || start !== null };
}

function startOf(world: World, id: number, since: Since): string | null {
  if (since === "base") return null;
  if (since !== "run") return since.commit;
  return runsOf(world.store, id).findLast((run) => run.state !== "queued")?.headBefore ?? null;
}
