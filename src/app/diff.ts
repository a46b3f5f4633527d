import { arg, on } from "../domain/grammar-parsed.ts";
import { Problem } from "../domain/problem.ts";
import type { DispatchView } from "../domain/view.ts";
import { tipOf } from "../git/base.ts";
import { diff as diffOf, numstat } from "../git/diff.ts";
import { ownStart } from "../git/history.ts";
import { openRepo, type Repo } from "../git/repo.ts";
import { project } from "../store/read.ts";
import type { ProjectRow } from "../store/rows.ts";
import type { World } from "../world.ts";
import type { Call } from "./call.ts";
import { findDispatch } from "./find.ts";
import { hasLostWorktree, refuseGone } from "./gone.ts";
import { lookAt } from "./look-at.ts";
import { type Reply, said } from "./reply.ts";

/** `rally diff <d> [--stat]`: everything since the base, committed or not, read afresh and without touching the index. */
export async function diff(world: World, call: Call): Promise<Reply> {
  const view = findDispatch(world, call, arg(call.parsed, "d") ?? "");
  const owner = project(world.store, view.projectId);
  if (!owner || view.baseSha === null || view.worktree === null)
    throw new Problem("missing", `${view.id} has not started yet: there is nothing to compare.`, {
      hint: "rally status",
    });
  await refuseGone(view);
  const repo = await openRepo(owner.path);
  const stat = on(call.parsed, "stat");
  const options = {
    worktree: hasLostWorktree(view) ? null : view.worktree,
    branch: view.branch,
    ...(await startOf(repo, owner, view, view.baseSha)),
  };
  const [text, files] = await Promise.all([diffOf(repo, { ...options, stat }), numstat(repo, options)]);
  await lookAt(world, view);
  const json = {
    id: view.id,
    base: view.base,
    base_sha: options.baseSha,
    branch: view.branch,
    files,
    diff: stat ? null : text,
  };
  if (text === "") return said(`${view.id} changes nothing against ${view.base}.`, json);
  return { text: [{ verbatim: text, as: stat ? "log" : "diff" }], json };
}

type Start = { readonly baseSha: string; readonly base?: string | null };

/** A pull request shows what it changes: from where it left its base. Anything else, what was done since it began. */
async function startOf(repo: Repo, owner: ProjectRow, view: DispatchView, baseSha: string): Promise<Start> {
  if (view.kind !== "pr") return { baseSha, base: view.base };
  const base = await tipOf(repo, `refs/remotes/${owner.remote}/${view.base}`);
  return { baseSha: await ownStart(repo, { tips: [baseSha], head: baseSha, base, baseSha: null }) };
}
