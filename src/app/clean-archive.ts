import { on } from "../domain/grammar-parsed.ts";
import { repoAt } from "../git/admin.ts";
import { type ArchiveEntry, deleteArchive, listArchive } from "../git/archive.ts";
import { archivesOf } from "../store/archives.ts";
import { type Cleaned, listCleaned } from "../store/cleaned.ts";
import { projects } from "../store/read.ts";
import { record } from "../store/record.ts";
import type { ProjectRow } from "../store/rows.ts";
import { archivedOrphans } from "../store/told.ts";
import type { World } from "../world.ts";
import { type Call, confirmed } from "./call.ts";
import { onlyProject } from "./find.ts";

/** Of what: everything that was cleaned, or only worktrees that had no record. */
type Of = "all" | "orphans";

/**
 * `rally clean --archive`: the copies of what was cleaned earlier, for good. Asked by itself, since nothing brings them
 * back. With `--dry-run` those that would go are given, and none goes.
 */
export async function cleanArchive(world: World, call: Call, of: Of): Promise<string[]> {
  if (!on(call.parsed, "archive")) return [];
  const refs: string[] = [];
  const only = onlyProject(world, call);
  const cleaned = of === "all" ? listCleaned(world.store) : [];
  for (const owner of only ? [only] : projects(world.store)) {
    const entries = await entriesOf(world, owner, cleaned);
    if (entries.length === 0) continue;
    if (on(call.parsed, "dry-run")) refs.push(...entries.map((entry) => entry.ref));
    else refs.push(...(await remove(world, call, owner, entries)));
  }
  return refs;
}

async function remove(
  world: World,
  call: Call,
  owner: ProjectRow,
  entries: readonly ArchiveEntry[],
): Promise<string[]> {
  const question = `Delete ${entries.length} archived copies of ${owner.repo ?? owner.name} for good?`;
  if (!(await confirmed(call, question, { given: on(call.parsed, "yes"), name: "--yes" }))) return [];
  const removed: string[] = [];
  const repo = await repoAt(owner.path);
  for (const entry of entries) if (await deleteArchive(repo, entry)) removed.push(entry.ref);
  record(world.store, { actor: call.actor, at: world.now() }, [
    {
      layer: "project",
      event: "archive_cleaned",
      projectId: owner.id,
      data: { refs: removed },
    },
  ]);
  return removed;
}

/**
 * Another home may keep its copies in the same repository, under the same numbers: only those are taken of which this
 * home's records tell. Dispatch 0 is nobody's: of an orphan that was cleaned to the end.
 */
async function entriesOf(
  world: World,
  owner: ProjectRow,
  cleaned: readonly Cleaned[],
): Promise<ArchiveEntry[]> {
  const names = new Map([[0, archivedOrphans(world.store, owner.id)]]);
  for (const { dispatchId, record: kept } of cleaned)
    if (kept.dispatch.projectId === owner.id) names.set(dispatchId, archivesOf(world.store, dispatchId));
  const all = await listArchive(await repoAt(owner.path));
  return all.filter(({ dispatch, ref }) =>
    (names.get(dispatch) ?? []).some((name) => ref === name || ref.startsWith(`${name}-`)),
  );
}
