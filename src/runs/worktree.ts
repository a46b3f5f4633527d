import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { Problem } from "../domain/problem.ts";
import { type RepoAt, repoAt } from "../git/admin.ts";
import { resolveBase } from "../git/base.ts";
import { heads } from "../git/branch.ts";
import { ensureExcluded } from "../git/exclude.ts";
import { freeBranch, slug } from "../git/names.ts";
import { fetchPull } from "../git/pull.ts";
import { openRepo } from "../git/repo.ts";
import { isHalfMade, undoHalfMade } from "../git/undo.ts";
import { addWorktree, adoptWorktree, restoreWorktree } from "../git/worktree.ts";
import { recordArchive } from "../store/archives.ts";
import { plannedBranches, runsOf } from "../store/read.ts";
import { type DispatchSet, record, setDispatch } from "../store/record.ts";
import type { DispatchRow, ProjectRow } from "../store/rows.ts";
import { homeId } from "../store/settings.ts";
import { toldOfRun, worktreeUnmade } from "../store/told.ts";
import { write } from "../store/write.ts";
import type { World } from "../world.ts";
import { copySetup } from "./setup-copy.ts";
import { teamPaths } from "./team.ts";
import { trustedHead } from "./trusted-head.ts";

export type Ready = {
  readonly worktree: string;
  readonly branch: string;
  readonly warnings: readonly string[];
  /** The branch whose configuration of agents stands in it, and the paths where that is not the head's. */
  readonly base?: string;
  readonly instead?: readonly string[];
};

/**
 * The dispatch's worktree, made where it is not there: from the fetched base, or from its own branch where only the
 * folder is gone. What is to be made is journaled first; a failure undoes only that. Throws `missing` where branch and
 * folder are both gone.
 */
export async function ensureWorktree(world: World, dispatch: DispatchRow, owner: ProjectRow): Promise<Ready> {
  if (dispatch.worktree !== null && dispatch.branch !== null && !worktreeUnmade(world.store, dispatch.id)) {
    const halfMade = await isHalfMade(await repoAt(owner.path), dispatch.worktree);
    if (existsSync(dispatch.worktree) && !halfMade)
      return { worktree: dispatch.worktree, branch: dispatch.branch, warnings: [] };
    return restore(world, dispatch, owner, dispatch.worktree, dispatch.branch);
  }
  const repo = await repoAt(owner.path);
  if (owner.team !== null) await ensureExcluded(repo, teamPaths(owner.team));
  const plan = await planned(world, dispatch, owner, repo);
  // What fails in here is undone in there: only git's room knows what was made, and what somebody else has.
  const place = { path: plan.path, branch: plan.branch, owner: mark(world, dispatch) };
  if (plan.adopt) await adoptWorktree(repo, place);
  else await addWorktree(repo, { ...place, start: plan.start });
  try {
    await copySetup(repo, world.config.setup.copy, { worktree: plan.path, mode: dispatch.mode });
  } catch (error) {
    if (!plan.adopt) await undoHalfMade(repo, { ...place, start: plan.start });
    throw error;
  }
  record(world.store, { actor: "rally", at: world.now() }, [
    {
      layer: "fact",
      event: "worktree_made",
      dispatchId: dispatch.id,
      data: { path: plan.path, branch: plan.branch },
    },
  ]);
  return { worktree: plan.path, branch: plan.branch, warnings: plan.warnings };
}

type Plan = {
  readonly path: string;
  readonly branch: string;
  readonly start: string;
  readonly adopt: boolean;
  readonly warnings: readonly string[];
};

async function planned(world: World, dispatch: DispatchRow, owner: ProjectRow, repo: RepoAt): Promise<Plan> {
  if (dispatch.worktree !== null && dispatch.branch !== null && dispatch.baseSha !== null) {
    // A start that died half-way left its plan: what it made is undone, and made again under the same names.
    const { worktree: path, branch, baseSha: start } = dispatch;
    const own = branch.startsWith("rally/") ? branch : null;
    await undoHalfMade(repo, { path, branch: own, start, owner: mark(world, dispatch) });
    return { path, branch, start, adopt: own === null && (await exists(repo, branch)), warnings: [] };
  }
  const base = await startingPoint(world, dispatch, owner, repo);
  const path = freePath(world, repo, dispatch);
  const wanted = dispatch.branch ?? branchName(dispatch);
  const adopt =
    dispatch.branch !== null &&
    !dispatch.branch.startsWith("rally/") &&
    (await exists(repo, dispatch.branch));
  const place = { worktree: path, base: base.name, baseSha: base.sha };
  const remote = owner.pushRemote ?? owner.remote;
  const warnings = base.warning ? [base.warning] : [];
  for (;;) {
    const taken = plannedBranches(world.store, dispatch);
    const branch = adopt ? wanted : await freeBranch(repo, wanted, { remote, taken });
    const isKept = keepPlan(world, dispatch, { ...place, branch }, adopt);
    if (isKept) return { path, branch, start: base.sha, adopt, warnings };
  }
}

type Planned = Required<Pick<DispatchSet, "branch" | "worktree" | "base" | "baseSha">>;

/** False where another start has planned a new branch of that name at this very moment. */
function keepPlan(world: World, dispatch: DispatchRow, set: Planned, adopt: boolean): boolean {
  return write(world.store, "plan worktree", () => {
    const isIt = (name: string) => name.toLowerCase() === set.branch?.toLowerCase();
    if (!adopt && plannedBranches(world.store, dispatch).some(isIt)) return false;
    record(world.store, { actor: "rally", at: world.now() }, [
      { layer: "fact", event: "worktree_planned", dispatchId: dispatch.id, data: set },
    ]);
    setDispatch(world.store, dispatch.id, set);
    return true;
  });
}

async function exists(repo: RepoAt, branch: string): Promise<boolean> {
  return (await heads(repo)).has(`refs/heads/${branch}`);
}

type Start = { readonly name: string; readonly sha: string; readonly warning: string | null };

async function startingPoint(
  world: World,
  dispatch: DispatchRow,
  owner: ProjectRow,
  repo: RepoAt,
): Promise<Start> {
  const fetchSeconds = world.config.limits.fetchSeconds;
  if (dispatch.kind === "pr" && dispatch.number !== null) {
    const remote = owner.remote;
    if (remote === null)
      throw new Problem(
        "config",
        `${owner.name} has no remote to fetch pull request #${dispatch.number} from.`,
      );
    const now = await fetchPull(repo, { remote, number: dispatch.number, seconds: fetchSeconds });
    const { sha, warning } = await trustedHead(world, repo, dispatch, now);
    return { name: dispatch.base ?? "HEAD", sha, warning };
  }
  const fresh =
    dispatch.baseSha !== null && dispatch.base !== null && world.now() - dispatch.createdAt < FRESH_MS;
  if (fresh) return { name: dispatch.base ?? "", sha: dispatch.baseSha ?? "", warning: null };
  const opened = await openRepo(owner.path);
  return resolveBase(opened, { remote: owner.remote, base: shortBase(dispatch, owner), fetchSeconds });
}

/** A base that was fetched when the dispatch was made is not fetched again for one that starts at once. */
const FRESH_MS = 60_000;

function shortBase(dispatch: DispatchRow, owner: ProjectRow): string | null {
  if (dispatch.base === null) return owner.base;
  const prefix = `${owner.remote}/`;
  return dispatch.base.startsWith(prefix) ? dispatch.base.slice(prefix.length) : dispatch.base;
}

async function restore(
  world: World,
  dispatch: DispatchRow,
  owner: ProjectRow,
  worktree: string,
  branch: string,
): Promise<Ready> {
  const repo = await repoAt(owner.path);
  const warning = `The worktree of ${dispatch.id} was gone: it was made again from ${branch}; files that were not committed are lost.`;
  const event = "worktree_restored";
  const runId = runsOf(world.store, dispatch.id).at(-1)?.id ?? 0;
  // Journaled while it counts as half-made still, so that no crash leaves it made and untold.
  const fill = async () => {
    await copySetup(repo, world.config.setup.copy, { worktree, mode: dispatch.mode });
    if (toldOfRun(world.store, runId, event)) return;
    record(world.store, { actor: "rally", at: world.now() }, [
      { layer: "fact", event, dispatchId: dispatch.id, runId, why: warning },
    ]);
  };
  const by = () => ({ actor: "rally", at: world.now() });
  const keeps = (ref: string) => recordArchive(world.store, by(), dispatch.id, ref);
  await restoreWorktree(repo, { path: worktree, branch, owner: mark(world, dispatch), fill, keeps });
  return { worktree, branch, warnings: [warning] };
}

/** `rally-42`, `rally-pr-12`, `rally-task-7`; with a suffix where somebody else's folder stands there. */
function freePath(world: World, repo: RepoAt, dispatch: DispatchRow): string {
  const root = resolve(repo.root, world.config.worktrees.root);
  const name = folderName(dispatch);
  for (let n = 1; ; n++) {
    const path = join(root, n === 1 ? name : `${name}-${n}`);
    if (!existsSync(path)) return path;
  }
}

function folderName(dispatch: DispatchRow): string {
  if (dispatch.kind === "pr") return `rally-pr-${dispatch.number}`;
  return dispatch.kind === "issue" ? `rally-${dispatch.number}` : `rally-task-${dispatch.id}`;
}

export function branchName(dispatch: Pick<DispatchRow, "kind" | "number" | "title">): string {
  const words = slug(dispatch.title);
  if (dispatch.kind === "pr") return `rally/pr-${dispatch.number}-${words}`;
  return dispatch.kind === "issue" ? `rally/${dispatch.number}-${words}` : `rally/task-${words}`;
}

function mark(world: World, dispatch: DispatchRow) {
  return { home: homeId(world.store), dispatch: dispatch.id };
}
