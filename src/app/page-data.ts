import { type Shown, shown } from "../domain/group.ts";
import type { DispatchView } from "../domain/view.ts";
import type { Time } from "../domain/words.ts";
import { heartbeatHolder } from "../runs/holder.ts";
import { dayRows } from "../store/day.ts";
import {
  heartbeat,
  history,
  type JournalRow,
  lastJournalId,
  projects,
  runsOf,
  since,
} from "../store/read.ts";
import type { ProjectRow, RunRow } from "../store/rows.ts";
import { dispatchView } from "../store/snapshot.ts";
import type { World } from "../world.ts";
import { DAY_MS, type Day, dayOf } from "./day.ts";
import { cleanView, cleanViews, deepClean } from "./page-clean.ts";
import { showReply } from "./show-lines.ts";
import { limits, statusNow } from "./status.ts";
import { type HeartbeatFacts, statusJson } from "./status-json.ts";
import type { StatusReplyInput } from "./status-lines.ts";

/** Everything that the status page shows, read without writing or observing anything, and without secrets. */
export type FleetData = {
  readonly status: StatusReplyInput;
  readonly day: Day;
  /** The project that it is narrowed to. */
  readonly project: ProjectRow | null;
};

export function fleetData(
  world: World,
  options: { readonly all: boolean; readonly project?: ProjectRow | null },
): FleetData {
  const project = options.project ?? null;
  const clean = (views: readonly DispatchView[]) => cleanViews(views, world.redact);
  const status = statusNow(world, { all: options.all, only: project, clean });
  const rows = dayRows(world.store, status.now - DAY_MS);
  const views = status.fleet.rows.map((row) => row.view);
  const day = dayOf(rows, views, status.now, (id) => project === null || id === project.id);
  return { status, day, project: project && deepClean(project, world.redact) };
}

/** What `rally status --json` prints, without secrets. */
export function statusData(world: World, all: boolean) {
  return statusJson(statusNow(world, { all, clean: (views) => cleanViews(views, world.redact) }));
}

/** By `owner/repo`, or a local project by its number. */
export function projectAt(world: World, path: string): ProjectRow | null {
  const all = projects(world.store);
  const wanted = path.toLowerCase();
  const named = all.find((row) => row.repo?.toLowerCase() === wanted);
  return named ?? all.find((row) => row.repo === null && String(row.id) === path) ?? null;
}

export type DispatchData = {
  readonly row: Shown;
  readonly projectId: number;
  /** Which rule of the display won, and why. */
  readonly rule: { readonly number: number; readonly why: string };
  readonly runs: readonly RunRow[];
  readonly journal: readonly JournalRow[];
  readonly now: Time;
};

const JOURNAL_ROWS = 300;

export function dispatchData(world: World, id: number): DispatchData | null {
  const view = dispatchView(world.store, id);
  if (!view) return null;
  const now = world.now();
  const row = shown(cleanView(view, world.redact), now, limits(world));
  const { rule } = showReply(row, now).json as { readonly rule: DispatchData["rule"] };
  return {
    row,
    projectId: view.projectId,
    rule,
    runs: runsOf(world.store, id).map((run) => deepClean(run, world.redact)),
    journal: history(world.store, { dispatchId: id, limit: JOURNAL_ROWS }).map((entry) =>
      deepClean(entry, world.redact),
    ),
    now,
  };
}

/** What `rally show --json` prints, and the journal of it. */
export function dispatchJsonOf(data: DispatchData): Record<string, unknown> {
  const shownJson = showReply(data.row, data.now).json as Record<string, unknown>;
  return { ...shownJson, journal: data.journal.map(entryJson) };
}

/** Whether a dispatch was there once: the journal stays when it is cleaned. */
export function wasThere(world: World, id: number): boolean {
  return history(world.store, { dispatchId: id, limit: 1 }).length > 0;
}

/** The journal past a cursor, as `/events` sends it. */
export function entriesSince(world: World, cursor: number, limit: number) {
  return since(world.store, cursor, limit).map((row) => entryJson(deepClean(row, world.redact)));
}

function entryJson(row: JournalRow) {
  return {
    id: row.id,
    at: new Date(row.at).toISOString(),
    actor: row.actor,
    layer: row.layer,
    event: row.event,
    project: row.projectId,
    dispatch: row.dispatchId,
    run: row.runId,
    from: row.from,
    to: row.to,
    why: row.why,
  };
}

/** Who watches, and when it last looked. */
export function heartbeatNow(world: World): HeartbeatFacts {
  const beat = heartbeat(world.store);
  const held = heartbeatHolder(world);
  return {
    holder: held ? `process ${held.pid}` : null,
    lastFastAt: beat?.lastFastAt ?? null,
    lastSlowAt: beat?.lastSlowAt ?? null,
  };
}

/** How far the journal is, and when the heartbeat last looked: whatever is newer than this is news. */
export function newest(world: World): { readonly journalId: number; readonly lastFastAt: Time | null } {
  return {
    journalId: lastJournalId(world.store),
    lastFastAt: heartbeat(world.store)?.lastFastAt ?? null,
  };
}
