import { Database } from "bun:sqlite";
import { chmodSync, copyFileSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cannotWrite, isFull } from "./problems.ts";

/**
 * A database in a folder that cannot be written, without a byte written there: with its log where that is readable in
 * place; else, where there is none, as a file that nobody changes; else from a copy of both in memory, because what is
 * only in the log would be left out.
 */
export function openUnchanged(path: string): Database {
  return inPlace(path) ?? (sizeOf(`${path}-wal`) ? copied(path) : immutable(path));
}

/**
 * The same in a folder that could be written: without a log nobody is at work, and the file is read as one that nobody
 * changes, because SQLite would leave an empty log behind. For a glance that may be wrong where somebody just begins.
 */
export function openUnseen(path: string): Database {
  return sizeOf(`${path}-wal`) ? openUnchanged(path) : immutable(path);
}

/** Bytes; null when there is no such file. */
export function sizeOf(path: string): number | null {
  return statSync(path, { throwIfNoEntry: false })?.size ?? null;
}

function inPlace(path: string): Database | null {
  const db = new Database(path, { readonly: true, strict: true });
  try {
    db.query("SELECT count(*) FROM sqlite_schema").get();
    return db;
  } catch (error) {
    db.close();
    if (cannotWrite(error) || isFull(error)) return null;
    throw error;
  }
}

function immutable(path: string): Database {
  const SQLITE_OPEN_READONLY = 0x01;
  const SQLITE_OPEN_URI = 0x40;
  const uri = `file:${encodeURI(path).replaceAll("?", "%3f").replaceAll("#", "%23")}?immutable=1`;
  return new Database(uri, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI);
}

function copied(path: string): Database {
  const folder = mkdtempSync(join(tmpdir(), "rally-db-"));
  const copy = join(folder, "rally.db");
  try {
    for (const suffix of ["", "-wal"]) {
      copyFileSync(path + suffix, copy + suffix);
      chmodSync(copy + suffix, 0o600);
    }
    const db = new Database(copy, { readwrite: true, create: false, strict: true });
    // A database in memory has no log: all of it goes into the file first.
    db.run("PRAGMA journal_mode = DELETE");
    const bytes = db.serialize();
    db.close();
    return Database.deserialize(bytes, { readonly: true, strict: true });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
