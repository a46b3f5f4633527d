import { on } from "../domain/grammar-parsed.ts";
import { repoAt } from "../git/admin.ts";
import { deleteArchive, listArchive } from "../git/archive.ts";
import { listCleaned } from "../store/cleaned.ts";
import { projects } from "../store/read.ts";
import { record } from "../store/record.ts";
import type { World } from "../world.ts";
import { type Call, confirmed } from "./call.ts";
import { onlyProject } from "./find.ts";

/** `rally clean --archive`: the copies of what was cleaned earlier, for good. Asked by itself, since nothing brings them back. */
export async function cleanArchive(world: World, call: Call): Promise<string[]> {
  const cleanedIds = new Set(listCleaned(world.store).map((row) => row.dispatchId));
  const removed: string[] = [];
  const only = onlyProject(world, call);
  for (const owner of only ? [only] : projects(world.store)) {
    const repo = await repoAt(owner.path);
    const entries = (await listArchive(repo)).filter((entry) => cleanedIds.has(entry.dispatch));
    if (entries.length === 0) continue;
    const question = `Delete ${entries.length} archived copies of ${owner.repo ?? owner.name} for good?`;
    if (!(await confirmed(call, question, { given: on(call.parsed, "yes"), name: "--yes" }))) continue;
    for (const entry of entries) if (await deleteArchive(repo, entry)) removed.push(entry.ref);
    record(world.store, { actor: call.actor, at: world.now() }, [
      {
        layer: "project",
        event: "archive_cleaned",
        projectId: owner.id,
        data: { refs: entries.map((entry) => entry.ref) },
      },
    ]);
  }
  return removed;
}
