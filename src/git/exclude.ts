import { constants } from "node:fs";
import { lstat, mkdir, open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { passing } from "../boundary.ts";
import type { RepoAt } from "./admin.ts";
import { codeOf } from "./temporary.ts";

const LINES = [".worktrees/", ".rally/run/"];

/**
 * Makes the repository ignore what Rally keeps in it, by `info/exclude`: lines are only appended, so that content, mode
 * and owner stay. Under the repository's lock. A symbolic link is not written through: the answer is then false.
 */
export async function ensureExcluded(repo: RepoAt, more: readonly string[] = []): Promise<boolean> {
  const folder = join(repo.commonDir, "info");
  const path = join(folder, "exclude");
  if ((await lstat(folder).catch(() => null))?.isSymbolicLink()) return false;
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    if (codeOf(error) === "ENOENT") return "";
    throw error;
  });
  const known = new Set(text.split("\n").map((line) => line.replace(/\r$/, "")));
  const missing = [...LINES, ...more].filter((line) => !known.has(line));
  if (missing.length === 0) return true;
  await mkdir(folder, { recursive: true });
  const gap = text === "" || text.endsWith("\n") ? "" : "\n";
  return passing("file", "exclude", () => append(path, `${gap}${missing.join("\n")}\n`));
}

async function append(path: string, text: string): Promise<boolean> {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | constants.O_NOFOLLOW;
  try {
    const file = await open(path, flags, 0o644);
    try {
      await file.appendFile(text);
    } finally {
      await file.close();
    }
    return true;
  } catch (error) {
    if (codeOf(error) === "ELOOP") return false;
    throw error;
  }
}
