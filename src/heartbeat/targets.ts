import type { DispatchView } from "../domain/view.ts";
import type { GitHub, Item } from "../github/github.ts";
import { recordTarget } from "../store/facts.ts";
import type { ProjectRow } from "../store/rows.ts";
import { snapshot } from "../store/snapshot.ts";
import type { World } from "../world.ts";
import { apart } from "./apart.ts";

/** The issues and pull requests of dispatches that the list says have changed, and those never seen. Gives what went wrong. */
export async function readTargets(
  world: World,
  owner: ProjectRow,
  github: GitHub,
  items: readonly Item[],
): Promise<string[]> {
  const changed = new Map(items.map((item) => [item.number, item]));
  const views = snapshot(world.store).filter((view) => view.projectId === owner.id && view.number !== null);
  return apart(views, async (view) => {
    const item = changed.get(view.number ?? 0);
    if (view.kind === "pr") {
      if (item || view.target === null) await readPull(world, owner, github, view);
    } else if (item) {
      const at = world.now();
      recordTarget(
        world.store,
        view.id,
        { asOf: at, state: item.state, head: null, reviewedHead: null, since: at },
        at,
      );
    }
  });
}

async function readPull(world: World, owner: ProjectRow, github: GitHub, view: DispatchView): Promise<void> {
  const pull = await github.pull(owner.repo ?? "", view.number ?? 0);
  const at = world.now();
  const facts = { asOf: at, state: pull.state, head: pull.head.sha, reviewedHead: null, since: at };
  recordTarget(world.store, view.id, facts, at);
}
