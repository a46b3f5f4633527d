import { existsSync } from "node:fs";
import { arg, textFlag } from "../domain/grammar-parsed.ts";
import { Problem } from "../domain/problem.ts";
import { repoAt } from "../git/admin.ts";
import { restoreFromArchive } from "../git/archive.ts";
import { isHalfMade } from "../git/undo.ts";
import { untrash } from "../git/untrash.ts";
import { type Cleaned, cleanedOf, forgetCleaned, listCleaned, restoreDispatch } from "../store/cleaned.ts";
import { project } from "../store/read.ts";
import { record } from "../store/record.ts";
import { homeId } from "../store/settings.ts";
import { dispatchView, snapshot } from "../store/snapshot.ts";
import { write } from "../store/write.ts";
import type { World } from "../world.ts";
import type { Call } from "./call.ts";
import { lookAt } from "./look-at.ts";
import { type Reply, said } from "./reply.ts";
import { stateReply } from "./run-again.ts";

/** `rally undo <d> [--branch B]`: worktree, branch and record as they were, ignored files included while the trash keeps them. */
export async function undo(world: World, call: Call): Promise<Reply> {
  const kept = findCleaned(world, arg(call.parsed, "d") ?? "");
  const { dispatch } = kept.record;
  const owner = project(world.store, dispatch.projectId);
  if (!owner)
    throw new Problem("missing", `The project of ${dispatch.id} is gone.`, { hint: "rally onboard <path>" });
  const branch = textFlag(call.parsed, "branch");
  if (branch === null && dispatchView(world.store, dispatch.id))
    return putBack(world, call, kept, owner.path);
  const again = snapshot(world.store).find(
    (view) =>
      view.projectId === owner.id &&
      view.kind === dispatch.kind &&
      view.number !== null &&
      view.number === dispatch.number,
  );
  if (again && branch === null)
    throw new Problem("conflict", `#${dispatch.number} has been dispatched again, as ${again.id}.`, {
      hint: `rally undo ${dispatch.id} --branch <name> brings its work back on a branch beside it`,
    });
  const place = await restore(world, kept, owner.path, branch);
  if (again)
    return said(
      `The work of ${dispatch.id} is back on ${branch} at ${place.worktree}; ${again.id} is as it was.`,
      { id: dispatch.id, branch, worktree: place.worktree },
    );
  write(world.store, "undo", () => {
    restoreDispatch(world.store, kept, { actor: call.actor, at: world.now() }, place);
    forgetCleaned(world.store, dispatch.id);
  });
  const view = dispatchView(world.store, dispatch.id);
  if (view) await lookAt(world, view);
  return stateReply(world, dispatch.id, "It is back.");
}

/** A cleaning that died before its last step left the record: what it has moved away comes back, and that is all. */
async function putBack(world: World, call: Call, kept: Cleaned, repoPath: string): Promise<Reply> {
  const { id } = kept.record.dispatch;
  await restore(world, kept, repoPath, null);
  write(world.store, "undo", () => {
    record(world.store, { actor: call.actor, at: world.now() }, [
      { layer: "fact", event: "clean_undone", dispatchId: id },
    ]);
    forgetCleaned(world.store, id);
  });
  const view = dispatchView(world.store, id);
  if (view) await lookAt(world, view);
  return stateReply(world, id, "Its cleaning had not come to its end; all of it is back.");
}

function findCleaned(world: World, word: string): Cleaned {
  const id = Number(/^#?(\d+)$/.exec(word.trim())?.[1] ?? Number.NaN);
  const byId = word.startsWith("#") ? null : Number.isSafeInteger(id) ? cleanedOf(world.store, id) : null;
  const found =
    byId ?? listCleaned(world.store).find((row) => word.startsWith("#") && row.record.dispatch.number === id);
  if (found) return found;
  const there = Number.isSafeInteger(id) && dispatchView(world.store, id);
  if (there) throw new Problem("conflict", `${word} has not been cleaned.`, { hint: `rally show ${word}` });
  const known = listCleaned(world.store)
    .slice(0, 5)
    .map((row) => row.dispatchId)
    .join(", ");
  throw new Problem("missing", `Nothing of ${word} was kept.`, {
    hint: known ? `What was cleaned last: ${known}` : "rally history",
  });
}

/** From the trash, all of it; after that from the archive ref. */
async function restore(world: World, kept: Cleaned, repoPath: string, branch: string | null) {
  const { dispatch } = kept.record;
  if (dispatch.worktree === null || dispatch.branch === null)
    return { worktree: dispatch.worktree, branch: dispatch.branch };
  const repo = await repoAt(repoPath);
  const owner = { home: homeId(world.store), dispatch: dispatch.id };
  const wanted = branch ?? dispatch.branch;
  const path = branch === null ? dispatch.worktree : `${dispatch.worktree}-${dispatch.id}`;
  if (kept.trash !== null && existsSync(kept.trash)) {
    const back = await untrash(repo, { entry: kept.trash, owner, branch: wanted, path });
    return { worktree: back.path, branch: back.branch ?? wanted };
  }
  if (existsSync(path) && kept.trash !== null && !(await isHalfMade(repo, path)))
    return { worktree: path, branch: wanted };
  if (kept.archiveRef === null)
    throw new Problem("missing", `Of ${dispatch.id} only the record is left: there was nothing to archive.`, {
      hint: `rally history ${dispatch.id}`,
    });
  await restoreFromArchive(repo, {
    ref: kept.archiveRef,
    path,
    branch: wanted,
    branchHead: kept.branchHead,
    owner,
  });
  return { worktree: path, branch: wanted };
}
