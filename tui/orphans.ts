import { plural } from "../src/app/ago.ts";
import type { OrphanFacts } from "../src/app/status-json.ts";

/** What would be lost with a worktree that has no record; null where nothing would be. */
export function orphanHolds({ dirty, unpushed }: OrphanFacts): string | null {
  const holds = [
    ...(dirty ? ["uncommitted changes"] : []),
    ...(unpushed > 0
      ? [`${plural(unpushed, "commit")} that ${unpushed === 1 ? "is" : "are"} nowhere else`]
      : []),
  ];
  return holds.length > 0 ? holds.join(", ") : null;
}
