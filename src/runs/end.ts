import { statSync } from "node:fs";
import { join } from "node:path";
import { isSessionLost } from "../agents/session.ts";
import { type Ended, outcome, type Reading } from "../domain/outcome.ts";
import type { EndReason } from "../domain/plan.ts";
import { type Failure, isLive } from "../domain/words.ts";
import { readExit, readStart } from "../process/detached.ts";
import { type LeftStopped, leftAlive, stopLeft } from "../process/sweep-all.ts";
import { admit } from "../store/admit.ts";
import { admitKept } from "../store/kept.ts";
import { runRow } from "../store/read.ts";
import { type Change, record, setDispatch } from "../store/record.ts";
import type { RunRow } from "../store/rows.ts";
import { homeId } from "../store/settings.ts";
import { openQuestion } from "../store/snapshot.ts";
import { write } from "../store/write.ts";
import type { World } from "../world.ts";
import { bringCommitsHome, hasCell } from "./cell.ts";
import { identityOfRun } from "./identity.ts";
import { readInbox } from "./inbox.ts";
import { marker, runFiles } from "./paths.ts";
import { setupFailure } from "./setup.ts";
import { markRunning } from "./started.ts";
import { inTurn } from "./turn.ts";
import { claimUnstarted } from "./unstarted.ts";
import { type HeadsOf, headsOf, workOf } from "./work.ts";

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
    return row && isLive(row.state) ? [{ action, row }] : [];
  });
  const left = leftAlive(rows.map(({ row }) => subject(world, row)));
  const stopping = stopLeft(left, Math.min(LEFT_GRACE_MS, Math.max(0, options.until - performance.now())));
  // Nobody waits for it where the time is over before.
  stopping.catch(() => undefined);
  const marks = new Set(left.map((one) => one.marker));
  const isLeft = ({ row }: (typeof rows)[number]) => marks.has(markerOf(world, row));
  const heads = headsOf();
  // Those that have left something come last: the others need not wait for it.
  const waiting = [...rows.filter((one) => !isLeft(one)), ...rows.filter(isLeft)].values();
  const worker = async () => {
    for (const each of waiting) {
      const { action, row } = each;
      if (performance.now() > options.until) return;
      try {
        if (action.because === "never_started" && !claimUnstarted(world, row)) continue;
        const stopped = isLeft(each) ? ((await stopping).get(markerOf(world, row)) ?? null) : null;
        // What it has left may still end by itself: the next look decides.
        if (isLeft(each) && stopped === null) continue;
        await endRun(world, row, { reading: options.reading(row), left: stopped, heads });
        options.done(action);
      } catch (error) {
        options.failed(action, error);
      }
    }
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, worker));
}

/** While git looks at one worktree, others can be ended. */
const SIDE_BY_SIDE = 4;

/** What a process that outlives its run's own gets to end by itself, where nobody has asked it before. */
const LEFT_GRACE_MS = 2_000;

function subject(world: World, row: RunRow) {
  const identity = identityOfRun(row) ?? readStart(runFiles(world.config.home, row.id).dir);
  const exit = statSync(join(runFiles(world.config.home, row.id).dir, "exit"), { throwIfNoEntry: false });
  const endedAt = exit?.mtimeMs ?? null;
  const stopMs = world.config.limits.stopGraceSeconds * 1000;
  const [since, mostMs] = row.stopAt === null ? [endedAt ?? 0, LEFT_GRACE_MS] : [row.stopAt, stopMs];
  return {
    identity,
    marker: markerOf(world, row),
    endedAt,
    graceMs: Math.min(mostMs, Math.max(0, since + mostMs - world.now())),
    wasAsked: row.stopAt !== null,
  };
}

function markerOf(world: World, row: RunRow): string {
  return marker(homeId(world.store), row.id);
}

type Seen = { readonly reading: Reading; readonly left: LeftStopped | null; readonly heads: HeadsOf };

/** Behind walls a run's commits are brought home by one process alone; where another is at it, that one ends the run. */
async function endRun(world: World, row: RunRow, seen: Seen): Promise<void> {
  if (!hasCell(world, row)) return finish(world, row, seen);
  await inTurn(world, `end:${row.id}`, async () => {
    const now = runRow(world.store, row.id);
    if (now && isLive(now.state)) await finish(world, now, seen);
  });
}

async function finish(world: World, row: RunRow, seen: Seen): Promise<void> {
  const files = runFiles(world.config.home, row.id);
  // Its starter may have died before it could write down that it had started.
  markRunning(world, row.id);
  readInbox(world, row);
  const unbrought = await bringCommitsHome(world, row);
  const work = await workOf(world, row, seen.heads);
  const trouble = unbrought ?? (row.stopBy === null ? (work.trouble ?? null) : null);
  const exitCode = readExit(files.dir);
  const asked = row.stopBy !== null || row.limit !== null;
  const unprepared = asked ? null : setupFailure(files.dir, exitCode);
  const ended = outcome({
    kind: work.kind,
    stopBy: row.stopBy,
    limit: row.limit ?? null,
    exitCode,
    reading: seen.reading,
    questionOpen: openQuestion(world.store, row.dispatchId) !== null,
    hasWork: work.hasWork,
    attached: row.role === "attached",
  });
  commit(
    world,
    row,
    seen,
    trouble !== null ? failed("agent", trouble) : unprepared !== null ? failed("start", unprepared) : ended,
    work.headAfter,
  );
}

function failed(failure: Failure, detail: string): Ended {
  return { state: "failed", outcome: "failed", failure, detail };
}

function commit(world: World, row: RunRow, seen: Seen, ended: Ended, headAfter: string | null): void {
  const at = world.now();
  const { reading } = seen;
  const files = runFiles(world.config.home, row.id);
  const changes: Change[] = [
    {
      layer: "run",
      id: row.id,
      on: eventOf(ended),
      set: {
        exitCode: readExit(files.dir),
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
