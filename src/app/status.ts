import { on } from "../domain/grammar-parsed.ts";
import { fleet } from "../domain/group.ts";
import type { DispatchView } from "../domain/view.ts";
import { heartbeatHolder } from "../runs/holder.ts";
import { heartbeat, projects, strays } from "../store/read.ts";
import type { ProjectRow } from "../store/rows.ts";
import { countDispatches, snapshot } from "../store/snapshot.ts";
import type { World } from "../world.ts";
import type { Call } from "./call.ts";
import { onlyProject } from "./find.ts";
import type { Reply } from "./reply.ts";
import { type StatusReplyInput, statusReply } from "./status-lines.ts";

const WATCH_EVERY_MS = 1000;
/** What has been done for longer is left out, unless all is asked for. */
const DAY_MS = 86_400_000;

/** `rally status [--all] [--watch]`. Where nobody holds the heartbeat, runs that have ended are ended now. */
export async function status(world: World, call: Call): Promise<Reply> {
  const all = on(call.parsed, "all");
  const only = onlyProject(world, call);
  if (!on(call.parsed, "watch")) return look(world, all, only);
  return { text: [], json: null, stream: { how: "replace", parts: watching(world, all, only) } };
}

async function look(world: World, all: boolean, only: ProjectRow | null): Promise<Reply> {
  await world.observe();
  return statusReply(statusNow(world, { all, only }));
}

export type StatusOf = {
  readonly all: boolean;
  /** Of this project alone. */
  readonly only?: ProjectRow | null;
  readonly clean?: (views: readonly DispatchView[]) => readonly DispatchView[];
};

/** Everything that the list tells, from the database alone: nothing is observed, nothing is written. */
export function statusNow(
  world: World,
  { all, only = null, clean = (views) => views }: StatusOf,
): StatusReplyInput {
  const now = world.now();
  const here = (row: { readonly projectId: number }) => only === null || row.projectId === only.id;
  const views = clean(snapshot(world.store, all ? {} : { doneSince: now - DAY_MS }).filter(here));
  const known = only ? [only] : projects(world.store);
  const names = new Map(known.map((row) => [row.id, row.repo ?? row.name]));
  const found = strays(world.store).filter(here);
  const orphans = found
    .filter((row) => row.orphan)
    .map((row) => ({ ...row, project: names.get(row.projectId) ?? "?" }));
  const beat = heartbeat(world.store);
  const held = heartbeatHolder(world);
  return {
    fleet: fleet(views, orphans.length, now, limits(world)),
    projects: known,
    orphans,
    foreign: found
      .filter((row) => !row.orphan)
      .map((row) => ({ worktree: row.worktree, why: row.why ?? "" })),
    heartbeat: {
      holder: held ? `process ${held.pid}` : null,
      lastFastAt: beat?.lastFastAt ?? null,
      lastSlowAt: beat?.lastSlowAt ?? null,
    },
    now,
    leftOut: countDispatches(world.store, only?.id) - views.length,
  };
}

async function* watching(world: World, all: boolean, only: ProjectRow | null) {
  for (;;) {
    yield await look(world, all, only);
    await Bun.sleep(WATCH_EVERY_MS);
  }
}

export function limits(world: World) {
  return { silenceMs: world.config.limits.silenceMinutes * 60_000 };
}
