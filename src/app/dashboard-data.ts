import { statSync } from "node:fs";
import { type Fleet, fleet } from "../domain/group.ts";
import type { Time } from "../domain/words.ts";
import { isLive } from "../domain/words.ts";
import { readPiece } from "../process/plain.ts";
import { runFiles } from "../runs/paths.ts";
import { dataVersion, heartbeat, lastCleaned, projects, runRow, strays } from "../store/read.ts";
import { snapshot } from "../store/snapshot.ts";
import type { World } from "../world.ts";
import { readable } from "./log-lines.ts";
import { limits } from "./status.ts";
import type { HeartbeatFacts, OrphanFacts } from "./status-json.ts";

const DAY_MS = 86_400_000;
/** The end of a log that is longer than a person would read. */
const TAIL_BYTES = 2 * 1024 * 1024;

export type ProjectChoice = {
  readonly id: number;
  /** `owner/repo`, or the name of a local project. */
  readonly title: string;
  readonly path: string;
  readonly local: boolean;
  readonly agent: string | null;
  /** Why GitHub could not be read when it was last asked. */
  readonly trouble: string | null;
};

/** All that the dashboard's first frame needs, read at one moment from the database alone. */
export type DashboardData = {
  readonly fleet: Fleet;
  readonly projects: readonly ProjectChoice[];
  readonly orphans: readonly OrphanFacts[];
  readonly heartbeat: HeartbeatFacts;
  /** What was cleaned last. */
  readonly undoable: { readonly id: number; readonly title: string } | null;
  /** Where people reach the status page; null where that is not configured (`web.base_url`). */
  readonly pageBase: string | null;
  readonly now: Time;
};

/** Without what has been done for more than a day, unless `all`. */
export function dashboardData(world: World, options: { readonly all: boolean }): DashboardData {
  const now = world.now();
  const views = snapshot(world.store, options.all ? {} : { doneSince: now - DAY_MS });
  const known = projects(world.store);
  const names = new Map(known.map((row) => [row.id, row.repo ?? row.name]));
  const orphans = strays(world.store)
    .filter((stray) => stray.orphan)
    .map(({ projectId, worktree, branch, dirty, unpushed }) => ({
      project: names.get(projectId) ?? "?",
      worktree,
      branch,
      dirty,
      unpushed,
    }));
  const beat = heartbeat(world.store);
  const held = beat !== null && beat.holder !== null && beat.until > now;
  return {
    fleet: fleet(views, orphans.length, now, limits(world)),
    projects: known.map((row) => ({
      id: row.id,
      title: row.repo ?? row.name,
      path: row.path,
      local: row.repo === null,
      agent: row.agent,
      trouble: row.slowError,
    })),
    orphans,
    heartbeat: {
      holder: held ? beat.holder : null,
      lastFastAt: beat?.lastFastAt ?? null,
      lastSlowAt: beat?.lastSlowAt ?? null,
    },
    undoable: lastCleaned(world.store),
    pageBase: world.config.web.baseUrl,
    now,
  };
}

/** Another number than before: another process has changed the database. Costs nothing. */
export function dataStamp(world: World): number {
  return dataVersion(world.store);
}

/** Whether the heartbeat must be looked at here: something is live or waits, and nobody holds the lease. */
export function unwatched(data: DashboardData): boolean {
  const busy = data.fleet.rows.some(
    ({ view }) => view.queued !== null || (view.run !== null && isLive(view.run.state)),
  );
  return busy && data.heartbeat.holder === null;
}

export type Tail = {
  readonly lines: readonly string[];
  /** Bytes; where the next one begins. */
  readonly end: number;
  /** The beginning was left out, because there is too much. */
  readonly cut: boolean;
};

/** What a run's log says from `offset` on, for people; whole lines only while the run is live. */
export function tailOf(world: World, runId: number, offset: number): Tail {
  const path = runFiles(world.config.home, runId).log;
  const nothing = { lines: [], end: offset, cut: false };
  // This is asked again and again: the file's size first, and nothing else where it has not grown.
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  const run = size <= offset ? null : runRow(world.store, runId);
  if (!run) return nothing;
  const start = Math.max(offset, size - TAIL_BYTES);
  const bytes = readPiece(path, start, size - start);
  const whole = bytes.lastIndexOf(10) + 1 || (isLive(run.state) ? 0 : bytes.length);
  if (whole === 0) return nothing;
  const lines = readable(world.redact(bytes.subarray(0, whole).toString("utf8"))).split("\n");
  if (lines.at(-1) === "") lines.pop();
  return { lines, end: start + whole, cut: start > offset };
}
