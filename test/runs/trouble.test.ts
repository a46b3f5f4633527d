import { Database } from "bun:sqlite";
import { afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { endTroubled, isPausing } from "../../src/runs/trouble.ts";
import { impatiently } from "../../src/store/patience.ts";
import { history, liveRuns } from "../../src/store/read.ts";
import { write } from "../../src/store/write.ts";
import { bench } from "../app/bench.ts";
import { type Home, newHome } from "../app/home.ts";

setDefaultTimeout(60_000);

let home: Home | null = null;
afterEach(() => {
  home?.remove();
  home = null;
});

type Row = {
  display: string;
  outcome: string | null;
  failure: string | null;
  attention: { message: string }[];
};

/** A database in which no run can end as it should: a fault that nobody foresaw. */
async function faulty(): Promise<Home> {
  home = await newHome();
  await home.rally("onboard", ".", "--local");
  const db = new Database(join(home.rallyHome, "rally.db"));
  db.run(
    "CREATE TRIGGER fault BEFORE UPDATE ON runs WHEN new.state = 'exited' BEGIN SELECT RAISE(ABORT, 'a fault'); END",
  );
  db.close();
  return home;
}

describe("an end that goes wrong in a way that nobody foresaw", () => {
  test("is tried again for a while, and then told as what it is: nothing waits for ever", async () => {
    const { rally, json, rallyHome } = await faulty();
    const said = await rally("dispatch", "task", "Do it", "--wait");
    expect(said.code).toBe(0);
    const { dispatches } = await json<{ dispatches: Row[] }>("status");
    expect(dispatches[0]).toMatchObject({ display: "needs_you", outcome: "failed", failure: "end" });
    expect(dispatches[0]?.attention[0]?.message).toContain("Rally could not read how it ended");
    const rows = await json<{ event: string }[]>("history");
    expect(rows.filter((row) => row.event === "end_troubled")).toHaveLength(1);
    const { checks } = JSON.parse((await rally("doctor", "--json")).out) as {
      checks: { name: string; state: string; says: string; hint: string }[];
    };
    expect(checks.find((check) => check.name === "ends")).toMatchObject({
      state: "warn",
      says: expect.stringContaining("1"),
      hint: "rally history 1",
    });
    const logged = readFileSync(join(rallyHome, "rally.log"), "utf8").split("\n");
    expect(logged.filter((line) => line.includes("tick.action")).length).toBeLessThanOrEqual(5);

    // The work is there, and a new run goes on with it.
    expect((await rally("diff", "1")).out).toContain("NOTES.md");
    const db = new Database(join(rallyHome, "rally.db"));
    db.run("DROP TRIGGER fault");
    db.close();
    expect((await rally("continue", "1", "go on")).code).toBe(0);
    expect((await rally("refresh")).code).toBe(0);
    const after = await json<{ dispatches: Row[] }>("status");
    expect(["ready", "working"]).toContain(after.dispatches[0]?.display ?? "");
  });
});

test("a database that is busy just now is no trouble of a run's end", async () => {
  const it = await bench();
  try {
    await it.type(["onboard", "."]);
    await it.type(["dispatch", "task", "Wait", "--model", "hang"]);
    const { store } = it.world;
    const [run] = liveRuns(store);
    if (!run) throw new Error("no run is live");
    const other = new Database(store.path);
    other.run("BEGIN IMMEDIATE");
    const busy = await impatiently(store, 0, async () => {
      try {
        return write(store, "end", () => null);
      } catch (error) {
        return error;
      }
    });
    other.close();
    endTroubled(it.world, run, busy);
    expect(history(store, { dispatchId: 1, limit: 99 }).map((row) => row.event)).not.toContain(
      "end_troubled",
    );
    expect(isPausing(it.world, run.id)).toBe(false);
  } finally {
    await it.type(["stop", "1"]);
    it.close();
  }
});

test("an inbox that is no file holds up nobody: a folder, a pipe that nobody writes into", async () => {
  home = await newHome(
    "agent: odd\nnotify: none\nsandbox:\n  kind: none\nheartbeat:\n  autostart: false\nagents:\n  odd:\n    command: sh\n" +
      '    args: ["-c", \'rm "$RALLY_RUN_DIR/inbox"; $0 "$RALLY_RUN_DIR/inbox"; echo >new\', "{model}"]\n',
  );
  const { rally, json } = home;
  await rally("onboard", ".", "--local");
  for (const make of ["mkdir", "mkfifo"]) {
    const said = await rally("dispatch", "task", `By ${make}`, "--model", make, "--wait");
    expect(said.code).toBe(0);
  }
  const { dispatches } = await json<{ dispatches: Row[] }>("status");
  expect(dispatches.map((row) => row.outcome)).toEqual(["ok", "ok"]);
});
