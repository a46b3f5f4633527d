import { existsSync } from "node:fs";
import { arg } from "../domain/grammar-parsed.ts";
import { Problem } from "../domain/problem.ts";
import type { DispatchView } from "../domain/view.ts";
import type { World } from "../world.ts";
import type { Call } from "./call.ts";
import { findDispatch } from "./find.ts";
import { refuseGone } from "./gone.ts";
import { type Reply, said } from "./reply.ts";

/** `rally path <d>`: for `cd "$(rally path 7)"`. */
export async function path(world: World, call: Call): Promise<Reply> {
  const view = findDispatch(world, call, arg(call.parsed, "d") ?? "");
  const worktree = await worktreeOf(view);
  return said(worktree, { id: view.id, worktree, branch: view.branch });
}

/** Throws `missing` where it is not there (yet, or any more). */
export async function worktreeOf(view: DispatchView): Promise<string> {
  if (view.worktree !== null && existsSync(view.worktree)) return view.worktree;
  await refuseGone(view);
  const why = view.worktree === null || view.queued ? "has no worktree yet" : "has lost its worktree";
  throw new Problem("missing", `${view.id} ${why}.`, {
    hint:
      view.worktree === null ? "rally status" : `rally continue ${view.id} makes it again from its branch`,
  });
}
