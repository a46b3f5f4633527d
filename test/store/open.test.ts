import { Database } from "bun:sqlite";
import { afterEach, expect, test } from "bun:test";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { backup, checkStore } from "../../src/store/check.ts";
import { MIGRATIONS, openStore } from "../../src/store/open.ts";
import { impatiently } from "../../src/store/patience.ts";
import { since } from "../../src/store/read.ts";
import { setSetting } from "../../src/store/settings.ts";
import { snapshot } from "../../src/store/snapshot.ts";
import { dispatched, leaveNothing, newFolder, newProject, newStore, problemOf } from "./fixture.ts";

const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);

afterEach(leaveNothing);

test("a new home is for its owner alone, and so is everything in it", () => {
  const store = newStore();
  dispatched(store, 1);
  const home = join(store.path, "..");
  expect(mode(home)).toBe("700");
  const files = readdirSync(home).sort();
  expect(files).toEqual(["rally.db", "rally.db-shm", "rally.db-wal"]);
  expect(files.map((file) => mode(join(home, file)))).toEqual(["600", "600", "600"]);
});

test("a folder that is there keeps its mode and its files", () => {
  const home = newFolder();
  chmodSync(home, 0o755);
  writeFileSync(join(home, "projects.yaml"), "a: 1\n");
  newStore(home);
  expect(mode(home)).toBe("755");
  expect(readFileSync(join(home, "projects.yaml"), "utf8")).toBe("a: 1\n");
});

test("every connection waits, logs ahead, and holds foreign keys", () => {
  const { db } = newStore();
  const pragma = (name: string) =>
    Object.values(db.query<Record<string, unknown>, []>(`PRAGMA ${name}`).get() ?? {});
  expect(["busy_timeout", "journal_mode", "synchronous", "foreign_keys", "user_version"].map(pragma)).toEqual(
    [[5_000], ["wal"], [1], [1], [MIGRATIONS]],
  );
});

test("a database of a newer Rally is refused and left as it is", () => {
  const home = newFolder();
  const store = openStore(home);
  store.db.run(`PRAGMA user_version = ${MIGRATIONS + 1}`);
  store.close();
  const problem = unchanged(home, () => problemOf(() => openStore(home)));
  expect(problem.message).toContain("newer Rally");
  expect(problem.hint).toContain("Update Rally");
});

test("a database with a migration that this program does not know is of a newer Rally", () => {
  const home = newFolder();
  const store = openStore(home);
  store.db.run("INSERT INTO migrations (hash, name) VALUES ('f00', '9999_later')");
  store.db.run("PRAGMA user_version = 1");
  store.close();
  expect(unchanged(home, () => problemOf(() => openStore(home))).message).toContain("newer Rally");
});

test("what is no database at all is said to be damaged and left as it is", () => {
  const home = newFolder();
  writeFileSync(join(home, "rally.db"), "This is a note to myself, and not a database.\n".repeat(200));
  const problem = unchanged(home, () => problemOf(() => openStore(home)));
  expect(problem.message).toContain("is damaged");
  expect(problem.hint).toContain("rally doctor");
});

test("a database with overwritten pages is said to be damaged when they are read, and can be copied", () => {
  const home = newFolder();
  const made = openStore(home);
  const root = made.db
    .query<{ page: number }, []>("SELECT rootpage AS page FROM sqlite_schema WHERE name = 'journal'")
    .get();
  made.close();
  const path = join(home, "rally.db");
  const bytes = readFileSync(path);
  const page = root?.page ?? 0;
  bytes.fill(0xab, (page - 1) * 4_096, page * 4_096);
  writeFileSync(path, bytes);
  const store = newStore(home);
  expect(checkStore(store).length).toBeGreaterThan(0);
  for (const action of [() => newProject(store), () => since(store, 0, 1)])
    expect(problemOf(action).message).toContain("is damaged");
  expect(readFileSync(path).equals(bytes)).toBe(true);
  const copy = join(newFolder(), "copy.db");
  backup(home, copy);
  expect(readFileSync(copy).equals(bytes)).toBe(true);
});

test("a database with a wrecked schema is said to be damaged when it is opened", () => {
  const home = newFolder();
  openStore(home).close();
  const path = join(home, "rally.db");
  writeFileSync(path, readFileSync(path).fill(0xab, 200));
  expect(unchanged(home, () => problemOf(() => openStore(home))).message).toContain("is damaged");
});

test("a database that somebody emptied is not made anew over its log", () => {
  const home = newFolder();
  const store = newStore(home);
  dispatched(store, 1);
  const log = readFileSync(join(home, "rally.db-wal"));
  const other = newFolder();
  writeFileSync(join(other, "rally.db"), "");
  writeFileSync(join(other, "rally.db-wal"), log);
  expect(unchanged(other, () => problemOf(() => openStore(other))).message).toContain("is damaged");
  truncateSync(join(other, "rally.db-wal"));
  expect(snapshot(newStore(other))).toEqual([]);
});

test("another program's database is refused and left as it is", () => {
  const home = newFolder();
  const db = new Database(join(home, "rally.db"), { create: true });
  db.run("CREATE TABLE recipes (name TEXT)");
  db.run("PRAGMA journal_mode = WAL");
  db.close();
  expect(unchanged(home, () => problemOf(() => openStore(home))).message).toContain("not one of Rally's");
});

test("a database that stays locked is said to be", () => {
  const store = newStore();
  const other = newStore(join(store.path, ".."), { busyMs: 20 });
  store.db.run("BEGIN IMMEDIATE");
  const problem = problemOf(() => setSetting(other, "a", "b"));
  store.db.run("ROLLBACK");
  expect(problem.message).toContain("kept locked by another process");
  setSetting(other, "a", "b");
});

test("a database that another program holds for itself is said to be locked when it is opened", () => {
  const home = newFolder();
  openStore(home).close();
  const db = new Database(join(home, "rally.db"));
  db.run("PRAGMA locking_mode = EXCLUSIVE");
  db.run("CREATE TABLE held (a)");
  expect(problemOf(() => openStore(home, { busyMs: 50 })).message).toContain("kept locked");
  db.close();
});

test("a home that is a file is a Problem", () => {
  const home = join(newFolder(), "home");
  writeFileSync(home, "");
  expect(problemOf(() => openStore(home)).code).toBe("other");
  expect(readFileSync(home, "utf8")).toBe("");
});

test("a backup is a database of its own that never replaces a file", () => {
  const store = newStore();
  dispatched(store, 7);
  const home = newFolder();
  const to = join(home, "rally.db");
  expect(backup(store, to)).toEqual([to]);
  expect(mode(to)).toBe("600");
  expect(problemOf(() => backup(store, to)).code).toBe("conflict");
  expect(snapshot(newStore(home)).map((view) => view.number)).toEqual([7]);
  expect(checkStore(store)).toEqual([]);
  const files = join(newFolder(), "copy.db");
  expect(backup(join(store.path, ".."), files)).toEqual([files, `${files}-wal`, `${files}-shm`]);
  expect(problemOf(() => backup(join(store.path, ".."), files)).code).toBe("conflict");
  expect(problemOf(() => backup(newFolder(), files)).code).toBe("missing");
});

test("reads will do, but a home that can be written is opened for writing", () => {
  const home = join(newFolder(), "home");
  mkdirSync(home);
  const store = newStore(home, { readOnly: true });
  expect(store.readOnly).toBe(false);
  expect(existsSync(store.path)).toBe(true);
});

/** Runs it and holds that every file of the home has the same bytes as before. */
function unchanged<T>(home: string, action: () => T): T {
  const files = () =>
    readdirSync(home)
      .filter((name) => !name.endsWith("-shm"))
      .sort()
      .map((name) => [name, Bun.hash(readFileSync(join(home, name)))]);
  const before = files();
  const result = action();
  expect(files()).toEqual(before);
  return result;
}

test("who was impatient for a while waits as long as before", async () => {
  const store = newStore(undefined, { busyMs: 150 });
  const waits = () => store.db.query<{ timeout: number }, []>("PRAGMA busy_timeout").get()?.timeout;
  const within = await Promise.all(
    [1, 2].map((turn) => impatiently(store, 20, () => Bun.sleep(turn).then(waits))),
  );
  expect([...within, waits()]).toEqual([20, expect.any(Number), 150]);
});
