import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { armBoundaries } from "../../src/boundary.ts";
import { repoAt } from "../../src/git/admin.ts";
import { archive } from "../../src/git/archive.ts";
import { tipOf } from "../../src/git/base.ts";
import { deleteBranch } from "../../src/git/branch.ts";
import { trash } from "../../src/git/trash.ts";
import { untrash } from "../../src/git/untrash.ts";
import { NOW, OWNER } from "./fixture.ts";

/** What cleaning and undo do with git, in order; dies at the boundary whose number it is given. */
const [verb, root = "", step] = process.argv.slice(2);
let passed = 0;
armBoundaries(() => {
  passed += 1;
  if (passed === Number(step)) process.kill(process.pid, "SIGKILL");
});
const branch = "rally/7-x";
const repo = await repoAt(root);
const folder = join(root, ".worktrees");
const worktree = join(folder, "rally-7");
if (verb === "clean") {
  const head = await tipOf(repo, `refs/heads/${branch}`);
  await archive(repo, { dispatch: 7, at: NOW, head, worktree });
  await trash(repo, { worktree, root: folder, home: OWNER.home, dispatch: 7, branch, head, at: NOW });
  if (head !== null) await deleteBranch(repo, branch, head);
} else {
  const [name = "none"] = await readdir(join(folder, ".trash"));
  await untrash(repo, { entry: join(folder, ".trash", name), owner: OWNER, path: worktree });
}
