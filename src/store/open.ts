import { Database } from "bun:sqlite";
import { closeSync, mkdirSync, openSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { Problem } from "../domain/problem.ts";
import { asProblem, codeOf, damaged, newerDatabase, readOnlyHome } from "./problems.ts";

export type Store = {
  readonly db: Database;
  /** Of `rally.db`; the home is its folder. */
  readonly path: string;
  /** The home cannot be written: every write is refused. */
  readonly readOnly: boolean;
  close(): void;
};

export type OpenOptions = {
  /** Reads will do: a home that cannot be written is opened for reading instead of being refused. */
  readonly readOnly?: boolean;
  /** How long a statement waits for another process's write; short in a dashboard, because SQLite blocks it. */
  readonly busyMs?: number;
};

/** How many migrations this program knows; a database with another `user_version` needs a closer look. */
export const MIGRATIONS = 2;
const BUSY_MS = 5_000;
const OPEN_TRIES = 50;

/**
 * The home's database: made (home 0700, file 0600) and brought to the newest schema where needed.
 * Throws a Problem when it is newer than the program, damaged, locked, on a full disk or in a read-only home;
 * what is there is never overwritten.
 */
export function openStore(home: string, options: OpenOptions = {}): Store {
  const path = join(home, "rally.db");
  const busyMs = options.busyMs ?? BUSY_MS;
  try {
    create(home, path);
    return storeOf(openCurrent(path, busyMs), path, false);
  } catch (error) {
    const problem = cannotWrite(error) ? readOnlyHome(path, error) : asProblem(error, path);
    if (!options.readOnly || !cannotWrite(error)) throw problem;
    return openForReading(path, busyMs, problem);
  }
}

/** Another process may be making the same database: the switch to WAL does not wait by itself, so it is tried again. */
function openCurrent(path: string, busyMs: number): Database {
  for (let attempt = 1; ; attempt++) {
    const db = new Database(path, { readwrite: true, create: false, strict: true });
    try {
      db.run(`PRAGMA busy_timeout = ${busyMs}`);
      db.run("PRAGMA journal_mode = WAL");
      db.run("PRAGMA synchronous = NORMAL");
      db.run("PRAGMA foreign_keys = ON");
      bringUpToDate(db, path, busyMs);
      return db;
    } catch (error) {
      db.close();
      if (attempt >= OPEN_TRIES || !codeOf(error)?.startsWith("SQLITE_BUSY")) throw error;
      Bun.sleepSync(attempt);
    }
  }
}

function bringUpToDate(db: Database, path: string, busyMs: number): void {
  const version = userVersion(db);
  if (version === MIGRATIONS) return;
  if (version > MIGRATIONS) throw newerDatabase(path);
  // Loaded here only: the text of all migrations has no place on the way to `status`.
  const { migrate } = require("./migrate.ts") as typeof import("./migrate.ts");
  migrate(db, path, busyMs);
}

function create(home: string, path: string): void {
  mkdirSync(home, { recursive: true, mode: 0o700 });
  // The log is looked at first: where it holds something, so does the file, unless somebody emptied that.
  const logged = sizeOf(`${path}-wal`);
  const size = sizeOf(path);
  if (size === 0 && logged) throw damaged(path, new Error("the file is empty, its log is not"));
  if (size === null) closeSync(openSync(path, "a", 0o600));
}

/** As it is, without a single byte written: by its log where that can be read, else as a file that nobody changes. */
function openForReading(path: string, busyMs: number, problem: unknown): Store {
  if (sizeOf(path) === null) throw problem;
  try {
    const db = readable(path) ?? immutable(path);
    db.run(`PRAGMA busy_timeout = ${busyMs}`);
    const version = userVersion(db);
    if (version > MIGRATIONS) throw newerDatabase(path);
    if (version < MIGRATIONS) throw olderInReadOnlyHome(path, problem);
    return storeOf(db, path, true);
  } catch (error) {
    throw asProblem(error, path);
  }
}

function readable(path: string): Database | null {
  const db = new Database(path, { readonly: true, strict: true });
  try {
    db.query("SELECT count(*) FROM sqlite_schema").get();
    return db;
  } catch (error) {
    db.close();
    if (codeOf(error)?.startsWith("SQLITE_CANTOPEN") || cannotWrite(error)) return null;
    throw error;
  }
}

function immutable(path: string): Database {
  const SQLITE_OPEN_READONLY = 0x01;
  const SQLITE_OPEN_URI = 0x40;
  const uri = `file:${encodeURI(path).replaceAll("?", "%3f").replaceAll("#", "%23")}?immutable=1`;
  return new Database(uri, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI);
}

function olderInReadOnlyHome(path: string, cause: unknown): Problem {
  return new Problem("other", `The database ${path} is of an older Rally and its folder is read-only.`, {
    hint: `Make ${dirname(path)} writable once, so that it can be brought up to date.`,
    cause,
  });
}

function storeOf(db: Database, path: string, readOnly: boolean): Store {
  return { db, path, readOnly, close: () => db.close() };
}

function userVersion(db: Database): number {
  const row = db.query<{ user_version: number }, []>("PRAGMA user_version").get();
  return row?.user_version ?? 0;
}

function cannotWrite(error: unknown): boolean {
  const code = codeOf(error) ?? "";
  return (
    code.startsWith("SQLITE_READONLY") ||
    code.startsWith("SQLITE_CANTOPEN") ||
    ["EROFS", "EACCES", "EPERM"].includes(code)
  );
}

/** Bytes; null when there is no such file. */
function sizeOf(path: string): number | null {
  return statSync(path, { throwIfNoEntry: false })?.size ?? null;
}
