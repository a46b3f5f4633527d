import { Problem } from "../domain/problem.ts";
import { parseRemote } from "../git/remotes.ts";
import { openRepo, type Repo } from "../git/repo.ts";
import { addProject } from "../store/projects.ts";
import type { World } from "../world.ts";
import type { EarlierProject } from "./import-read.ts";

/** Makes a project of the earlier tool known; its repository stays as it is. Gives why not, or null. */
export async function importProject(world: World, earlier: EarlierProject): Promise<string | null> {
  const opened = await openRepo(earlier.path).catch((error: unknown) => {
    if (error instanceof Problem) return error;
    throw error;
  });
  if (opened instanceof Problem) return opened.message;
  if (opened.bare) return `${opened.root} is a bare repository.`;
  const remote = earlier.repo === null ? null : remoteOf(opened, earlier.repo);
  const pushRemote = earlier.fork === null ? remote : remoteOf(opened, earlier.fork);
  const host = remote === null ? null : (parseRemote(opened.remotes[remote]?.fetch ?? "")?.host ?? null);
  addProject(
    world.store,
    { actor: "rally", at: world.now() },
    {
      name: earlier.repo?.split("/")[1] ?? earlier.name,
      path: opened.root,
      repo: earlier.repo,
      fork: earlier.fork,
      ...(host === null ? {} : { host }),
      remote,
      pushRemote,
      cloned: opened.root.startsWith(`${world.config.projectsDir}/`),
    },
  );
  return null;
}

/** The remote that leads there; else, as every clone has it, `origin`. */
function remoteOf(repo: Repo, name: string): string | null {
  const found = Object.entries(repo.remotes).find(
    ([, { fetch }]) => parseRemote(fetch)?.repo.toLowerCase() === name.toLowerCase(),
  );
  return found?.[0] ?? (repo.remotes.origin ? "origin" : null);
}
