import { statSync } from "node:fs";
import { join } from "node:path";
import { Problem } from "../domain/problem.ts";
import { alive } from "../process/identity.ts";
import { parseIdentity } from "../runs/identity.ts";
import { checkStore } from "../store/check.ts";
import { line } from "../store/line.ts";
import { MIGRATIONS, type Store } from "../store/open.ts";
import { heartbeat, liveRuns, strays } from "../store/read.ts";
import { snapshot } from "../store/snapshot.ts";
import { ago, plural } from "./ago.ts";
import { bad, type Check, ok, type Patient, warn } from "./doctor-check.ts";

/** What Rally remembers, and what it says of the work that is going on. */
export async function checkDatabase(patient: Patient): Promise<readonly Check[]> {
  const { store, config } = patient;
  if (store instanceof Problem)
    return [
      bad("database", store.message, `${store.hint ?? ""} A copy first: rally doctor --backup <file>`.trim()),
    ];
  if (store === null) return [ok("database", `${join(config.home, "rally.db")} (made by the first command)`)];
  return [database(store), watch(patient, store), work(patient, store), ...leftovers(store)];
}

function database(store: Store): Check {
  if (store.readOnly)
    return bad(
      "database",
      `${store.path} can be read, but not written.`,
      "Make it writable, or choose another home with RALLY_HOME.",
    );
  const [first, ...more] = checkStore(store);
  if (first !== undefined)
    return bad(
      "database",
      `${store.path} is damaged: ${first}${more.length > 0 ? ` (and ${more.length} more)` : ""}`,
      "rally doctor --backup <file> makes a copy; then choose another home with RALLY_HOME, or bring an older copy back.",
    );
  const bytes = ["", "-wal"].map((end) => statSync(store.path + end, { throwIfNoEntry: false })?.size ?? 0);
  const kb = Math.ceil((bytes[0] ?? 0) / 1000) + Math.ceil((bytes[1] ?? 0) / 1000);
  return ok("database", `${store.path}: sound, ${MIGRATIONS} migrations, ${kb} kB`);
}

function watch({ config, now }: Patient, store: Store): Check {
  const beat = heartbeat(store);
  const at = now();
  const last = beat?.lastFastAt ? `last tick ${ago(beat.lastFastAt, at)} ago` : "no tick yet";
  const slow = beat?.lastSlowAt ? `, GitHub ${ago(beat.lastSlowAt, at)} ago` : "";
  const holder = parseIdentity(beat?.holder ?? null);
  const held = holder !== null && (beat?.until ?? 0) > at;
  if (!held) {
    if (config.heartbeat.autostart)
      return ok("heartbeat", `nobody watches now; dispatch starts it by itself (${last}${slow})`);
    return warn("heartbeat", `nobody watches, and heartbeat.autostart is off (${last}${slow})`, "rally up");
  }
  if (alive(holder) === "dead")
    return warn("heartbeat", `process ${holder.pid}, which watched, is dead (${last}${slow})`, "rally up");
  const quietMs = at - (beat?.lastFastAt ?? 0);
  if (quietMs > LATE_TICKS * config.heartbeat.fastSeconds * 1000)
    return warn(
      "heartbeat",
      `process ${holder.pid} watches, but its ${last}${slow}`,
      "rally down, then rally up --detach",
    );
  return ok("heartbeat", `process ${holder.pid} watches (${last}${slow})`);
}

/** A tick may be busy with starts; one that is later than this many is not coming. */
const LATE_TICKS = 12;

function work({ config }: Patient, store: Store): Check {
  const waiting = line(store).length;
  return ok(
    "runs",
    `${liveRuns(store).length} of ${config.capacity} places taken, ${waiting} waiting in line`,
  );
}

function leftovers(store: Store): Check[] {
  const stray = strays(store);
  const orphans = stray.filter((one) => one.orphan).length;
  const foreign = stray.length - orphans;
  const failing = snapshot(store).filter((view) => view.undelivered.length > 0);
  const says = `${plural(orphans, "orphan")}, ${foreign} foreign`;
  return [
    orphans > 0
      ? warn("worktrees", `${says}: worktrees without a record`, "rally clean --orphaned")
      : ok("worktrees", says),
    failing.length === 0
      ? ok("undelivered", "nothing")
      : warn(
          "undelivered",
          `${plural(failing.length, "dispatch", "dispatches")} with something that keeps failing: ${failing.map((view) => view.id).join(", ")}`,
          `rally show ${failing[0]?.id}`,
        ),
  ];
}
