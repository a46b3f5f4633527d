import { afterEach, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { appendFileSync, existsSync, mkdirSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { handle } from "../../src/app/handle.ts";
import { armBoundaries } from "../../src/boundary.ts";
import { COMMANDS } from "../../src/domain/commands.ts";
import { newBeat } from "../../src/heartbeat/beat.ts";
import { observe } from "../../src/heartbeat/observe.ts";
import { fastTick } from "../../src/heartbeat/tick.ts";
import { readInbox } from "../../src/runs/inbox.ts";
import { runFiles } from "../../src/runs/paths.ts";
import { history, lastJournalId, liveRuns } from "../../src/store/read.ts";
import { snapshot } from "../../src/store/snapshot.ts";
import { makeWorld } from "../../src/wiring/world.ts";
import { rally } from "../e2e/rally.ts";
import { type Bench, bench, textOf } from "./bench.ts";

setDefaultTimeout(90_000);

let it: Bench;
beforeEach(async () => {
  it = await bench({ capacity: "2" });
  await it.type(["onboard", "."]);
});
afterEach(() => it.close());

const FROM = { actor: "cli:ana", surface: "cli", cwd: "", asker: null } as const;
const one = () => snapshot(it.world.store)[0];
const logOf = (run: number) => statSync(runFiles(it.world.config.home, run).log).mtimeMs;

/** A heartbeat that has just come up at that time, and looks once. */
const tickAt = (now: number) => fastTick({ ...it.world, now: () => Math.floor(now) }, newBeat());

/** The agent and its wrapper, gone without a word. */
function killed(): void {
  for (const { pid } of liveRuns(it.world.store)) if (pid !== null) process.kill(-pid, "SIGKILL");
}

describe("how a session ends", () => {
  test("invariants 6 and 13: a killed agent's run ends 30 s after its last word, and not a millisecond before", async () => {
    await it.type(["dispatch", "42", "--model", "hang"]);
    await it.until(() => statSync(runFiles(it.at.home, 1).log).size > 0 && one()?.run?.state === "running");
    killed();
    const isDead = () =>
      observe(it.world, newBeat(), liveRuns(it.world.store), true).runs.every(
        (run) => run.process === "dead",
      );
    for (let tries = 0; !isDead() && tries < 500; tries += 1) await Bun.sleep(10);
    const quietSince = Math.floor(logOf(1));
    await tickAt(quietSince + 29_999);
    expect(one()).toMatchObject({ status: "implementing", run: { state: "running" } });
    await tickAt(quietSince + 30_000);
    expect(one()).toMatchObject({ status: "reviewing", outcome: "lost", run: { state: "lost" } });
  });

  test("invariant 7: a live one is never ended by its silence, only told of", async () => {
    await it.type(["dispatch", "42", "--model", "hang"]);
    await it.until(() => one()?.run?.state === "running");
    await tickAt(Date.now() + 40 * 60_000);
    expect(one()).toMatchObject({ status: "implementing", run: { state: "running" } });
    expect(liveRuns(it.world.store).length).toBe(1);
    await it.type(["stop", "1"]);
    expect(one()).toMatchObject({ outcome: "interrupted" });
  });
});

describe("facts", () => {
  test("invariant 10: what was seen once is journaled once, however often it is looked at", async () => {
    await it.type(["dispatch", "42", "--wait"]);
    await it.type(["pr", "1"]);
    it.sh("github merge acme/app 46");
    await it.type(["refresh"]);
    const before = lastJournalId(it.world.store);
    for (let n = 0; n < 3; n += 1) {
      await it.type(["refresh"]);
      await it.type(["show", "1"]);
      await it.type(["status"]);
    }
    expect(lastJournalId(it.world.store)).toBe(before);
  });

  test("invariant 11: reviewing and upstream stay, whatever GitHub says", async () => {
    await it.type(["dispatch", "42", "43", "--wait"]);
    await it.type(["pr", "1"]);
    await it.type(["pr", "2"]);
    await it.type(["upstream", "2"]);
    it.sh("github close acme/app 46; github merge acme/app 47; github close acme/app 43");
    await it.type(["refresh"]);
    expect(snapshot(it.world.store).map((view) => view.status)).toEqual(["reviewing", "upstream"]);
  });

  test("invariant 10: two processes that read an inbox at the same moment take each line in once", async () => {
    await it.type(["dispatch", "42", "--model", "hang"]);
    await it.until(() => one()?.run?.state === "running");
    const [run] = liveRuns(it.world.store);
    if (!run) throw new Error("nothing runs");
    const { inbox } = runFiles(it.world.config.home, run.id);
    const before = readInbox(it.world, run);
    appendFileSync(inbox, "stage coding\nstage pr_testing\n");
    const other = makeWorld(it.world.config);
    let readTo = 0;
    armBoundaries((name) => {
      if (name !== "store:inbox:before" || readTo > 0) return;
      readTo = 1;
      appendFileSync(inbox, "stage closeout\n");
      readTo = readInbox(other, run);
    });
    try {
      expect(readInbox(it.world, run)).toBe(readTo);
      expect(readTo).toBe(before + "stage coding\nstage pr_testing\nstage closeout\n".length);
    } finally {
      armBoundaries(null);
      other.store.close();
    }
    const said = history(it.world.store, { dispatchId: 1, limit: 100 }).filter(
      ({ event, to }) => event === "stage" && to !== "setup",
    );
    expect(said.map(({ to }) => to)).toEqual(["coding", "pr_testing", "closeout"]);
    await it.type(["stop", "1"]);
  });

  test("invariant 14: no stage that an agent declares moves anything but its label", async () => {
    await it.type(["dispatch", "42", "--model", "hang"]);
    await it.until(() => one()?.run?.stage?.name === "setup");
    const cwd = join(it.at.repo, ".worktrees/rally-42");
    const { status, outcome } = one() ?? {};
    for (const phase of ["pr_testing", "closeout", "coding"]) {
      expect((await rally(it.at, ["declare-stage", phase], { cwd })).exit).toBe(0);
      expect(one()).toMatchObject({ status, outcome, run: { state: "running", stage: { name: phase } } });
    }
    for (const phase of ["reviewing", "done"])
      expect((await rally(it.at, ["declare-stage", phase], { cwd })).exit).toBe(2);
    await it.type(["stop", "1"]);
    const before = lastJournalId(it.world.store);
    expect(await rally(it.at, ["declare-stage", "coding"], { cwd })).toEqual({ out: "", err: "", exit: 0 });
    expect(lastJournalId(it.world.store)).toBe(before);
  });
});

test("invariant 5: six processes that dispatch at once keep to the capacity", async () => {
  const words = [1, 2, 3, 4, 5, 6].map((n) => ["dispatch", "task", `number ${n}`, "--model", "hang"]);
  const said = await Promise.all(words.map((line) => rally(it.at, line)));
  expect(said.map((each) => each.exit)).toEqual([0, 0, 0, 0, 0, 0]);
  const agents = () =>
    it.sh(`ps -eo args= | grep -o '${it.at.home}/runs/[0-9]*/scripted.sh hang' | sort -u | wc -l`);
  await it.until(() => liveRuns(it.world.store).length === 2);
  expect(snapshot(it.world.store).filter((view) => view.queued).length).toBe(4);
  expect(Number(agents())).toBe(2);
  await it.type(["stop", String(liveRuns(it.world.store)[0]?.dispatchId)]);
  await it.until(() => liveRuns(it.world.store).length === 2);
});

test("a clock that was set back holds up nobody in the line: who was admitted first goes first", async () => {
  const at = Date.now();
  for (const [n, back] of [0, 0, 5_000, 10_000, 15_000].entries())
    await handle(
      { ...it.world, now: () => at - back },
      ["dispatch", "task", `number ${n}`, "--model", "hang"],
      FROM,
    );
  for (const [first, second] of [
    [1, 2],
    [2, 3],
    [3, 4],
  ]) {
    await it.until(() => liveRuns(it.world.store).length === 2);
    expect(liveRuns(it.world.store).map((run) => run.dispatchId)).toEqual([first ?? 0, second ?? 0]);
    await it.type(["stop", String(first)]);
  }
});

describe("cleaning", () => {
  test("invariant 30: a live run, changes and commits of its own stay; forced, they are kept in the archive", async () => {
    await it.type(["dispatch", "42", "--model", "hang"]);
    expect((await it.refused(["clean", "1", "--yes", "--force"])).message).toContain("at work");
    await it.type(["stop", "1"]);
    it.sh(
      "cd .worktrees/rally-42; echo kept >commit.txt; git add .; git commit -qm kept; echo too >dirty.txt; echo x >>README.md",
    );
    expect((await it.refused(["clean", "1", "--yes"])).message).toMatch(/1 commit .*uncommitted.*untracked/);
    await it.type(["clean", "1", "--yes", "--force"]);
    expect(existsSync(join(it.at.repo, ".worktrees/rally-42"))).toBe(false);
    const ref = it.sh("git for-each-ref --format='%(refname)' refs/rally/archive/1/");
    expect(it.sh(`git show ${ref}:dirty.txt ${ref}:commit.txt`)).toBe("too\nkept");
    await it.type(["undo", "1"]);
    expect(it.sh("cd .worktrees/rally-42; cat dirty.txt commit.txt; git status --short")).toBe(
      "too\nkept\n M README.md\n?? dirty.txt",
    );
  });

  test("invariant 31: --orphaned takes ours without a record, and nothing of anybody else's", async () => {
    const root = join(it.at.repo, ".worktrees");
    await it.type(["dispatch", "42", "--wait"]);
    it.sh(`git worktree add -q -b rally/7-x .worktrees/rally-7
      git worktree add -q -b mine .worktrees/mine
      git worktree add -q -b rally/8-x .worktrees/rally-8; echo work >.worktrees/rally-8/work.txt
      git worktree add -q -b rally/9-x $TOP/elsewhere`);
    mkdirSync(join(root, "rally-10"));
    symlinkSync(join(it.at.dir, "elsewhere"), join(root, "rally-9"));
    const dry = textOf(await it.type(["clean", "--orphaned", "--dry-run"]));
    expect(dry).toContain("rally-7");
    const reply = await it.type(["clean", "--orphaned", "--yes"]);
    expect((reply.json as { removed: string[] }).removed).toEqual([join(root, "rally-7")]);
    for (const path of [
      "rally-42/NOTES.md",
      "mine/README.md",
      "rally-8/work.txt",
      "rally-9/README.md",
      "rally-10",
      "../README.md",
      "../.git",
    ])
      expect([path, existsSync(join(root, path))]).toEqual([path, true]);
    expect(it.sh("git branch --list rally/7-x")).toBe("");
  });
});

test("invariant 35: a person is one name, whichever surface they are at, and what they did says which", async () => {
  const dashboard = { actor: "tui:ana", surface: "palette", cwd: it.at.repo, asker: null } as const;
  for (const env of [{}, { USER: "", LOGNAME: "ana" }])
    expect((await rally(it.at, ["dispatch", "task", "one", "--model", "hang"], { env })).exit).toBe(0);
  await handle(it.world, "stop 1", dashboard);
  await handle(it.world, "upstream 1", dashboard);
  await rally(it.at, ["stop", "2"]);
  const actors = new Set(history(it.world.store, { limit: 500 }).map((row) => row.actor));
  const people = [...actors].filter((actor) => actor !== "rally" && !actor.startsWith("agent:"));
  expect(people.sort()).toEqual(["cli:ana", "tui:ana"]);
  expect(snapshot(it.world.store).map((view) => view.run?.stopBy)).toEqual(["tui:ana", "cli:ana"]);
});

/** What brings something in, what takes it out again, and what shows it. */
const WAYS = [
  ["onboard", "offboard", "projects"],
  ["dispatch", "clean", "status"],
  ["dispatch issue", "clean", "status"],
  ["dispatch pr", "clean", "status"],
  ["dispatch task", "clean", "status"],
  ["continue", "stop", "log"],
  ["retry", "stop", "log"],
  ["attach", "stop", "sessions"],
  ["upstream", "resume", "status"],
  ["clean", "undo", "history"],
  ["ask", "answer", "status"],
  ["up", "down", "status"],
  ["config set", "config set", "config"],
] as const;

test("invariant 36: every way in has the way out and the way to see it, on every surface", () => {
  const find = (name: string) => {
    const found = COMMANDS.find((command) => command.name === name);
    if (!found) throw new Error(`there is no command ${name}`);
    return found;
  };
  for (const [into, out, see] of WAYS)
    for (const surface of find(into).surfaces)
      expect([
        into,
        surface,
        find(out).surfaces.includes(surface),
        find(see).surfaces.includes(surface),
      ]).toEqual([into, surface, true, true]);
});
