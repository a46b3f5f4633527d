import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { Problem } from "../domain/problem.ts";
import type { Kind } from "../domain/words.ts";
import { repoAt } from "../git/admin.ts";
import { heads } from "../git/branch.ts";
import { observeWorktree } from "../git/observe.ts";
import { recordGit } from "../store/facts.ts";
import { dispatchRow, gitStamp, project } from "../store/read.ts";
import type { DispatchRow, ProjectRow, RunRow } from "../store/rows.ts";
import { worktreeUnmade } from "../store/told.ts";
import type { World } from "../world.ts";
import { REVIEW_IN_WORKTREE, runFiles } from "./paths.ts";

export type Work = {
  readonly kind: Kind;
  readonly hasWork: boolean;
  readonly headAfter: string | null;
  /** Why nothing can be said of it: its repository is gone. */
  readonly trouble?: string;
};

/** Branch heads of a repository, each asked once; a sentence where it is not there any more. */
export type HeadsOf = (project: ProjectRow) => Promise<ReadonlyMap<string, string> | string>;

export function headsOf(): HeadsOf {
  const known = new Map<string, ReturnType<HeadsOf>>();
  return (row) => {
    const asked = known.get(row.path) ?? headsAt(row.path);
    known.set(row.path, asked);
    return asked;
  };
}

async function headsAt(path: string): Promise<ReadonlyMap<string, string> | string> {
  return (await goneRepository(path)) ?? heads(await repoAt(path));
}

/**
 * Whether a run has left anything to look at. Where the branch has moved from the base, that is enough, and the counts
 * are read later; only where it has not is git asked about the worktree itself.
 */
export async function workOf(world: World, run: RunRow, ask: HeadsOf): Promise<Work> {
  const dispatch = dispatchRow(world.store, run.dispatchId);
  const owner = dispatch && project(world.store, dispatch.projectId);
  if (!dispatch || !owner) return { kind: "task", hasWork: false, headAfter: null };
  const { kind } = dispatch;
  if (dispatch.branch === null || dispatch.worktree === null)
    return { kind, hasWork: false, headAfter: null };
  const tips = await ask(owner);
  if (typeof tips === "string") return { kind, hasWork: false, headAfter: null, trouble: tips };
  const headAfter = tips.get(`refs/heads/${dispatch.branch}`) ?? null;
  if (kind === "pr") return { kind, hasWork: reviewed(world, dispatch, run), headAfter };
  if (headAfter !== null && headAfter !== dispatch.baseSha) return { kind, hasWork: true, headAfter };
  const facts = await look(world, dispatch, owner);
  return { kind, hasWork: facts.dirty || facts.untracked > 0 || facts.commits > 0, headAfter };
}

/** A sentence where there is no repository any more, deleted or moved by hand; null while it is there. */
export async function goneRepository(path: string): Promise<string | null> {
  try {
    await repoAt(path);
    return null;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return `Its repository ${path} is gone.`;
  }
}

/** Asks git about one worktree, and keeps what it said, unless it is still being made. */
export async function look(world: World, dispatch: DispatchRow, owner: ProjectRow) {
  const asOf = world.now();
  // What is not there yet is not missing.
  const unmade = worktreeUnmade(world.store, dispatch.id);
  const before = gitStamp(world.store, dispatch.id);
  const observed = await observeWorktree(await repoAt(owner.path), {
    worktree: dispatch.worktree,
    branch: dispatch.branch,
    base: dispatch.base,
    baseSha: dispatch.baseSha,
    pushRemote: owner.pushRemote ?? owner.remote,
    knownIn: before?.inBase ? before.head : null,
    now: asOf,
  });
  if (!unmade) recordGit(world.store, dispatch.id, observed, asOf);
  return observed;
}

/**
 * A pull request's dispatch has done its work when a review was written since its run began: by the file that the run's
 * wrapper makes before the agent, as that it has started is noted only after.
 */
function reviewed(world: World, dispatch: DispatchRow, run: RunRow): boolean {
  if (dispatch.worktree === null) return false;
  const path = join(dispatch.worktree, REVIEW_IN_WORKTREE);
  if (!existsSync(path)) return false;
  const { mtimeMs, size } = statSync(path);
  const began = statSync(join(runFiles(world.config.home, run.id).dir, "pid"), { throwIfNoEntry: false });
  return size > 0 && mtimeMs >= (began?.mtimeMs ?? run.createdAt);
}
