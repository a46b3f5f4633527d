import type { TargetRef } from "../domain/grammar-refs.ts";
import { Problem } from "../domain/problem.ts";
import type { ProjectRow } from "../store/rows.ts";
import { snapshot } from "../store/snapshot.ts";
import type { World } from "../world.ts";
import type { Call } from "./call.ts";

/** Open issues and pull requests that are not dispatched yet, to choose from at a terminal. */
export async function pickTargets(world: World, call: Call, owner: ProjectRow): Promise<TargetRef[]> {
  if (owner.repo === null || !call.asker)
    throw new Problem("usage", `${owner.name} is a local project: it has no issues.`, {
      hint: 'rally dispatch task "…"',
    });
  call.progress(`reading the open issues of ${owner.repo}`);
  const github = await world.github(owner.host);
  const items = await github.open(owner.repo);
  const taken = new Set(
    snapshot(world.store)
      .filter((view) => view.projectId === owner.id)
      .map((view) => view.number),
  );
  const free = items.filter((item) => !taken.has(item.number));
  if (free.length === 0)
    throw new Problem(
      "missing",
      `${owner.repo} has no open issue or pull request that is not dispatched already.`,
      { hint: 'rally dispatch task "…"' },
    );
  const options = free.map((item) => ({
    label: `${item.isPull ? "PR " : ""}#${item.number} ${item.title}${item.labels.length > 0 ? `  [${item.labels.join(", ")}]` : ""}`,
    value: {
      number: item.number,
      kind: item.isPull ? ("pr" as const) : ("issue" as const),
      repo: null,
      host: null,
    },
  }));
  const chosen = await call.asker.pick(`What is to be dispatched in ${owner.repo}?`, options, {
    many: true,
    instead: "rally dispatch 42",
  });
  if (chosen.length === 0) throw new Problem("refused", "Nothing was chosen.");
  return [...chosen];
}
