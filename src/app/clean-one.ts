import { copyFileSync, mkdirSync } from "node:fs";
import { realpath } from "node:fs/promises";
import { dirname, join } from "node:path";
import { passingSync } from "../boundary.ts";
import { Problem } from "../domain/problem.ts";
import type { DispatchView } from "../domain/view.ts";
import { isLive } from "../domain/words.ts";
import { type RepoAt, repoAt } from "../git/admin.ts";
import { archive, archiveName } from "../git/archive.ts";
import { tipOf } from "../git/base.ts";
import { deleteBranch, isOurs, placeOf } from "../git/branch.ts";
import { trash, trashPath } from "../git/trash.ts";
import { ownFile } from "../runs/own-file.ts";
import { CONTEXT_IN_WORKTREE, REVIEW_IN_WORKTREE, runFiles } from "../runs/paths.ts";
import { goneRepository } from "../runs/work.ts";
import { recordArchive } from "../store/archives.ts";
import { type Cleaned, cleanedOf, keepCleaned } from "../store/cleaned.ts";
import { dispatchRow } from "../store/read.ts";
import { record } from "../store/record.ts";
import type { DispatchRow } from "../store/rows.ts";
import { homeId } from "../store/settings.ts";
import { dispatchView } from "../store/snapshot.ts";
import { write } from "../store/write.ts";
import type { World } from "../world.ts";
import type { Judged } from "./clean-judge.ts";
import { stopWork } from "./stop.ts";

/**
 * Removes worktree, branch and record of one dispatch, the record last; each step can be repeated, so that a crash at
 * any of them is mended by cleaning again (model.md 9). The journal stays, and `undo` brings all of it back.
 */
export async function cleanOne(world: World, actor: string, judged: Judged): Promise<void> {
  const { id } = judged.view;
  if (judged.live || judged.view.queued) await stopWork(world, actor, judged.view);
  const view = dispatchView(world.store, id);
  const row = dispatchRow(world.store, id);
  if (!view || !row) return;
  if (view.run && isLive(view.run.state))
    throw new Problem("conflict", `${view.agent} is still at work on ${id}.`, {
      hint: `rally clean ${id} --stop`,
    });
  const gone = await goneRepository(view.projectPath);
  if (gone === null && row.worktree !== null) await putAway(world, actor, row, view);
  else keepCleaned(world.store, { ...NOTHING_KEPT, actor, at: world.now(), dispatchId: id });
  record(world.store, { actor, at: world.now() }, [{ layer: "dispatch", id, on: "clean", why: judged.why }]);
}

/** What is known of a dispatch that never started, or whose repository is gone: its record alone. */
const NOTHING_KEPT = { archiveRef: null, trash: null, branchHead: null } as const;

/** Into the archive and the trash; then the branch that was its own goes. */
async function putAway(world: World, actor: string, row: DispatchRow, view: DispatchView): Promise<void> {
  const repo = await repoAt(view.projectPath);
  const { id, branch, worktree } = row;
  const head = branch === null ? null : await tipOf(repo, `refs/heads/${branch}`);
  if (branch !== null && worktree !== null) await refuseElsewhere(repo, branch, worktree);
  keepPapers(world, view.run?.id ?? null, worktree);
  const begun = begunOf(world, id);
  const at = begun?.at ?? world.now();
  const branchHead = head ?? begun?.branchHead ?? null;
  const kept = { actor, at, dispatchId: id, branchHead };
  const place = worktree === null ? null : { worktree, root: dirname(worktree), dispatch: id, at };
  const planned = begun?.trash ?? (place === null ? null : trashPath(place));
  // First of all under which time: who goes on after a crash keeps nothing a second time, and `undo` finds all of it.
  write(world.store, "begin cleaning", () => {
    recordArchive(world.store, { actor, at }, id, archiveName(id, at));
    keepCleaned(world.store, { ...kept, archiveRef: begun?.archiveRef ?? null, trash: planned });
  });
  const archived =
    head === null && worktree === null ? null : await archive(repo, { dispatch: id, at, head, worktree });
  const archiveRef = archived?.ref ?? begun?.archiveRef ?? null;
  keepCleaned(world.store, { ...kept, archiveRef, trash: planned });
  if (place !== null) {
    const what = { ...place, home: homeId(world.store), branch, head: branchHead };
    keepCleaned(world.store, { ...kept, archiveRef, trash: await trash(repo, what) });
  }
  if (branch !== null && head !== null && isOurs(branch)) await deleteBranch(repo, branch, head);
}

/** Its branch could not be deleted: nothing is begun. */
async function refuseElsewhere(repo: RepoAt, branch: string, worktree: string): Promise<void> {
  const place = isOurs(branch) ? await placeOf(repo, branch) : null;
  if (place === null || place === worktree || (await realPath(place)) === (await realPath(worktree))) return;
  throw new Problem("conflict", `${branch} is checked out in ${place}.`, {
    hint: `git -C ${place} switch <other>`,
  });
}

function realPath(path: string): Promise<string> {
  return realpath(path).catch(() => path);
}

/** An earlier cleaning that did not come to its end; one from long ago is begun anew, as its work may be another by now. */
function begunOf(world: World, id: number): Cleaned | null {
  const before = cleanedOf(world.store, id);
  return before !== null && world.now() - before.at < GOES_ON_MS ? before : null;
}

const GOES_ON_MS = 3_600_000;

/** The review and the context stay with the run, where `history` finds them. */
function keepPapers(world: World, runId: number | null, worktree: string | null): void {
  if (runId === null || worktree === null) return;
  const { dir } = runFiles(world.config.home, runId);
  for (const name of [REVIEW_IN_WORKTREE, CONTEXT_IN_WORKTREE]) {
    const from = plainFile(worktree, name);
    if (from === null) continue;
    passingSync("file", "keep papers", () => {
      mkdirSync(dir, { recursive: true, mode: 0o700 });
      copyFileSync(from, join(dir, name.split("/").at(-1) ?? name));
    });
  }
}

/** A link is left where it is: it goes into the trash with the rest. */
function plainFile(worktree: string, name: string): string | null {
  try {
    return ownFile(worktree, name);
  } catch (error) {
    if (error instanceof Problem) return null;
    throw error;
  }
}
