import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { nextClock, startClock, witness } from "../domain/clock.ts";
import type { Life, LiveRun, Seen } from "../domain/plan.ts";
import { readExit, readStart } from "../process/detached.ts";
import { alive, type Identity } from "../process/identity.ts";
import { membersByMark } from "../process/members.ts";
import type { Row } from "../process/table.ts";
import { identityOfRun, parseIdentity } from "../runs/identity.ts";
import { endedFolder, marker, runFiles } from "../runs/paths.ts";
import { line } from "../store/line.ts";
import { heartbeat, type LiveRun as LiveRow } from "../store/read.ts";
import { homeId } from "../store/settings.ts";
import { stalledSince } from "../store/told.ts";
import type { World } from "../world.ts";
import type { Beat } from "./beat.ts";

/** Looks at these live runs: their process, exit record and log. Local, and nothing is changed. */
export function observe(world: World, beat: Beat, rows: readonly LiveRow[], endsOnly: boolean): Seen {
  const { config } = world;
  const clock = tickClock(world, beat);
  const ended = endedNames(config.home);
  const members = memo(() => membersByMark());
  return {
    clock,
    capacity: config.capacity,
    limits: {
      logQuietMs: config.limits.logQuietSeconds * 1000,
      runMs: config.limits.runMinutes * 60_000,
      silenceMs: config.limits.silenceMinutes * 60_000,
      stopGraceMs: config.limits.stopGraceSeconds * 1000,
    },
    runs: rows.map((row) => look(world, beat, row, clock.steady, ended.has(String(row.id)), members)),
    queued: endsOnly
      ? []
      : line(world.store).map((run) => ({ ...run, id: run.runId, interactive: run.role === "attached" })),
    endsOnly,
  };
}

function tickClock(world: World, beat: Beat) {
  const now = world.now();
  const steady = performance.now();
  beat.clock = beat.clock
    ? nextClock(beat.clock, now, steady)
    : startClock(now, steady, heartbeat(world.store)?.lastFastAt ?? null);
  return beat.clock;
}

function look(
  world: World,
  beat: Beat,
  row: LiveRow,
  steady: number,
  named: boolean,
  members: () => ReadonlyMap<string, readonly Row[]>,
): LiveRun {
  const files = runFiles(world.config.home, row.id);
  const recorded = identityOfRun(row) ?? readStart(files.dir);
  const exit = named || existsSync(join(files.dir, "exit")) ? readExit(files.dir) : undefined;
  const life = exit === undefined ? lifeOf(world, row, recorded, members) : "dead";
  const logMtime = mtime(files.log);
  const seen = witness(
    beat.witnesses.get(row.id) ?? null,
    { dead: life === "dead" || life === "none", logMtime },
    steady,
  );
  if (seen) beat.witnesses.set(row.id, seen);
  else beat.witnesses.delete(row.id);
  const starter = parseIdentity(row.starter);
  return {
    id: row.id,
    dispatchId: row.dispatchId,
    state: row.state === "starting" ? "starting" : "running",
    interactive: row.role === "attached",
    startedAt: row.startedAt,
    starter: starter ? alive(starter) : null,
    pidFile: recorded !== null || existsSync(join(files.dir, "pid")),
    process: life,
    exit,
    logMtime,
    deadSince: seen?.since ?? null,
    lastOutputAt: row.lastOutputAt,
    stallTold: isStallTold(world, row, logMtime),
    stopAt: row.stopAt,
  };
}

/** The wrapper by its identity; only where that is gone, whatever else carries the run's mark. */
function lifeOf(
  world: World,
  row: LiveRow,
  recorded: Identity | null,
  members: () => ReadonlyMap<string, readonly Row[]>,
): Life | "none" {
  const own = recorded ? alive(recorded) : "dead";
  if (own !== "dead") return own;
  const left = members().get(marker(homeId(world.store), row.id)) ?? [];
  if (left.length > 0) return "alive";
  return recorded ? "dead" : "none";
}

function isStallTold(world: World, row: LiveRow, logMtime: number | null): boolean {
  const last = Math.max(row.lastOutputAt ?? 0, logMtime ?? 0, row.startedAt ?? 0);
  const silenceMs = world.config.limits.silenceMinutes * 60_000;
  return world.now() - last >= silenceMs && stalledSince(world.store, row.id, last);
}

function endedNames(home: string): ReadonlySet<string> {
  try {
    return new Set(readdirSync(endedFolder(home)));
  } catch {
    return new Set();
  }
}

function mtime(path: string): number | null {
  try {
    return Math.floor(statSync(path).mtimeMs);
  } catch {
    return null;
  }
}

function memo<T>(make: () => T): () => T {
  let value: { readonly of: T } | null = null;
  return () => {
    value ??= { of: make() };
    return value.of;
  };
}
