import { afterEach, expect, test } from "bun:test";
import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { openStore } from "../../src/store/open.ts";
import { since } from "../../src/store/read.ts";
import { getSetting, setSetting } from "../../src/store/settings.ts";
import { BOUND_BY_MODES } from "../fixtures/bound-by-modes.ts";
import { dispatched, leaveNothing, newFolder, newStore, problemOf } from "./fixture.ts";

const READER = join(import.meta.dir, "reader.ts");

afterEach(leaveNothing);

test("a read-only home is refused, or read where reads will do, and not a byte of it changes", async () => {
  const home = join(newFolder(), "home");
  const store = openStore(home);
  dispatched(store, 42);
  store.close();
  const path = join(home, "rally.db");
  const bytes = readFileSync(path);
  chmodSync(join(home, ".."), 0o755);
  chmodSync(path, 0o444);
  chmodSync(home, 0o555);
  const said = await unprivileged(home);
  chmodSync(home, 0o700);
  expect(said).toEqual({
    refused: `The database ${path} cannot be written: its folder or file is read-only.`,
    readOnly: true,
    numbers: [42],
    write: `The database ${path} cannot be written: its folder or file is read-only.`,
  });
  expect(readFileSync(path).equals(bytes)).toBe(true);
});

test("what is only in the log of a read-only home is read, too", async () => {
  const home = join(newFolder(), "home");
  const store = newStore(home);
  dispatched(store, 42);
  store.db.run("PRAGMA wal_checkpoint(TRUNCATE)");
  dispatched(store, 43);
  const crashed = join(newFolder(), "home");
  mkdirSync(crashed);
  for (const name of ["rally.db", "rally.db-wal"]) {
    copyFileSync(join(home, name), join(crashed, name));
    chmodSync(join(crashed, name), 0o444);
  }
  chmodSync(join(crashed, ".."), 0o755);
  chmodSync(crashed, 0o555);
  const said = await unprivileged(crashed);
  const files = readdirSync(crashed).sort();
  chmodSync(crashed, 0o700);
  expect(said).toMatchObject({
    readOnly: true,
    numbers: [42, 43],
    write: expect.stringContaining("read-only"),
  });
  expect(files).toEqual(["rally.db", "rally.db-wal"]);
});

test("a read-only home without a database is a Problem, also where reads would do", async () => {
  const home = join(newFolder(), "home");
  mkdirSync(home, { mode: 0o555 });
  chmodSync(join(home, ".."), 0o755);
  const said = await unprivileged(home);
  chmodSync(home, 0o700);
  expect(said).toMatchObject({ refused: expect.stringContaining("read-only"), numbers: null });
});

test("a database of an older Rally in a read-only home cannot be brought up to date", async () => {
  const home = join(newFolder(), "home");
  const store = openStore(home);
  store.db.run("PRAGMA user_version = 1");
  store.close();
  chmodSync(join(home, ".."), 0o755);
  chmodSync(store.path, 0o444);
  chmodSync(home, 0o555);
  const said = await unprivileged(home);
  chmodSync(home, 0o700);
  expect(said).toMatchObject({ readOnly: null, opened: expect.stringContaining("older Rally") });
});

test("on a full disk a write is refused, what was there stays, and goes on once there is room", () => {
  const disk = smallDisk();
  const home = disk ?? newFolder();
  console.error(
    disk ? "full disk: a tmpfs of 1 MB" : "full disk: max_page_count, because nothing can be mounted here",
  );
  try {
    const store = newStore(join(home, "home"));
    dispatched(store, 42);
    const rows = since(store, 0, 99);
    if (!disk) store.db.run(`PRAGMA max_page_count = ${pages(store.path) + 60}`);
    const problem = problemOf(() => {
      for (let i = 0; i < 1_000; i++) setSetting(store, `filler ${i}`, "x".repeat(20_000));
    });
    expect(problem.message).toContain("is full");
    expect(store.db.inTransaction).toBe(false);
    expect(since(store, 0, 99)).toEqual(rows);
    expect(store.db.query("PRAGMA quick_check").get()).toEqual({ quick_check: "ok" });
    if (disk) room(disk);
    else store.db.run("PRAGMA max_page_count = 100000");
    setSetting(store, "after", "the flood");
    expect(getSetting(store, "after")).toBe("the flood");
    store.close();
  } finally {
    if (disk) Bun.spawnSync(["umount", "-l", disk]);
  }
});

test("a first start on a full disk is a Problem that says so", () => {
  const disk = smallDisk(["size=16k"]);
  if (!disk) {
    console.error("first start on a full disk: not tried, because nothing can be mounted here");
    return;
  }
  try {
    expect(problemOf(() => openStore(join(disk, "home"))).message).toContain("is full");
  } finally {
    Bun.spawnSync(["umount", "-l", disk]);
  }
});

/** What a process sees that the file modes bind. */
async function unprivileged(home: string): Promise<unknown> {
  const child = Bun.spawn([...BOUND_BY_MODES, process.execPath, READER, home], {
    stdout: "pipe",
    stderr: "inherit",
  });
  const output = await new Response(child.stdout).text();
  expect(await child.exited).toBe(0);
  return JSON.parse(output);
}

/** A mounted file system of its own; null where one cannot be had. */
function smallDisk(options = ["size=1m"]): string | null {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return null;
  const folder = join(newFolder(), "disk");
  mkdirSync(folder);
  const mounted = Bun.spawnSync(["mount", "-t", "tmpfs", "-o", options.join(), "tmpfs", folder]);
  if (mounted.exitCode === 0) return folder;
  rmSync(folder, { recursive: true });
  return null;
}

function room(disk: string): void {
  expect(Bun.spawnSync(["mount", "-o", "remount,size=8m", disk]).exitCode).toBe(0);
}

function pages(path: string): number {
  return Math.ceil(statSync(path).size / 4_096);
}
