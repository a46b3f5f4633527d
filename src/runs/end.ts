import { statSync } from "node:fs";
import { join } from "node:path";
import { isSessionLost } from "../agents/session.ts";
import { type Ended, outcome, type Reading } from "../domain/outcome.ts";
import type { EndReason } from "../domain/plan.ts";
import { type Failure, isLive } from "../domain/words.ts";
import { readExit } from "../process/detached.ts";
import type { LeftStopped } from "../process/sweep-all.ts";
import { admit } from "../store/admit.ts";
import { admitKept } from "../store/kept.ts";
import { runRow, runsOf } from "../store/read.ts";
import { type Change, record, setDispatch } from "../store/record.ts";
import type { RunRow } from "../store/rows.ts";
import { openQuestion } from "../store/snapshot.ts";
import { write } from "../store/write.ts";
import type { World } from "../world.ts";
import { bringCommitsHome, hasCell } from "./cell.ts";
import { newGroup } from "./group.ts";
import { readInbox } from "./inbox.ts";
import { stopLeftovers } from "./left.ts";
import { runFiles } from "./paths.ts";
import { setupFailure } from "./setup.ts";
import { markRunning } from "./started.ts";
import { endTroubled, isPausing } from "./trouble.ts";
import { inTurn } from "./turn.ts";
import { claimUnstarted } from "./unstarted.ts";
import { type HeadsOf, headsOf, type Work, workOf } from "./work.ts";

type EndAction = { readonly do: "end_run"; readonly runId: number; readonly because: EndReason };

type Options = {
  readonly until: number;
  readonly reading: (run: RunRow) => Reading;
  readonly done: (action: EndAction) => void;
  readonly failed: (action: EndAction, error: unknown) => void;
};

/**
 * Ends runs whose session has ended. What they left alive is stopped first; what they did is brought home and looked
 * at; then run and dispatch change in one transaction a run, so that one bad run stops nobody. Repeatable: a run that
 * has been ended meanwhile is passed over.
 */
export async function endRuns(world: World, ends: readonly EndAction[], options: Options): Promise<void> {
  if (ends.length === 0) return;
  const rows = ends.flatMap((action) => {
    const row = runRow(world.store, action.runId);
    return row && isLive(row.state) && !isPausing(world, row.id) ? [{ action, row }] : [];
  });
  const waitMs = options.until - performance.now();
  const left = stopLeftovers(
    world,
    rows.map(({ row }) => row),
    waitMs,
  );
  const heads = headsOf();
  const failed = (end: End, error: unknown) => troubled(world, end, error, options.failed);
  const group = newGroup<End>(world.store, "end run", { done: ({ action }) => options.done(action), failed });
  // Those that have left something come last: the others need not wait for it.
  const waiting = rows.sort((a, b) => Number(left.has(a.row)) - Number(left.has(b.row))).values();
  let begun = false;
  const worker = async () => {
    for (const end of waiting) {
      const { action, row } = end;
      // One at least: who has no time for any would never end it.
      if (begun && performance.now() > options.until) return;
      begun = true;
      try {
        if (action.because === "never_started" && !claimUnstarted(world, row)) continue;
        const stopped = await left.stopped(row);
        // What it has left may still end by itself: the next look decides.
        if (stopped === "later") continue;
        const seen = { reading: options.reading(row), left: stopped, heads };
        await endRun(world, row, seen, (settle) => group.add(end, settle));
      } catch (error) {
        failed(end, error);
      }
    }
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, worker));
  group.settle();
}

type End = { readonly action: EndAction; readonly row: RunRow };

function troubled(world: World, { action, row }: End, error: unknown, tell: Options["failed"]): void {
  tell(action, error);
  try {
    endTroubled(world, row, error);
  } catch (worse) {
    tell(action, worse);
  }
}

/** While git looks at one worktree, others can be ended. */
const SIDE_BY_SIDE = 4;

type Seen = { readonly reading: Reading; readonly left: LeftStopped | null; readonly heads: HeadsOf };

/** Behind walls a run's commits are brought home by one process alone; where another is at it, that one ends the run. */
async function endRun(world: World, row: RunRow, seen: Seen, add: (settle: () => void) => void) {
  if (!hasCell(world, row)) return add(await finish(world, row, seen, null));
  await inTurn(world, `end:${row.id}`, async () => {
    const now = runRow(world.store, row.id);
    // Not in a group: it must be settled before the turn is over.
    if (now && isLive(now.state)) (await finish(world, now, seen, await bringCommitsHome(world, now)))();
    add(() => undefined);
  });
}

/** Looks at what a run has left; gives what settles it, in one transaction. */
async function finish(world: World, row: RunRow, seen: Seen, unbrought: string | null): Promise<() => void> {
  // Its starter may have died before it could write down that it had started.
  if (row.state === "starting") markRunning(world, row.id);
  readInbox(world, row);
  const work = await workOf(world, row, seen.heads);
  return () => {
    const exitCode = readExit(runFiles(world.config.home, row.id).dir);
    const ended = endOf(world, row, seen, { ...work, unbrought, exitCode });
    commit(world, row, seen, { ended, exitCode, headAfter: work.headAfter });
  };
}

type LeftBehind = Work & { readonly unbrought: string | null; readonly exitCode: number | null };

/** Asked in the moment that it is settled: a question may have come meanwhile. */
function endOf(world: World, row: RunRow, seen: Seen, work: LeftBehind): Ended {
  const { unbrought, exitCode } = work;
  const { dir } = runFiles(world.config.home, row.id);
  const trouble = unbrought ?? (row.stopBy === null ? (work.trouble ?? null) : null);
  if (trouble !== null) return failed("agent", trouble);
  const asked = row.stopBy !== null || row.limit !== null;
  const unprepared = asked ? null : setupFailure(dir, exitCode);
  if (unprepared !== null) return failed("start", unprepared);
  return outcome({
    kind: work.kind,
    stopBy: row.stopBy,
    limit: row.limit ?? null,
    exitCode,
    reading: seen.reading,
    questionOpen: openQuestion(world.store, row.dispatchId) !== null,
    hasWork: work.hasWork,
    attached: row.role === "attached",
    earlier: row.role === "attached" ? earlierOf(world, row) : null,
  });
}

/** How the dispatch's last run before this one ended: an attached run may leave it at that. */
function earlierOf(world: World, row: RunRow) {
  const before = runsOf(world.store, row.dispatchId).findLast(
    (run) => run.id < row.id && run.outcome !== null,
  );
  if (!before?.outcome) return null;
  const { outcome: was, failure, detail, stopBy } = before;
  return { outcome: was, failure, detail, stopBy };
}

function failed(failure: Failure, detail: string): Ended {
  return { state: "failed", outcome: "failed", failure, detail };
}

type Result = { readonly ended: Ended; readonly exitCode: number | null; readonly headAfter: string | null };

function commit(world: World, row: RunRow, seen: Seen, { ended, exitCode, headAfter }: Result): void {
  const at = world.now();
  const { reading } = seen;
  const files = runFiles(world.config.home, row.id);
  const changes: Change[] = [
    {
      layer: "run",
      id: row.id,
      on: eventOf(ended),
      set: {
        exitCode,
        // It may have been noticed long after.
        endedAt: Math.min(lastWrite(join(files.dir, "exit")) ?? at, at),
        outcome: ended.outcome,
        failure: ended.failure,
        detail: ended.detail,
        headAfter,
        tool: reading.tool,
        words: reading.words,
        inputTokens: reading.inputTokens,
        outputTokens: reading.outputTokens,
        costUsd: reading.costUsd,
        denials: reading.denials.join("\n") || null,
        // A person left what another had stopped as it was: that one is still who stopped it.
        ...(ended.outcome === "interrupted" ? { stopBy: row.stopBy ?? earlierOf(world, row)?.stopBy } : {}),
        lastOutputAt: lastWrite(files.log) ?? row.lastOutputAt,
        ...(reading.session ? { session: reading.session } : {}),
      },
      ...(ended.detail === null ? {} : { why: ended.detail }),
      data: leftData(seen.left),
    },
    {
      layer: "dispatch",
      id: row.dispatchId,
      on: "session_ended",
      set: {
        outcome: ended.outcome,
        failure: ended.failure,
        outcomeDetail: ended.detail,
        outcomeAt: at,
        ...(reading.session ? { session: reading.session } : {}),
      },
      data: { outcome: ended.outcome, failure: ended.failure, run: row.id },
      ...(ended.detail === null ? {} : { why: ended.detail }),
    },
  ];
  write(world.store, "end run", () => {
    record(world.store, { actor: "rally", at }, changes);
    // Whoever stopped it wants nobody at work: what is kept is told when a person has it go on.
    if (row.stopBy !== null) return;
    if (row.resume && isSessionLost(reading)) admitFallback(world, row);
    else admitKept(world.store, { actor: "rally", at }, row.dispatchId);
  });
}

/** Its session is gone: a new one is told what was done and what this one was to be told (agents.md, "Sessions"). */
function admitFallback(world: World, row: RunRow): void {
  setDispatch(world.store, row.dispatchId, { session: null });
  admit(world.store, {
    actor: "rally",
    at: world.now(),
    dispatch: { id: row.dispatchId, on: "run_again" },
    run: { role: row.role, agent: row.agent, message: row.message, resume: true, session: null, priority: 0 },
  });
}

function eventOf(ended: Ended): "exit" | "fail" | "interrupt" | "lose" {
  if (ended.state === "failed") return "fail";
  if (ended.state === "interrupted") return "interrupt";
  return ended.state === "lost" ? "lose" : "exit";
}

function lastWrite(path: string): number | null {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat && stat.size > 0 ? Math.floor(stat.mtimeMs) : null;
}

function leftData(left: LeftStopped | null): Record<string, unknown> {
  return left && left.found.length > 0 ? { left_alive: left.found.map((member) => member.command) } : {};
}
