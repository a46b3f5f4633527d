import { Database } from "bun:sqlite";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import { passingSync } from "../boundary.ts";
import { Problem } from "../domain/problem.ts";
import {
  asProblem,
  cannotWrite,
  codeOf,
  damaged,
  isFull,
  newerDatabase,
  olderInReadOnlyHome,
  readOnlyHome,
} from "./problems.ts";
import { openUnchanged, openUnseen, sizeOf } from "./read-only.ts";
import { forgetStatements } from "./statements.ts";

export type Store = {
  readonly db: Database;
  /** Of `rally.db`; the home is its folder. */
  readonly path: string;
  /** The home cannot be written: every write is refused. */
  readonly readOnly: boolean;
  /** How long a statement waits for another process's write. */
  readonly busyMs: number;
  close(): void;
};

export type OpenOptions = {
  /** Reads will do: a home that cannot be written is opened for reading instead of being refused. */
  readonly readOnly?: boolean;
  /** Short in a dashboard, because SQLite blocks it. */
  readonly busyMs?: number;
};

/** How many migrations this program knows; a database with another `user_version` needs a closer look. */
export const MIGRATIONS = 4;
const BUSY_MS = 5_000;
const WAL_TRY_MS = 20;

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
    return storeOf(openCurrent(path, busyMs), { path, readOnly: false, busyMs });
  } catch (error) {
    const problem = cannotWrite(error) ? readOnlyHome(path, error) : asProblem(error, path);
    if (!options.readOnly || !(cannotWrite(error) || isFull(error))) throw problem;
    return openForReading(path, busyMs, problem);
  }
}

/**
 * To be read, as it lies there: nothing is made, brought up to date or written, whether or not the home could be.
 * Throws a Problem where there is none (`missing`), or none that this program can read.
 */
export function readStore(home: string, options: Pick<OpenOptions, "busyMs"> = {}): Store {
  const path = join(home, "rally.db");
  const none = new Problem("missing", `There is no database ${path} yet.`, { hint: "rally onboard ." });
  return openForReading(path, options.busyMs ?? BUSY_MS, none, openUnseen);
}

function openCurrent(path: string, busyMs: number): Database {
  const db = new Database(path, { readwrite: true, create: false, strict: true });
  try {
    db.run(`PRAGMA busy_timeout = ${busyMs}`);
    // Before anything else: the switch below would write into a file that is not ours to change.
    if (userVersion(db) > MIGRATIONS) throw newerDatabase(path);
    switchToWal(db, busyMs);
    db.run(`PRAGMA busy_timeout = ${busyMs}`);
    db.run("PRAGMA synchronous = NORMAL");
    db.run("PRAGMA foreign_keys = ON");
    bringUpToDate(db, path, busyMs);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** While others make the same database, SQLite refuses the switch at once instead of waiting: it is tried again. */
function switchToWal(db: Database, busyMs: number): void {
  db.run(`PRAGMA busy_timeout = ${WAL_TRY_MS}`);
  for (let left = busyMs; ; left -= 2 * WAL_TRY_MS) {
    try {
      db.run("PRAGMA journal_mode = WAL");
      return;
    } catch (error) {
      if (left <= 0 || !codeOf(error)?.startsWith("SQLITE_BUSY")) throw error;
      Bun.sleepSync(WAL_TRY_MS);
    }
  }
}

function bringUpToDate(db: Database, path: string, busyMs: number): void {
  const version = userVersion(db);
  if (version === MIGRATIONS) return;
  if (version > MIGRATIONS) throw newerDatabase(path);
  // Loaded here only: the text of all migrations has no place on the way to `status`.
  const { migrate } = require("./migrate.ts") as typeof import("./migrate.ts");
  passingSync("store", "migrate", () => migrate(db, path, busyMs));
}

function create(home: string, path: string): void {
  mkdirSync(home, { recursive: true, mode: 0o700 });
  // The log is looked at first: where it holds something, so does the file, unless somebody emptied that.
  const logged = sizeOf(`${path}-wal`);
  const size = sizeOf(path);
  if (size === 0 && logged) throw damaged(path, new Error("the file is empty, its log is not"));
  if (size === null) closeSync(openSync(path, "a", 0o600));
}

function openForReading(path: string, busyMs: number, problem: unknown, open = openUnchanged): Store {
  if (sizeOf(path) === null) throw problem;
  try {
    const db = open(path);
    db.run(`PRAGMA busy_timeout = ${busyMs}`);
    const version = userVersion(db);
    if (version > MIGRATIONS) throw newerDatabase(path);
    if (version < MIGRATIONS) throw olderInReadOnlyHome(path, problem);
    return storeOf(db, { path, readOnly: true, busyMs });
  } catch (error) {
    throw asProblem(error, path);
  }
}

function storeOf(db: Database, of: Pick<Store, "path" | "readOnly" | "busyMs">): Store {
  const close = () => {
    forgetStatements(db);
    db.close();
  };
  return { db, ...of, close };
}

function userVersion(db: Database): number {
  const row = db.query<{ user_version: number }, []>("PRAGMA user_version").get();
  return row?.user_version ?? 0;
}
