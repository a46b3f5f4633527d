import { existsSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { admit } from "../../src/store/admit.ts";
import { holdLease } from "../../src/store/leases.ts";
import { line } from "../../src/store/line.ts";
import { openStore, type Store } from "../../src/store/open.ts";
import { liveRuns } from "../../src/store/read.ts";
import { record } from "../../src/store/record.ts";
import { getSetting, setSetting } from "../../src/store/settings.ts";
import { takeSlot } from "../../src/store/slot.ts";
import { write } from "../../src/store/write.ts";
import { fresh, RUN, T0 } from "./values.ts";

/**
 * One of several processes that race: `bun worker.ts <home> <task> <name> [n]`. It says that it is there, waits for the
 * start (a file `go` in the home's parent), does its task, and prints what came of it as JSON.
 */
const [home = "", task = "", name = "", n = "0"] = process.argv.slice(2);
const by = { actor: `cli:${name}`, at: T0 };
const count = Number(n);

const TASKS: Record<string, (store: Store) => unknown> = {
  open: () => "opened",
  admitOne: (store) => tried(() => admit(store, { ...by, dispatch: { fresh: fresh(1, 42) }, run: RUN })),
  admitMany: (store) =>
    shuffled(count).filter(
      (number) => tried(() => admit(store, { ...by, dispatch: { fresh: fresh(1, number) }, run: RUN })).won,
    ).length,
  runAgain: (store) =>
    tried(() => {
      const { runId } = admit(store, { ...by, dispatch: { id: 1 }, run: { ...RUN, role: "follow_up" } });
      takeSlot(store, { ...by, runId, capacity: 99, starter: name });
    }),
  lease: (store) => holdLease(store, { name: "heartbeat", holder: name, until: T0 + 1_000, now: T0 }),
  drain: (store) => drain(store),
  count: (store) => {
    for (let i = 0; i < count; i++)
      write(store, "count", () =>
        setSetting(store, "count", `${Number(getSetting(store, "count") ?? 0) + 1}`),
      );
  },
};

/** Starts whatever can be started and ends one run in between, until nothing waits. */
function drain(store: Store): number {
  let started = 0;
  for (let waiting = line(store); waiting.length > 0; waiting = line(store)) {
    for (const { runId } of waiting) {
      if (takeSlot(store, { ...by, runId, capacity: count, starter: name })) started += 1;
      // Who asks for each of a thousand while all slots are taken keeps the others from the lock until they give up.
      else if (liveRuns(store).length >= count) break;
    }
    const mine = liveRuns(store).find((run) => run.starter === name);
    if (mine) record(store, by, [{ layer: "run", id: mine.id, on: "exit" }]);
  }
  return started;
}

function tried(action: () => unknown): { won: boolean; problem?: string } {
  try {
    action();
    return { won: true };
  } catch (error) {
    if (error instanceof Error && error.name === "Problem") return { won: false, problem: error.message };
    throw error;
  }
}

function shuffled(length: number): number[] {
  const order = Array.from({ length }, (_, index) => ({ number: index + 1, key: Math.random() }));
  return order.sort((a, b) => a.key - b.key).map((entry) => entry.number);
}

const store = task === "open" ? null : openStore(home);
writeFileSync(join(dirname(home), `ready-${name}`), "");
while (!existsSync(join(dirname(home), "go"))) Bun.sleepSync(1);
const used = store ?? openStore(home);
const result = TASKS[task]?.(used) ?? null;
used.close();
process.stdout.write(JSON.stringify(result));
