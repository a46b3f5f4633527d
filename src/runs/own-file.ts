import { lstatSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { Problem } from "../domain/problem.ts";

/**
 * The path of a file that an agent may have written in its worktree; null where it is not there. What an agent left is
 * shown, kept and posted by Rally, outside the agent's walls: a link could lead to what the agent itself may not read,
 * so anything but a plain file in plain folders is `refused`.
 */
export function ownFile(worktree: string, name: string): string | null {
  const path = join(worktree, name);
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (!stat) return null;
  const straight =
    stat.isFile() && stat.nlink === 1 && realpathSync(path) === join(realpathSync(worktree), name);
  if (straight) return path;
  throw new Problem("refused", `${path} is a link: Rally does not follow what an agent may have laid.`, {
    hint: `ls -l ${path}`,
  });
}
