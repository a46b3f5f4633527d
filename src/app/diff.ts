import { arg, on } from "../domain/grammar-parsed.ts";
import { Problem } from "../domain/problem.ts";
import { diff as diffOf, numstat } from "../git/diff.ts";
import { openRepo } from "../git/repo.ts";
import { look } from "../runs/work.ts";
import { dispatchRow, project } from "../store/read.ts";
import type { World } from "../world.ts";
import type { Call } from "./call.ts";
import { findDispatch } from "./find.ts";
import { type Reply, said } from "./reply.ts";

/** `rally diff <d> [--stat]`: everything since the base, committed or not, read afresh and without touching the index. */
export async function diff(world: World, call: Call): Promise<Reply> {
  const view = findDispatch(world, call, arg(call.parsed, "d") ?? "");
  const row = dispatchRow(world.store, view.id);
  const owner = project(world.store, view.projectId);
  if (!row || !owner || view.baseSha === null || view.worktree === null)
    throw new Problem("missing", `${view.id} has not started yet: there is nothing to compare.`, {
      hint: "rally status",
    });
  const repo = await openRepo(owner.path);
  const stat = on(call.parsed, "stat");
  const options = { worktree: view.worktree, branch: view.branch, baseSha: view.baseSha, base: view.base };
  const [text, files] = await Promise.all([diffOf(repo, { ...options, stat }), numstat(repo, options)]);
  await look(world, row, owner);
  const json = {
    id: view.id,
    base: view.base,
    base_sha: view.baseSha,
    branch: view.branch,
    files,
    diff: stat ? null : text,
  };
  if (text === "") return said(`${view.id} changes nothing against ${view.base}.`, json);
  return { text: [{ verbatim: text, as: stat ? "log" : "diff" }], json };
}
