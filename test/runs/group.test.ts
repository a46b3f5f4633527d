import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newGroup } from "../../src/runs/group.ts";
import { openStore, type Store } from "../../src/store/open.ts";
import { getSetting, setSetting } from "../../src/store/settings.ts";

async function inStore(work: (store: Store) => Promise<void>): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), "rally-group-"));
  const store = openStore(home);
  try {
    await work(store);
  } finally {
    store.close();
    rmSync(home, { recursive: true });
  }
}

function told() {
  const done: number[] = [];
  const failed: number[] = [];
  return { told: { done: (n: number) => done.push(n), failed: (n: number) => failed.push(n) }, done, failed };
}

test("one change that fails undoes itself alone, and the rest of its group is told done when it is committed", () =>
  inStore(async (store) => {
    const { told: tell, done, failed } = told();
    const group = newGroup<number>(store, "test", tell);
    for (const n of [1, 2, 3])
      group.add(n, () => {
        setSetting(store, `key ${n}`, "set");
        if (n === 2) throw new Error("no");
      });
    expect({ done, key: getSetting(store, "key 1") }).toEqual({ done: [], key: null });
    group.settle();
    expect({ done, failed }).toEqual({ done: [1, 3], failed: [2] });
    expect([1, 2, 3].map((n) => getSetting(store, `key ${n}`))).toEqual(["set", null, "set"]);
  }));

test("what waits is settled when the event loop turns, whatever else is still being looked at", () =>
  inStore(async (store) => {
    const { told: tell, done } = told();
    newGroup<number>(store, "test", tell).add(7, () => setSetting(store, "key", "set"));
    await new Promise((turned) => setImmediate(turned));
    expect({ done, key: getSetting(store, "key") }).toEqual({ done: [7], key: "set" });
  }));

test("where the whole of a group is rolled back, all of it has failed", () =>
  inStore(async (store) => {
    const { told: tell, done, failed } = told();
    const group = newGroup<number>(store, "test", tell);
    for (const n of [1, 2, 3])
      group.add(n, () => {
        setSetting(store, `key ${n}`, "set");
        // As SQLite does it where the disk is full.
        if (n === 2) {
          store.db.run("ROLLBACK");
          throw new Error("full");
        }
      });
    group.settle();
    expect({ done, failed }).toEqual({ done: [], failed: [1, 2, 3] });
    expect([1, 2, 3].map((n) => getSetting(store, `key ${n}`))).toEqual([null, null, null]);
  }));
