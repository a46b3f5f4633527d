import { resolve } from "node:path";
import { on } from "../domain/grammar-parsed.ts";
import { Problem } from "../domain/problem.ts";
import { repoAt } from "../git/admin.ts";
import { archive } from "../git/archive.ts";
import { tipOf } from "../git/base.ts";
import { deleteBranch, isOurs } from "../git/branch.ts";
import type { Stray } from "../git/strays.ts";
import { type Begun, beginTrash, begunTrash, trash } from "../git/trash.ts";
import { uniqueWork } from "../git/unique.ts";
import { straysOf } from "../runs/strays.ts";
import { projects } from "../store/read.ts";
import { record } from "../store/record.ts";
import type { ProjectRow } from "../store/rows.ts";
import { homeId } from "../store/settings.ts";
import { recordStrays } from "../store/strays.ts";
import { cleanedOrphans } from "../store/told.ts";
import type { World } from "../world.ts";
import { type Call, confirmed } from "./call.ts";
import { cleanArchive } from "./clean-archive.ts";
import { onlyProject, titleOf } from "./find.ts";
import { type Reply, type Row, tone } from "./reply.ts";

type Found = {
  readonly owner: ProjectRow;
  readonly stray: Stray;
  readonly holds: readonly string[];
  readonly take: boolean;
  /** An earlier cleaning began with it and did not come to its end. */
  readonly begun: Begun | null;
};

/** `rally clean --orphaned`: worktrees under our root without a record, ours or unmarked; nothing else (invariant 31). */
export async function cleanOrphans(world: World, call: Call): Promise<Reply> {
  const found: Found[] = [];
  const only = onlyProject(world, call);
  for (const owner of only ? [only] : projects(world.store)) found.push(...(await look(world, call, owner)));
  const take = found.filter((one) => one.take);
  const archives = await cleanArchive(world, call, "orphans");
  const removed: string[] = [];
  const problems: Problem[] = [];
  if (take.length > 0 && !on(call.parsed, "dry-run")) {
    const question = `Remove ${take.length} worktrees without a record: ${take.map((one) => one.stray.worktree).join(", ")}?`;
    if (await confirmed(call, question, { given: on(call.parsed, "yes"), name: "--yes" }))
      for (const one of take) {
        await attempt(world, call, one, removed, problems);
        forget(world, one.owner, found, removed);
      }
  }
  return reply(found, { removed, problems, archives, dryRun: on(call.parsed, "dry-run") });
}

async function look(world: World, call: Call, owner: ProjectRow): Promise<Found[]> {
  const repo = await repoAt(owner.path);
  const strays = await straysOf(world, owner);
  const begun = await unfinished(world, owner);
  const found: Found[] = begun.flatMap((one) =>
    one.moved ? [{ owner, stray: movedStray(one), holds: [], take: true, begun: one }] : [],
  );
  for (const stray of strays) {
    const work = stray.orphan
      ? await uniqueWork(repo, { worktree: stray.worktree, branch: stray.branch, base: null, baseSha: null })
      : null;
    const holds = work?.why ?? [];
    found.push({
      owner,
      stray,
      holds,
      take: stray.orphan && (holds.length === 0 || on(call.parsed, "force")),
      begun: begun.find((one) => !one.moved && one.path === stray.worktree) ?? null,
    });
  }
  return found;
}

/** What the trash holds of orphans, and the journal does not tell of. */
async function unfinished(world: World, owner: ProjectRow): Promise<Begun[]> {
  const told = cleanedOrphans(world.store, owner.id);
  return (await begunTrash(rootOf(world, owner), 0)).filter(({ entry }) => !told.has(entry));
}

/** Its folder is in the trash already, by a person's word; the rest is to follow. */
function movedStray({ path, branch }: Begun): Stray {
  return { worktree: path, orphan: true, branch, dirty: false, unpushed: 0, why: null };
}

async function attempt(
  world: World,
  call: Call,
  one: Found,
  removed: string[],
  problems: Problem[],
): Promise<void> {
  try {
    await remove(world, call, one);
    removed.push(one.stray.worktree);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    problems.push(error);
  }
}

async function remove(world: World, call: Call, { owner, stray, begun }: Found): Promise<void> {
  const repo = await repoAt(owner.path);
  const { worktree, branch } = stray;
  const at = begun?.at ?? world.now();
  const head = branch === null ? null : await tipOf(repo, `refs/heads/${branch}`);
  // Dispatch 0: nobody's. The copy is found under refs/rally/archive/0.
  const what = {
    ...{ worktree, branch, head: head ?? begun?.head ?? null, at, dispatch: 0 },
    ...{ root: rootOf(world, owner), home: homeId(world.store) },
  };
  if (begun === null) await beginTrash(repo, what);
  const archived = await archive(repo, { dispatch: 0, at, head, worktree });
  const entry = await trash(repo, what);
  if (branch !== null && head !== null && isOurs(branch)) await deleteBranch(repo, branch, head);
  record(world.store, { actor: call.actor, at }, [
    {
      layer: "project",
      event: "orphan_cleaned",
      projectId: owner.id,
      why: worktree,
      data: { branch, archive: archived?.ref ?? null, trash: entry },
    },
  ]);
}

/** Those of its project that are left, so that no list shows what is gone. */
function forget(world: World, owner: ProjectRow, found: readonly Found[], removed: readonly string[]) {
  const left = found.filter(
    (one) => one.owner.id === owner.id && one.begun?.moved !== true && !removed.includes(one.stray.worktree),
  );
  recordStrays(
    world.store,
    owner.id,
    left.map((one) => one.stray),
    world.now(),
  );
}

function rootOf(world: World, owner: ProjectRow): string {
  return resolve(owner.path, world.config.worktrees.root);
}

type Done = {
  readonly removed: readonly string[];
  readonly problems: readonly Problem[];
  readonly archives: readonly string[];
  readonly dryRun: boolean;
};

function reply(found: readonly Found[], { removed, problems, archives, dryRun }: Done): Reply {
  const rows = found.map(({ owner, stray, holds, take }): Row => {
    const gone = removed.includes(stray.worktree);
    const verb = gone ? tone("removed", "good") : take ? tone("can go", "good") : tone("left alone", "warn");
    const why = stray.orphan
      ? holds.length > 0
        ? `it holds ${holds.join(" and ")}`
        : "nothing in it exists nowhere else"
      : (stray.why ?? "not ours");
    return [`${stray.orphan ? "👻" : "·"}`, titleOf(owner), stray.worktree, [verb], why];
  });
  const columns = [{}, {}, { min: 20 }, {}, { min: 16 }];
  const json = {
    dry_run: dryRun,
    removed,
    archives,
    worktrees: found.map(({ owner, stray, holds, take }) => ({
      project: titleOf(owner),
      worktree: stray.worktree,
      branch: stray.branch,
      orphan: stray.orphan,
      can_go: take,
      why: stray.why,
      holds,
    })),
  };
  const lines = archives.map((ref) => `${dryRun ? "can go" : "removed"} ${ref}`);
  const none = rows.length === 0 && lines.length === 0 ? ["There is no worktree without a record."] : [];
  return {
    text: [...none, ...(rows.length > 0 ? [{ table: { columns, rows } }] : []), ...lines],
    json,
    problems,
  };
}
