import type { Database } from "bun:sqlite";
import { Problem } from "../domain/problem.ts";
import { migrations } from "./migrations.macro.ts" with { type: "macro" };
import type { Migration } from "./migrations.macro.ts";
import { damaged, newerDatabase } from "./problems.ts";

/** Others may be migrating at the same moment: the whole herd passes one by one. */
const MIGRATE_WAIT_MS = 30_000;

/**
 * Brings the database to the newest schema, in one transaction: everything that is missing, by hash, or nothing.
 * Foreign keys are off meanwhile, because a rebuilt table's DROP would cascade into its children (inside a
 * transaction the pragma does nothing, so it stands outside), and are checked before the commit.
 */
export function migrate(
  db: Database,
  path: string,
  busyMs: number,
  all: readonly Migration[] = migrations(),
): void {
  db.run(`PRAGMA busy_timeout = ${MIGRATE_WAIT_MS}`);
  db.run("PRAGMA foreign_keys = OFF");
  try {
    db.run("BEGIN IMMEDIATE");
    try {
      applyMissing(db, path, all);
      db.run("COMMIT");
    } catch (error) {
      if (db.inTransaction) db.run("ROLLBACK");
      throw error;
    }
  } finally {
    db.run("PRAGMA foreign_keys = ON");
    db.run(`PRAGMA busy_timeout = ${busyMs}`);
  }
}

function applyMissing(db: Database, path: string, all: readonly Migration[]): void {
  const applied = appliedHashes(db, path);
  const known = new Set(all.map((migration) => migration.hash));
  if ([...applied].some((hash) => !known.has(hash))) throw newerDatabase(path);
  const missing = all.filter((migration) => !applied.has(migration.hash));
  if (applied.size > 0 && missing.length > 0) quickCheck(db, path);
  const note = db.prepare("INSERT INTO migrations (hash, name) VALUES (?, ?)");
  for (const migration of missing) {
    for (const statement of migration.sql.split("--> statement-breakpoint")) db.run(statement);
    note.run(migration.hash, migration.name);
  }
  note.finalize();
  const broken = db.query("PRAGMA foreign_key_check").all();
  if (broken.length > 0)
    throw damaged(path, new Error(`foreign keys: ${JSON.stringify(broken.slice(0, 3))}`));
  db.run(`PRAGMA user_version = ${all.length}`);
}

function appliedHashes(db: Database, path: string): Set<string> {
  const tables = db.query<{ name: string }, []>("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
  if (tables.some((table) => table.name === "migrations")) {
    const rows = db.query<{ hash: string }, []>("SELECT hash FROM migrations").all();
    return new Set(rows.map((row) => row.hash));
  }
  if (tables.length > 0)
    throw new Problem("other", `${path} is a database, but not one of Rally's.`, {
      hint: "Move it away, or choose another home with RALLY_HOME.",
    });
  db.run("CREATE TABLE migrations (hash TEXT PRIMARY KEY NOT NULL, name TEXT NOT NULL)");
  return new Set();
}

function quickCheck(db: Database, path: string): void {
  const found = db.query<{ quick_check: string }, []>("PRAGMA quick_check(1)").all();
  const [first] = found;
  if (first && first.quick_check !== "ok") throw damaged(path, new Error(first.quick_check));
}
