import { existsSync, lstatSync, readdirSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { changing } from "../files.ts";
import type { ProjectRow } from "../store/rows.ts";
import { makePlainFolder } from "./plain-folder.ts";

/** What a team brings, relative to its folder; agents' files one by one, so that they mix with the repository's. */
const WHOLE = [".squad", ".squad-templates"] as const;
const AGENTS = ".github/agents";

/**
 * Links the team's files into a worktree where the repository has no such path of its own, and names those that are
 * there; `taken` are paths that the repository has, though nothing stands there now. They are ignored through `.git/info/exclude`, so that no `git add -A` commits them.
 */
export function teamFiles(owner: ProjectRow, worktree: string, taken: readonly string[] = []): string[] {
  const { team } = owner;
  if (team === null || !existsSync(team)) return [];
  return teamPaths(team).filter((path) => {
    if (taken.includes(path)) return false;
    const target = join(worktree, path);
    const there = lstatSync(target, { throwIfNoEntry: false });
    if (there) return there.isSymbolicLink();
    if (!makePlainFolder(worktree, dirname(path))) return false;
    changing(target, () => symlinkSync(join(team, path), target));
    return true;
  });
}

/** Paths of the team that would be linked, for the list of what is ignored. */
export function teamPaths(team: string): string[] {
  const agents = join(team, AGENTS);
  const own = existsSync(agents) ? readdirSync(agents).map((name) => `${AGENTS}/${name}`) : [];
  return [...WHOLE.filter((name) => existsSync(join(team, name))), ...own];
}
