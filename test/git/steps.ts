import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { armBoundaries } from "../../src/boundary.ts";
import { isFolder, repoAt } from "../../src/git/admin.ts";
import { archive, restoreFromArchive } from "../../src/git/archive.ts";
import { tipOf } from "../../src/git/base.ts";
import { deleteBranch } from "../../src/git/branch.ts";
import { trash } from "../../src/git/trash.ts";
import { isHalfMade } from "../../src/git/undo.ts";
import { untrash } from "../../src/git/untrash.ts";
import { restoreWorktree } from "../../src/git/worktree.ts";

const at = 1_700_000_000_000;
const home = "home-1";
const branch = "rally/7-x";

/** What cleaning, undo and making again do with git, in order. */
export async function steps(verb: string, root: string): Promise<void> {
  const repo = await repoAt(root);
  const folder = join(root, ".worktrees");
  const worktree = join(folder, "rally-7");
  if (verb === "clean") {
    const head = await tipOf(repo, `refs/heads/${branch}`);
    await archive(repo, { dispatch: 7, at, head, worktree });
    await trash(repo, { worktree, root: folder, home, dispatch: 7, branch, head, at });
    if (head !== null) await deleteBranch(repo, branch, head);
    return;
  }
  const owner = { home, dispatch: 7 };
  const isWhole = (await isFolder(worktree)) && !(await isHalfMade(repo, worktree));
  if (verb === "restore") {
    if (!isWhole) await restoreWorktree(repo, { path: worktree, branch, owner });
    return;
  }
  if (verb === "unarchive") {
    const ref = `refs/rally/archive/7/${at}`;
    if (!isWhole) await restoreFromArchive(repo, { ref, path: worktree, branch, owner });
    return;
  }
  const [name = "none"] = await readdir(join(folder, ".trash"));
  await untrash(repo, { entry: join(folder, ".trash", name), owner, path: worktree });
}

/** As a program it dies after the effect whose number it is given. */
if (import.meta.main) {
  const [verb = "", root = "", step] = process.argv.slice(2);
  let passed = 0;
  armBoundaries((name) => {
    if (name.endsWith(":after")) passed += 1;
    if (passed === Number(step)) process.kill(process.pid, "SIGKILL");
  });
  await steps(verb, root);
}
