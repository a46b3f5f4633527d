import { Database } from "bun:sqlite";
import { afterEach, expect, test } from "bun:test";
import { cpSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { migrate } from "../../src/store/migrate.ts";
import { type Migration, migrations } from "../../src/store/migrations.macro.ts";
import { MIGRATIONS } from "../../src/store/open.ts";
import { dispatched, leaveNothing, newFolder, newStore, problemOf } from "./fixture.ts";

afterEach(leaveNothing);

const REPOSITORY = join(import.meta.dir, "../..");
const BREAK = "--> statement-breakpoint";

test("the program knows as many migrations as there are", () => {
  expect(migrations()).toHaveLength(MIGRATIONS);
});

test("the migrations equal the schema: drizzle-kit has nothing to add", async () => {
  const out = join(newFolder(), "migrations");
  cpSync(join(REPOSITORY, "migrations"), out, { recursive: true });
  const before = readdirSync(out).sort();
  const kit = join(REPOSITORY, "node_modules/drizzle-kit/bin.cjs");
  const schema = "./src/store/schema*.ts";
  const child = Bun.spawn(
    [
      process.execPath,
      kit,
      "generate",
      "--dialect",
      "sqlite",
      "--schema",
      schema,
      "--out",
      relative(REPOSITORY, out),
    ],
    { cwd: REPOSITORY, stdout: "pipe", stderr: "pipe" },
  );
  const said = await new Response(child.stdout).text();
  expect(await child.exited).toBe(0);
  expect(said).toContain("No schema changes");
  expect(readdirSync(out).sort()).toEqual(before);
}, 20_000);

test("the journal cannot be changed or shortened", () => {
  const store = newStore();
  dispatched(store, 1);
  for (const sql of [
    "UPDATE journal SET actor = 'me'",
    "DELETE FROM journal WHERE id = 1",
    "INSERT OR REPLACE INTO journal (id, at, actor, layer, event) VALUES (1, 1, 'me', 'fact', 'x')",
  ])
    expect(() => store.db.run(sql)).toThrow("append-only");
});

test("what is missing is applied in order, once", () => {
  const db = memory();
  migrate(db, "m", 0, [FIRST]);
  db.run("INSERT INTO parents VALUES (1); INSERT INTO children VALUES (1, 1)");
  migrate(db, "m", 0, [FIRST, REBUILD]);
  migrate(db, "m", 0, [FIRST, REBUILD]);
  expect(db.query("SELECT name FROM migrations ORDER BY rowid").values()).toEqual([["first"], ["rebuild"]]);
  expect(db.query("PRAGMA user_version").values()).toEqual([[2]]);
});

test("a rebuilt table keeps what refers to it", () => {
  const db = memory();
  migrate(db, "m", 0, [FIRST]);
  db.run("INSERT INTO parents VALUES (1); INSERT INTO children VALUES (1, 1)");
  migrate(db, "m", 0, [FIRST, REBUILD]);
  expect(db.query("SELECT * FROM children").values()).toEqual([[1, 1]]);
  expect(db.query("PRAGMA foreign_keys").values()).toEqual([[1]]);
});

test("a migration that fails, or leaves something that refers to nothing, changes nothing", () => {
  const db = memory();
  migrate(db, "m", 0, [FIRST]);
  db.run("INSERT INTO parents VALUES (1); INSERT INTO children VALUES (1, 1)");
  const before = db.serialize();
  const fails = migration("fails", `CREATE TABLE more (id INTEGER);${BREAK} CREATE TABLE more (id INTEGER);`);
  expect(() => migrate(db, "m", 0, [FIRST, fails])).toThrow("already exists");
  const breaks = migration("breaks", "DELETE FROM parents;");
  expect(problemOf(() => migrate(db, "m", 0, [FIRST, breaks])).message).toContain("damaged");
  expect(db.serialize().equals(before)).toBe(true);
  expect(db.query("PRAGMA foreign_keys").values()).toEqual([[1]]);
});

test("frozen contexts move to a table of their own", () => {
  const db = memory();
  const all = migrations();
  const until = all.findIndex(({ name }) => name.includes("contexts"));
  migrate(db, "m", 0, all.slice(0, until));
  db.run("INSERT INTO projects (id, name, path, created_at) VALUES (1, 'app', '/app', 1)");
  const columns = "project_id, kind, title, status, status_since, status_by, agent, mode, sandbox";
  const values = "1, 'issue', 't', 'reviewing', 1, 'a', 'copilot', 'work', 'none', 'a', 1, 1";
  for (const context of ["'frozen'", "NULL"])
    db.run(
      `INSERT INTO dispatches (${columns}, created_by, created_at, updated_at, context) VALUES (${values}, ${context})`,
    );
  migrate(db, "m", 0, all);
  expect(db.query("SELECT dispatch_id, text FROM contexts").values()).toEqual([[1, "frozen"]]);
  expect(db.query("SELECT id FROM dispatches").values()).toEqual([[1], [2]]);
});

const FIRST = migration(
  "first",
  `CREATE TABLE parents (id INTEGER PRIMARY KEY);${BREAK}
   CREATE TABLE children (id INTEGER, parent INTEGER REFERENCES parents(id) ON DELETE CASCADE);`,
);
const REBUILD = migration(
  "rebuild",
  `CREATE TABLE new_parents (id INTEGER PRIMARY KEY, name TEXT);${BREAK}
   INSERT INTO new_parents SELECT id, 'x' FROM parents;${BREAK}
   DROP TABLE parents;${BREAK} ALTER TABLE new_parents RENAME TO parents;`,
);

function migration(name: string, sql: string): Migration {
  return { name, hash: `${Bun.hash(sql)}`, sql };
}

function memory(): Database {
  const db = new Database(":memory:", { strict: true });
  db.run("PRAGMA foreign_keys = ON");
  return db;
}
