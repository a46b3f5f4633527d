import { arg, on } from "../domain/grammar-parsed.ts";
import { removeProject } from "../store/projects.ts";
import { projects } from "../store/read.ts";
import type { World } from "../world.ts";
import { type Call, confirmed } from "./call.ts";
import { namedProject, titleOf } from "./find.ts";
import { type Reply, said } from "./reply.ts";

/** `rally offboard <project>`: forgets it. Its repository, and a clone that Rally made, stay as they are. */
export async function offboard(world: World, call: Call): Promise<Reply> {
  const row = namedProject(projects(world.store), arg(call.parsed, "project") ?? "");
  const yes = await confirmed(call, `Forget ${titleOf(row)}? ${row.path} stays as it is.`, {
    given: on(call.parsed, "yes"),
    name: "--yes",
  });
  if (!yes) return said("Nothing was changed.", { removed: false });
  removeProject(world.store, { actor: call.actor, at: world.now() }, row.id);
  return said(`Forgot ${titleOf(row)}; ${row.path} is still there.`, {
    removed: true,
    name: row.name,
    path: row.path,
  });
}
