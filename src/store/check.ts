import { chmodSync, closeSync, constants, copyFileSync, existsSync, openSync } from "node:fs";
import { join } from "node:path";
import { passingSync } from "../boundary.ts";
import { Problem } from "../domain/problem.ts";
import type { Store } from "./open.ts";
import { asProblem, codeOf } from "./problems.ts";

/** What SQLite finds wrong with the database, at most ten lines; nothing when it is sound. */
export function checkStore(store: Store): string[] {
  try {
    const found = store.db.query<{ quick_check: string }, []>("PRAGMA quick_check(10)").all();
    return found.map((row) => row.quick_check).filter((line) => line !== "ok");
  } catch (error) {
    const problem = asProblem(error, store.path);
    if (problem instanceof Problem) return [problem.message];
    throw error;
  }
}

/**
 * A copy at `toPath`, never over a file that is there; gives the files written. An open store is copied as of one
 * moment. A home whose database cannot be opened is copied as it lies on the disk, with its `-wal` and `-shm`.
 */
export function backup(from: Store | string, toPath: string): string[] {
  return passingSync("file", "backup", () => {
    try {
      if (typeof from === "string") return copyFiles(join(from, "rally.db"), toPath);
      return copyStore(from, toPath);
    } catch (error) {
      if (codeOf(error) === "EEXIST")
        throw new Problem("conflict", `${toPath} is there already.`, {
          hint: "Choose another name.",
          cause: error,
        });
      throw asProblem(error, toPath);
    }
  });
}

function copyStore(store: Store, toPath: string): string[] {
  // Made here, because SQLite would let others read it; an empty file is one that it accepts.
  closeSync(openSync(toPath, "wx", 0o600));
  store.db.query("VACUUM INTO ?").run(toPath);
  return [toPath];
}

function copyFiles(path: string, toPath: string): string[] {
  const found = ["", "-wal", "-shm"].filter((suffix) => existsSync(path + suffix));
  if (found.length === 0)
    throw new Problem("missing", `There is no database ${path}.`, { hint: "rally doctor" });
  return found.map((suffix) => {
    const copy = toPath + suffix;
    copyFileSync(path + suffix, copy, constants.COPYFILE_EXCL);
    chmodSync(copy, 0o600);
    return copy;
  });
}
