import { asSentence } from "../domain/problem.ts";
import { isLive, LIVE_STATES } from "../domain/words.ts";
import { readExit } from "../process/detached.ts";
import { isBusy, isFull } from "../store/problems.ts";
import { runRow } from "../store/read.ts";
import { record } from "../store/record.ts";
import type { RunRow } from "../store/rows.ts";
import { getSetting, setSetting } from "../store/settings.ts";
import { write } from "../store/write.ts";
import type { World } from "../world.ts";
import { hasCell } from "./cell.ts";
import { failRun } from "./failed.ts";
import { runFiles } from "./paths.ts";

/** How often an end is tried, and how long the first pause is; each is twice as long as the one before. */
const TRIES = 5;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = FIRST_PAUSE_MS * 2 ** TRIES;

type Trouble = { readonly tries: number; readonly nextAt: number };

/** Whether the end of this run has gone wrong just now: it is left alone for a while. A jump of the clock ends the pause. */
export function isPausing(world: World, runId: number): boolean {
  const left = (troubleOf(world, runId)?.nextAt ?? 0) - world.now();
  return left > 0 && left <= LONGEST_PAUSE_MS;
}

/**
 * The end of a run went wrong in a way that nobody foresaw: journaled once, tried again after ever longer pauses, and
 * in the end given up. Then the run ends as `failed` (`end`) with what went wrong, and nothing of it is touched: no run
 * is shown at work for ever because Rally cannot read how it ended.
 */
export function endTroubled(world: World, row: RunRow, error: unknown): void {
  // That passes, and says nothing of this run: the next look ends it.
  if (isBusy(error) || isFull(error)) return;
  const now = runRow(world.store, row.id);
  if (!now || !isLive(now.state)) return;
  const message = world.redact(error instanceof Error ? error.message : String(error));
  const tries = (troubleOf(world, row.id)?.tries ?? 0) + 1;
  if (tries >= TRIES) {
    giveUp(world, now, message);
    return;
  }
  const at = world.now();
  write(world.store, "end troubled", () => {
    const trouble: Trouble = { tries, nextAt: at + FIRST_PAUSE_MS * 2 ** (tries - 1) };
    setSetting(world.store, key(row.id), JSON.stringify(trouble));
    if (tries === 1)
      record(world.store, { actor: "rally", at }, [
        { layer: "fact", event: "end_troubled", dispatchId: row.dispatchId, runId: row.id, why: message },
      ]);
  });
}

function giveUp(world: World, row: RunRow, message: string): void {
  const { dir } = runFiles(world.config.home, row.id);
  const commits = hasCell(world, row) ? ` What it committed is in ${dir}.` : "";
  failRun(world, row, {
    failure: "end",
    detail: asSentence(`Rally could not read how it ended: ${message}`) + commits,
    from: LIVE_STATES,
    set: { exitCode: readExit(dir) },
  });
}

function troubleOf(world: World, runId: number): Trouble | null {
  const kept = getSetting(world.store, key(runId));
  return kept === null ? null : (JSON.parse(kept) as Trouble);
}

function key(runId: number): string {
  return `end:${runId}`;
}
