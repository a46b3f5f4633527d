import type { World } from "../world.ts";
import { plural } from "./ago.ts";
import type { Call } from "./call.ts";
import { onlyProject } from "./find.ts";
import { type Reply, said } from "./reply.ts";

/** `rally refresh`: looks at processes, git and GitHub now, and says what changed. */
export async function refresh(world: World, call: Call): Promise<Reply> {
  call.progress("looking at processes, git and GitHub");
  const seen = await world.refresh(onlyProject(world, call)?.id);
  const line =
    seen.changes === 0 ? "Nothing has changed." : `${plural(seen.changes, "change")}: rally history`;
  return said(
    line,
    { changes: seen.changes, projects: seen.projects },
    { aside: seen.warnings.map((warning) => `warning: ${warning}`) },
  );
}
