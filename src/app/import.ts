import { Problem } from "../domain/problem.ts";
import { imported } from "../store/imported.ts";
import { record } from "../store/record.ts";
import { setSetting } from "../store/settings.ts";
import { write } from "../store/write.ts";
import type { World } from "../world.ts";
import { plural } from "./ago.ts";
import { importDispatch } from "./import-dispatch.ts";
import { importProject } from "./import-project.ts";
import { type Earlier, hasEarlier, readEarlier } from "./import-read.ts";

/**
 * Takes over what an earlier Rally (jsturtevant/rally) left in this home, once: its projects and its dispatches with
 * their worktrees. Its files stay as they are, and what it started is not touched. Gives what is to be told: nothing
 * where there is nothing to take. Never throws for what is in the files: then nothing is taken, and it is tried again
 * with the next command. Whatever dies in between, the next one goes on.
 */
export async function importEarlier(world: World): Promise<readonly string[]> {
  const { store, config } = world;
  if (store.readOnly || !hasEarlier(config.home)) return [];
  try {
    if (imported(store)) return [];
    return await take(world, readEarlier(config.home));
  } catch (error) {
    if (error instanceof Problem) return [error.message, ...(error.hint ? [error.hint] : [])];
    throw error;
  }
}

async function take(world: World, earlier: Earlier): Promise<readonly string[]> {
  const left = [...earlier.left];
  const each = async <T>(
    all: readonly T[],
    name: (one: T) => string,
    one: (of: T) => Promise<string | null>,
  ) => {
    let taken = 0;
    for (const of of all) {
      const why = await one(of);
      if (why === null) taken += 1;
      else left.push(`${name(of)}: ${why}`);
    }
    return taken;
  };
  const projects = await each(
    earlier.projects,
    ({ name }) => `project ${name}`,
    (one) => importProject(world, one),
  );
  const dispatches = await each(
    earlier.dispatches,
    ({ name }) => `dispatch ${name}`,
    (one) => importDispatch(world, one),
  );
  finish(world, { projects, dispatches, left });
  const what = `${plural(projects, "project")} and ${plural(dispatches, "dispatch", "dispatches")}`;
  return [
    `Imported from the earlier Rally: ${what}. Its files are left as they are.`,
    ...left.map((line) => `Not imported: ${line}`),
  ];
}

function finish(world: World, data: { projects: number; dispatches: number; left: readonly string[] }): void {
  const { store } = world;
  write(store, "imported", () => {
    if (imported(store)) return;
    setSetting(store, "imported_at", String(world.now()));
    setSetting(store, "imported_left", JSON.stringify(data.left));
    record(store, { actor: "rally", at: world.now() }, [{ layer: "project", event: "imported", data }]);
  });
}
