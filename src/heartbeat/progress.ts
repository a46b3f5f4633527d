import { statSync } from "node:fs";
import { agentNamed } from "../agents/registry.ts";
import type { Reading } from "../domain/outcome.ts";
import { runFiles } from "../runs/paths.ts";
import type { LiveRun } from "../store/read.ts";
import { setRun } from "../store/record.ts";
import { write } from "../store/write.ts";
import type { World } from "../world.ts";
import type { Beat } from "./beat.ts";
import { type LogTail, newTail, readOn } from "./tail.ts";

/**
 * Reads what live agents wrote since the last tick into their rows: last output, last tool, last words, tokens. `logs`
 * are the sizes of their logs now.
 */
export function readProgress(
  world: World,
  beat: Beat,
  runs: readonly LiveRun[],
  logs: ReadonlyMap<number, number>,
): void {
  const rows = runs.filter((row) => row.state === "running" && row.role !== "attached");
  const changed = rows.flatMap((row) => {
    const path = runFiles(world.config.home, row.id).log;
    const tail = tailOf(world, beat, row);
    if ((logs.get(row.id) ?? 0) <= tail.offset || !readOn(tail, path)) return [];
    return [
      {
        id: row.id,
        set: { ...columns(redacted(world, tail.feed.reading())), lastOutputAt: mtimeOf(path, world.now()) },
      },
    ];
  });
  if (changed.length === 0) return;
  write(world.store, "progress", () => {
    for (const { id, set } of changed) setRun(world.store, id, set);
  });
}

/** The whole log of a run that has ended, read to its last byte. */
export function finishTail(
  world: World,
  beat: Beat,
  run: { readonly id: number; readonly agent: string },
): Reading {
  const tail = tailOf(world, beat, run);
  readOn(tail, runFiles(world.config.home, run.id).log, world.config.limits.logMaxMb * 1024 * 1024);
  beat.tails.delete(run.id);
  beat.witnesses.delete(run.id);
  beat.inboxes.delete(run.id);
  return redacted(world, tail.feed.finished());
}

/** An agent says what it read, tokens included: none of it reaches the database or a screen. */
function redacted(world: World, reading: Reading): Reading {
  const clean = (text: string | null) => (text === null ? null : world.redact(text));
  return {
    ...reading,
    tool: clean(reading.tool),
    words: clean(reading.words),
    denials: reading.denials.map(world.redact),
    failure: reading.failure && { ...reading.failure, message: world.redact(reading.failure.message) },
  };
}

function columns(reading: Reading) {
  return {
    tool: reading.tool,
    words: reading.words,
    inputTokens: reading.inputTokens,
    outputTokens: reading.outputTokens,
    costUsd: reading.costUsd,
    denials: reading.denials.length > 0 ? reading.denials.join("\n") : null,
    ...(reading.session ? { session: reading.session } : {}),
  };
}

function tailOf(world: World, beat: Beat, run: { readonly id: number; readonly agent: string }): LogTail {
  const known = beat.tails.get(run.id);
  if (known) return known;
  const tail = newTail(agentNamed(run.agent, world.config));
  beat.tails.set(run.id, tail);
  return tail;
}

export function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch {
    return 0;
  }
}

function mtimeOf(path: string, now: number): number {
  try {
    return Math.min(now, Math.floor(statSync(path).mtimeMs));
  } catch {
    return now;
  }
}
