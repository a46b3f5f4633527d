import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { passing } from "../boundary.ts";

/** Whose worktree it is, kept in its git dir: two homes on one repository never touch each other's. */
export type Owner = { readonly home: string; readonly dispatch: number };

export async function writeOwner(adminDir: string, owner: Owner): Promise<void> {
  const path = join(adminDir, "rally-owner");
  await passing("file", "rally-owner", async () => {
    await writeFile(`${path}.new`, `${JSON.stringify(owner)}\n`);
    await rename(`${path}.new`, path);
  });
}

/** Null: no mark. `unreadable`: a mark that is none of ours. */
export async function readOwner(adminDir: string): Promise<Owner | "unreadable" | null> {
  const text = await readFile(join(adminDir, "rally-owner"), "utf8").catch(() => null);
  if (text === null) return null;
  try {
    const read: unknown = JSON.parse(text);
    if (typeof read === "object" && read !== null && "home" in read && "dispatch" in read) {
      if (typeof read.home === "string" && typeof read.dispatch === "number") {
        return { home: read.home, dispatch: read.dispatch };
      }
    }
  } catch {
    return "unreadable";
  }
  return "unreadable";
}
