import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { GitAt } from "./git.ts";
import { codeOf } from "./lock.ts";

/** Work with a copy of the index: the worktree's own stays as it is, whatever happens. */
export async function withIndexCopy<T>(at: GitAt, work: (index: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "rally-index-"));
  try {
    const index = join(folder, "index");
    await copyFile(join(at.gitDir, "index"), index).catch((error: unknown) => {
      // No index yet: nothing is tracked.
      if (codeOf(error) !== "ENOENT") throw error;
    });
    return await work(index);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
