import { Problem } from "../domain/problem.ts";
import { follow } from "../git/follow.ts";
import { fetchPull } from "../git/pull.ts";
import { openRepo } from "../git/repo.ts";
import { contextOf, keepContext } from "../store/contexts.ts";
import { recordTarget } from "../store/facts.ts";
import { record, setDispatch } from "../store/record.ts";
import { dispatchView } from "../store/snapshot.ts";
import { headTrusted } from "../store/told.ts";
import { write } from "../store/write.ts";
import type { World } from "../world.ts";
import { takeNext } from "./frozen.ts";
import type { Subject } from "./start.ts";
import type { Ready } from "./worktree.ts";

/**
 * A later review is of what the pull request is now: its worktree goes on to the new head, and the dispatch is bound to
 * that, with what the pull request said when that head was read. Where the worktree has something of its own, or the head cannot be fetched, it stays where it is, and says so.
 */
export async function followPull(world: World, subject: Subject, ready: Ready): Promise<Ready> {
  const { dispatch, owner } = subject;
  const { number, baseSha: from } = dispatch;
  const first = dispatch.worktree === null || from === null;
  if (dispatch.kind !== "pr" || number === null || owner.remote === null || first) return ready;
  const repo = await openRepo(owner.path);
  const seconds = world.config.limits.fetchSeconds;
  try {
    const to = await fetchPull(repo, { remote: owner.remote, number, seconds });
    if (to === from) return ready;
    if (dispatch.mode !== "read-only" && !headTrusted(world.store, dispatch.id, to))
      return warned(ready, later(number, from, "nobody has trusted"));
    const context = takeNext(contextOf(world.store, dispatch.id), to);
    if (context === null) return warned(ready, later(number, from, "were not read yet"));
    if (await follow(repo, { worktree: ready.worktree, branch: ready.branch, from, to }))
      keep(world, subject, to, context);
    else return warned(ready, `${ready.worktree} has changes of its own: it stays at ${from.slice(0, 8)}.`);
    return ready;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return warned(ready, `${error.message} It stays at ${from.slice(0, 8)}.`);
  }
}

/** Somebody may have pushed since a person was asked, or nobody was: trust is bound to a head, and so is what is told. */
function later(number: number, head: string, what: string): string {
  return `#${number} has new commits that ${what}: it stays at ${head.slice(0, 8)}.`;
}

function keep(world: World, { dispatch }: Subject, to: string, context: string): void {
  const at = world.now();
  write(world.store, "follow pull request", () => {
    const target = dispatchView(world.store, dispatch.id)?.target;
    setDispatch(world.store, dispatch.id, { baseSha: to });
    keepContext(world.store, dispatch.id, context);
    const facts = {
      asOf: at,
      state: target?.state ?? "open",
      head: to,
      reviewedHead: to,
      since: at,
    } as const;
    recordTarget(world.store, dispatch.id, facts, at);
    record(world.store, { actor: "rally", at }, [
      { layer: "fact", event: "pull_followed", dispatchId: dispatch.id, from: dispatch.baseSha, to },
    ]);
  });
}

function warned(ready: Ready, warning: string): Ready {
  return { ...ready, warnings: [...ready.warnings, warning] };
}
