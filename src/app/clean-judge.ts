import { isDone } from "../domain/display.ts";
import { args, on } from "../domain/grammar-parsed.ts";
import type { DispatchView } from "../domain/view.ts";
import { isLive } from "../domain/words.ts";
import { repoAt } from "../git/admin.ts";
import { uniqueWork } from "../git/unique.ts";
import { goneRepository } from "../runs/work.ts";
import { snapshot } from "../store/snapshot.ts";
import type { World } from "../world.ts";
import type { Call } from "./call.ts";
import { findDispatch, onlyProject } from "./find.ts";

/** What cleaning may do with a dispatch, and why. */
export type Judged = {
  readonly view: DispatchView;
  readonly take: boolean;
  readonly live: boolean;
  readonly why: string;
  /** What would be gone with it: a sentence for each. */
  readonly holds: readonly string[];
  /** What to do about it, where that is not the usual. */
  readonly hint?: string;
};

/** Those that were named; else all, of the project that was named. */
export function candidates(world: World, call: Call): DispatchView[] {
  const words = args(call.parsed, "d");
  if (words.length > 0)
    return [
      ...new Map(
        words.map((word) => findDispatch(world, call, word)).map((view) => [view.id, view]),
      ).values(),
    ];
  const owner = onlyProject(world, call);
  return snapshot(world.store).filter((view) => owner === null || view.projectId === owner.id);
}

/** Read afresh from git. Only what exists elsewhere goes without force; a live run only goes when it is stopped first. */
export async function judge(call: Call, view: DispatchView): Promise<Judged> {
  const named = args(call.parsed, "d").length > 0;
  const live = view.run !== null && isLive(view.run.state);
  if (live && !on(call.parsed, "stop"))
    return { view, take: false, live, why: `${view.agent} is at work on it`, holds: [] };
  const gone = await goneRepository(view.projectPath);
  if (gone !== null && view.worktree !== null) return forgotten(call, view, { live, named, gone });
  const holds = await holdings(view);
  const of = { view, live, holds };
  if (holds.length > 0) {
    const force = on(call.parsed, "force") && (named || on(call.parsed, "all"));
    const what = `it holds ${holds.join(" and ")}`;
    return { ...of, take: force, why: force ? `${what}: kept in the archive` : what };
  }
  if (isDone(view)) return { ...of, take: true, why: "done" };
  if (on(call.parsed, "done") && !named) return { ...of, take: false, why: "it is not done" };
  if (view.queued && !named && !on(call.parsed, "all"))
    return { ...of, take: false, why: "it waits in line" };
  if (view.question && !named && !on(call.parsed, "all"))
    return { ...of, take: false, why: "its question is open" };
  return { ...of, take: true, why: "nothing in it exists nowhere else" };
}

/** Nobody can tell what was in it; by force the record goes, and there is nothing to keep. */
function forgotten(
  call: Call,
  view: DispatchView,
  { live, named, gone }: { readonly live: boolean; readonly named: boolean; readonly gone: string },
): Judged {
  const take = on(call.parsed, "force") && (named || on(call.parsed, "all"));
  const why = `${gone.slice(0, 1).toLowerCase()}${gone.slice(1).replace(/\.$/, "")}`;
  const hint = `Bring the repository back; rally clean ${view.id} --force forgets the dispatch alone.`;
  return { view, live, take, why, holds: [why], hint };
}

/** What never started has nothing; a branch of the name that it would have taken is somebody else's. */
async function holdings(view: DispatchView): Promise<readonly string[]> {
  if (view.worktree === null) return [];
  const merged = view.pr?.state === "merged" ? view.pr.head : null;
  const work = await uniqueWork(await repoAt(view.projectPath), {
    worktree: view.worktree,
    branch: view.branch,
    base: view.base,
    baseSha: view.baseSha,
    mergedHead: merged,
  });
  return work.why;
}
