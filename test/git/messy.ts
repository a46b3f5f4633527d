import { rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { commit, put, sh } from "./fixture.ts";

/** Committed, staged, changed, deleted, untracked and ignored: something of everything. */
export async function messy(worktree: string): Promise<string> {
  const head = await commit(worktree, {
    "a.txt": "a\n",
    "gone.txt": "g\n",
    ".gitignore": "*.log\nbuild/\n",
    "dir/in.txt": "i\n",
  });
  await put(worktree, { "staged.txt": "staged\n", "a.txt": "staged a\n" });
  await sh(worktree, "add", "staged.txt", "a.txt");
  await put(worktree, {
    "a.txt": "changed a\n",
    "new\nfile.txt": "n\n",
    "x.log": "ignored\n",
    "build/out.o": "ignored\n",
  });
  await rm(join(worktree, "gone.txt"));
  await rm(join(worktree, "dir"), { recursive: true });
  await symlink("/etc", join(worktree, "dir"));
  await writeFile(Buffer.concat([Buffer.from(join(worktree, "latin-")), Buffer.from([0xe9])]), "bytes\n");
  return head;
}

export const status = (root: string) =>
  sh(root, "status", "--porcelain=v1", "-z", "--branch", "--untracked-files=all");
