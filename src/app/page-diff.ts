import { Problem } from "../domain/problem.ts";
import type { DispatchView } from "../domain/view.ts";
import type { Time } from "../domain/words.ts";
import { diff, type FileChange, numstat } from "../git/diff.ts";
import { openRepo } from "../git/repo.ts";
import type { World } from "../world.ts";

export type Changes =
  | { readonly state: "ready"; readonly files: readonly FileChange[]; readonly text: string }
  /** There is nothing to compare, or git could not. */
  | { readonly state: "none"; readonly why: string }
  /** Git is still at it: the next look may have it. */
  | { readonly state: "busy" };

/** What dispatches change, asked of git for the page: never for long, never by many at once. */
export type ChangesReader = { of(view: DispatchView): Promise<Changes> };

type Known = { readonly at: Time; readonly changes: Promise<Changes>; done: boolean };

const FRESH_MS = 4_000;
const PATIENCE_MS = 1_500;
const MOST_AT_ONCE = 2;
const MOST_KEPT = 32;
const MOST_BYTES = 192 * 1024;

export function changesReader(world: World): ChangesReader {
  const known = new Map<number, Known>();
  let busy = 0;
  const start = (view: DispatchView): Known => {
    busy += 1;
    const entry: Known = { at: world.now(), done: false, changes: read(world, view) };
    void entry.changes.finally(() => {
      busy -= 1;
      entry.done = true;
    });
    known.delete(view.id);
    known.set(view.id, entry);
    for (const old of known.keys()) if (known.size > MOST_KEPT) known.delete(old);
    return entry;
  };
  return {
    of: async (view) => {
      const before = known.get(view.id);
      const fresh = before && (!before.done || Math.abs(world.now() - before.at) < FRESH_MS);
      if (!fresh && busy >= MOST_AT_ONCE) return before ? before.changes : { state: "busy" };
      const entry = fresh ? before : start(view);
      return Promise.race([entry.changes, Bun.sleep(PATIENCE_MS).then((): Changes => ({ state: "busy" }))]);
    },
  };
}

/** Never throws: what went wrong is told on the page. */
async function read(world: World, view: DispatchView): Promise<Changes> {
  if (view.baseSha === null || view.worktree === null)
    return { state: "none", why: "It has not started yet: there is nothing to compare." };
  try {
    const repo = await openRepo(view.projectPath);
    const at = { worktree: view.worktree, branch: view.branch, baseSha: view.baseSha, base: view.base };
    const options = { ...at, maxBytes: MOST_BYTES };
    const [text, files] = await Promise.all([diff(repo, options), numstat(repo, options)]);
    return { state: "ready", files, text: world.redact(text) };
  } catch (error) {
    if (error instanceof Problem) return { state: "none", why: world.redact(error.message) };
    world.log.warn("page.diff", {
      dispatch: view.id,
      message: error instanceof Error ? error.message : String(error),
    });
    return { state: "none", why: "Git could not be asked; rally doctor may know why." };
  }
}
