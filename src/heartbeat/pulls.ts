import { isDone } from "../domain/display.ts";
import type { DispatchView } from "../domain/view.ts";
import { repoAt } from "../git/admin.ts";
import { ownCommits } from "../git/here.ts";
import type { GitHub, Pull } from "../github/github.ts";
import { changesRequested, isOwnPull } from "../github/ours.ts";
import { recordPr } from "../store/facts.ts";
import type { ProjectRow } from "../store/rows.ts";
import type { World } from "../world.ts";
import { apart } from "./apart.ts";

/** The pull requests of dispatches' own: found by their pushed branch, read at their head. Gives what went wrong. */
export function readPulls(
  world: World,
  owner: ProjectRow,
  github: GitHub,
  views: readonly DispatchView[],
): Promise<string[]> {
  return apart(views.filter(mayHavePull), async (view) => {
    const pull = view.pr
      ? await github.pull(owner.repo ?? "", view.pr.number)
      : await find(owner, github, view);
    if (pull) await keep(world, owner, github, view, pull);
  });
}

function mayHavePull(view: DispatchView): boolean {
  if (view.kind === "pr" || view.branch === null || view.pr?.state === "merged") return false;
  // Git may have shown first that it is done; its pull request is then read once more.
  if (isDone(view) && view.pr?.state !== "open") return false;
  return view.pr !== null || (view.git?.pushed ?? 0) > 0;
}

async function find(owner: ProjectRow, github: GitHub, view: DispatchView): Promise<Pull | null> {
  const login = (owner.fork ?? owner.repo ?? "").split("/")[0] ?? "";
  const found = await github.pullsOf(owner.repo ?? "", login, view.branch ?? "");
  const repo = await repoAt(owner.path);
  const commits = new Set(await ownCommits(repo, { head: view.git?.head ?? null, baseSha: view.baseSha }));
  return (
    found.find((pull) =>
      isOwnPull(pull, { openedByRally: null, dispatchCreatedAt: view.createdAt, commits }),
    ) ?? null
  );
}

async function keep(
  world: World,
  owner: ProjectRow,
  github: GitHub,
  view: DispatchView,
  pull: Pull,
): Promise<void> {
  const repo = owner.repo ?? "";
  const open = pull.state === "open";
  const [checks, reviews] = await Promise.all([
    open ? github.checks(repo, pull.head.sha) : null,
    open ? github.reviews(repo, pull.number) : [],
  ]);
  const at = world.now();
  recordPr(
    world.store,
    view.id,
    {
      asOf: at,
      number: pull.number,
      url: pull.url,
      state: pull.state,
      draft: pull.draft,
      head: pull.head.sha,
      checks: checks?.overall ?? view.pr?.checks ?? "none",
      conflict: open && pull.mergeable === false,
      changesRequested: changesRequested(reviews),
      since: at,
    },
    at,
  );
}
