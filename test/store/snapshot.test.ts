import { afterEach, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { eq } from "drizzle-orm";
import { recordGit } from "../../src/store/facts.ts";
import { dispatchRow, liveRuns, project, runRow } from "../../src/store/read.ts";
import { record, setRun } from "../../src/store/record.ts";
import { dispatches, projects, runs } from "../../src/store/schema.ts";
import { takeSlot } from "../../src/store/slot.ts";
import { countDispatches, dispatchView, snapshot } from "../../src/store/snapshot.ts";
import { write } from "../../src/store/write.ts";
import { dispatched, leaveNothing, newProject, newStore, RALLY } from "./fixture.ts";
import { fresh, RUN, T0 } from "./values.ts";

afterEach(leaveNothing);

test("rows read by hand are the rows of the schema", () => {
  const store = newStore();
  const { runId } = dispatched(store, 42);
  setRun(store, runId, { limit: "run_minutes", stopBy: "cli:ana", resume: true });
  const [run, dispatch, owner] = write(store, "compare", (tx) => [
    tx.select().from(runs).where(eq(runs.id, runId)).all()[0],
    tx.select().from(dispatches).all()[0],
    tx.select().from(projects).all()[0],
  ]);
  expect<unknown>(runRow(store, runId)).toEqual(run);
  expect<unknown>(dispatchRow(store, 1)).toEqual(dispatch);
  expect<unknown>(project(store, 1)).toEqual(owner);
});

test("a view shows the latest run that does not wait, and the one that does beside it", () => {
  const store = newStore();
  const { runId } = dispatched(store, 42);
  takeSlot(store, { ...RALLY, runId, capacity: 9, starter: "me" });
  setRun(store, runId, { stage: "coding", stageAt: T0, tool: "bash", inputTokens: 3, exitCode: 0 });
  record(store, RALLY, [{ layer: "run", id: runId, on: "exit" }]);
  dispatched(store, 43, { at: T0 - 1 });
  dispatched(store, 42, { dispatch: { id: 1 } });
  const view = dispatchView(store, 1);
  expect(view?.queued).toEqual({ runId: 3, place: 2, since: T0 });
  expect(view?.run).toEqual({
    id: runId,
    role: "worker",
    state: "exited",
    agent: "copilot",
    pid: null,
    exitCode: 0,
    attempt: 1,
    session: null,
    startedAt: T0,
    endedAt: T0,
    lastOutputAt: null,
    log: join(store.path, "..", "runs", `${runId}`, "log"),
    stage: { name: "coding", since: T0 },
    progress: { tool: "bash", words: null },
    usage: { inputTokens: 3, outputTokens: 0, costUsd: null },
    stopBy: null,
  });
  expect(snapshot(store)).toEqual(
    [dispatchView(store, 1), dispatchView(store, 2)].filter((one) => one !== null),
  );
  expect(dispatchView(store, 9)).toBeNull();
});

test("what was done before a time is left out, unless a run of it lives; the count is of all", () => {
  const store = newStore();
  for (const number of [42, 43, 44, 45]) dispatched(store, number);
  for (const [id, at] of [
    [1, T0],
    [2, T0 + 2],
    [3, T0],
  ] as const)
    recordGit(store, id, { ...CLEAN, head: "b", asOf: at, inBase: true }, at);
  takeSlot(store, { ...RALLY, runId: 1, capacity: 9, starter: "me" });
  expect(snapshot(store, { doneSince: T0 + 1 }).map((view) => view.id)).toEqual([1, 2, 4]);
  expect(countDispatches(store)).toBe(4);
  expect(countDispatches(store, 1)).toBe(4);
  expect(countDispatches(store, 2)).toBe(0);
});

test("live runs bring what is needed to observe them", () => {
  const store = newStore();
  const { runId } = dispatched(store, 42);
  expect(liveRuns(store)).toEqual([]);
  takeSlot(store, { ...RALLY, runId, capacity: 9, starter: "me" });
  expect(liveRuns(store)).toMatchObject([
    {
      id: runId,
      state: "starting",
      resume: false,
      kind: "issue",
      status: "implementing",
      dispatchVersion: 1,
    },
  ]);
  expect(liveRuns(store)).toMatchObject([
    { projectPath: "/code/app", gitAsOf: null, indexStamp: null, mode: "work" },
  ]);
});

test("a thousand dispatches are read at once, in a few queries whatever their number", () => {
  const store = newStore();
  const projectId = newProject(store);
  write(store, "many", () => {
    for (let number = 1; number <= 1_000; number++) {
      const { runId } = dispatched(store, number, { dispatch: { fresh: fresh(projectId, number) } });
      record(store, RALLY, [{ layer: "run", id: runId, on: "fail", set: { failure: "start" } }]);
      recordGit(store, number, { ...CLEAN, head: `${number}` }, T0);
    }
  });
  const prepare = store.db.prepare.bind(store.db);
  const queries: string[] = [];
  const counted = (sql: string) => {
    queries.push(sql);
    return prepare(sql);
  };
  Object.defineProperty(store.db, "prepare", { value: counted });
  const started = performance.now();
  const views = snapshot(store);
  const first = performance.now() - started;
  expect(views).toHaveLength(1_000);
  expect(queries.length).toBeGreaterThan(1);
  expect(queries.length).toBeLessThan(10);
  snapshot(store);
  const again = performance.now() - started - first;
  console.error(`snapshot of 1,000: ${first.toFixed(1)} ms, again ${again.toFixed(1)} ms`);
  expect(Math.min(first, again)).toBeLessThan(100);
  expect(views[999]).toMatchObject({ number: 1_000, git: { head: "1000" }, run: { state: "failed" } });
});

const CLEAN = {
  asOf: T0,
  worktreeExists: true,
  branchExists: true,
  branchNow: null,
  commits: 0,
  files: 0,
  insertions: 0,
  deletions: 0,
  dirty: false,
  untracked: 0,
  unpushed: 0,
  pushed: 0,
  inBase: false,
  indexStamp: null,
};

test("the way to status loads neither drizzle nor the migrations", () => {
  const transpiler = new Bun.Transpiler({ loader: "ts" });
  const seen = new Set<string>();
  const foreign = new Set<string>();
  const visit = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    const source = readFileSync(path, "utf8");
    for (const { kind, path: to } of transpiler.scanImports(source)) {
      if (!to.startsWith(".")) foreign.add(to);
      else if (kind === "import-statement") visit(join(path, "..", to));
    }
  };
  for (const name of ["open.ts", "read.ts", "snapshot.ts"])
    visit(join(import.meta.dir, "../../src/store", name));
  expect([...foreign].filter((name) => !name.startsWith("node:"))).toEqual(["bun:sqlite"]);
  expect([...seen].some((path) => /migrat|write|prepared|schema/.test(path))).toBe(false);
  expect(seen.size).toBeGreaterThan(5);
});

test("a run of a dispatch counts its attempts", () => {
  const store = newStore();
  const { runId } = dispatched(store, 1);
  record(store, RALLY, [{ layer: "run", id: runId, on: "interrupt" }]);
  const second = dispatched(store, 1, { dispatch: { id: 1 }, run: { ...RUN, role: "repair" } }).runId;
  expect(runRow(store, second)).toMatchObject({ attempt: 2, role: "repair" });
});
