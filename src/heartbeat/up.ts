import { mkdirSync, watch } from "node:fs";
import { Cron } from "croner";
import { isDone } from "../domain/display.ts";
import { ownIdentity } from "../process/identity.ts";
import { HEARTBEAT, releaseDeadHolder } from "../runs/holder.ts";
import { identityText } from "../runs/identity.ts";
import { endedFolder } from "../runs/paths.ts";
import { hasUnsent, stuckSending } from "../store/effects.ts";
import { holdLease, lease, releaseLease, ticked } from "../store/leases.ts";
import { line } from "../store/line.ts";
import { dataVersion, liveRuns } from "../store/read.ts";
import { record } from "../store/record.ts";
import { snapshot } from "../store/snapshot.ts";
import type { World } from "../world.ts";
import { computeAnnouncements, deliver, followFromNow, redeliver } from "./announcer.ts";
import type { Beat } from "./beat.ts";
import { desktop } from "./desktop.ts";
import { goneWatch } from "./gone.ts";
import { slowTick } from "./slow.ts";
import { fastTick } from "./tick.ts";
import type { Wire } from "./wire.ts";

/** How often the database is asked whether somebody else wrote to it: a command's new run then starts at once. */
const NOTICE_MS = 250;

export type UpOptions = {
  /** Ends by itself when there is nothing left to watch. */
  readonly untilIdle: boolean;
  readonly wires?: readonly Wire[];
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
  /** Once, when the lease is held: what only the holder does may begin. */
  readonly holds?: () => void;
  /** How long each tick took. */
  readonly took?: (tick: "fast" | "slow", ms: number) => void;
};

export type UpEnd = "stopped" | "idle" | "held by another" | "lost the lease" | "home is gone";

/** The heartbeat: one holder a home. Gives why it ended; where another holds it, at once and having done nothing. */
export async function up(world: World, beat: Beat, options: UpOptions): Promise<UpEnd> {
  const holder = identityText(ownIdentity());
  const isGone = goneWatch(world.store.path);
  releaseDeadHolder(world);
  if (!renew(world, holder)) return "held by another";
  const own = desktop(world);
  const wires = [...(own ? [own] : []), ...(options.wires ?? [])];
  const done = Promise.withResolvers<UpEnd>();
  options.signal.addEventListener("abort", () => done.resolve("stopped"), { once: true });
  if (options.signal.aborted) done.resolve("stopped");
  const stopping: (() => unknown)[] = [];
  try {
    // A new room hears of what happens from now on: of this first look already.
    followFromNow(world, wires);
    options.holds?.();
    // Before anything is started: what happened while nobody watched.
    await fastTick(world, beat, { endsOnly: true });
    await redeliver(world, wires, stuckSending(world.store));
    stopping.push(...schedule(world, beat, { ...options, holder, wires, isGone, end: done.resolve }));
    return await done.promise;
  } catch (error) {
    if (isGone()) return "home is gone";
    throw error;
  } finally {
    for (const stop of stopping) await stop();
    while (beat.busy !== null) await beat.busy;
    if (!isGone()) releaseLease(world.store, { name: HEARTBEAT, holder });
  }
}

type Scheduled = UpOptions & {
  readonly holder: string;
  readonly wires: readonly Wire[];
  readonly isGone: () => boolean;
  readonly end: (why: UpEnd) => void;
};

/** What is to be called at the end, in order; the last waits for a pass that is under way. */
function schedule(world: World, beat: Beat, options: Scheduled): (() => unknown)[] {
  const { fastSeconds, slowSeconds } = world.config.heartbeat;
  const failed = (error: unknown) => {
    if (options.isGone()) return options.end("home is gone");
    world.log.error("beat.failed", {
      message: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
  };
  const passes = oneByOne(() => fastPass(world, beat, options).catch(failed));
  const fast = passes.next;
  const slow = () => slowPass(world, options).then(fast).catch(failed);
  const rules = { protect: true, catch: failed, interval: 1 };
  const crons = [
    new Cron("* * * * * *", { ...rules, interval: fastSeconds }, fast),
    new Cron("* * * * * *", { ...rules, interval: slowSeconds }, slow),
  ];
  const ended = endedFolder(world.config.home);
  if (options.isGone()) throw new Error("the home is gone");
  mkdirSync(ended, { recursive: true, mode: 0o700 });
  const watcher = watch(ended, () => void fast()).on("error", failed);
  let version = dataVersion(world.store);
  const look = () => {
    if (options.isGone()) return options.end("home is gone");
    const now = dataVersion(world.store);
    if (now === version) return;
    version = now;
    void fast();
  };
  // What is thrown in a timer would end the process.
  const notice = setInterval(() => attempt(look, failed), NOTICE_MS);
  void fast().then(slow);
  return [
    ...crons.map((cron) => () => cron.stop()),
    () => watcher.close(),
    () => clearInterval(notice),
    passes.end,
  ];
}

function attempt(work: () => void, failed: (error: unknown) => void): void {
  try {
    work();
  } catch (error) {
    failed(error);
  }
}

/** Never two at once, as what one pass is sending another must not take for done; who calls meanwhile gets one more. */
function oneByOne(pass: () => Promise<void>) {
  let running: Promise<void> | null = null;
  let [wanted, ended] = [false, false];
  const all = async () => {
    while (wanted && !ended) {
      wanted = false;
      await pass();
    }
    running = null;
  };
  const next = (): Promise<void> => {
    wanted = true;
    running ??= all();
    return running;
  };
  const end = async () => {
    ended = true;
    await running;
  };
  return { next, end };
}

async function fastPass(world: World, beat: Beat, options: Scheduled): Promise<void> {
  if (options.isGone()) return options.end("home is gone");
  if (!renew(world, options.holder)) return options.end("lost the lease");
  const from = performance.now();
  await fastTick(world, beat);
  computeAnnouncements(world, options.wires);
  await deliver(world, options.wires, options.signal);
  options.took?.("fast", performance.now() - from);
  if (options.untilIdle && isIdle(world, options.wires)) options.end("idle");
}

async function slowPass(world: World, options: Scheduled): Promise<void> {
  const from = performance.now();
  const report = await slowTick(world);
  options.took?.("slow", performance.now() - from);
  ticked(world.store, { slow: world.now() });
  for (const warning of report.warnings) options.say(`warning: ${warning}`);
}

function renew(world: World, holder: string): boolean {
  const now = world.now();
  const until = now + world.config.heartbeat.leaseSeconds * 1000;
  const held = lease(world.store, HEARTBEAT);
  const taken = holdLease(world.store, { name: HEARTBEAT, holder, until, now });
  if (taken && held?.holder !== holder)
    record(world.store, { actor: "rally", at: now }, [
      { layer: "tick", event: "heartbeat", why: "took the lease", data: { holder } },
    ]);
  return taken;
}

/** Nothing lives or waits, all is told, and nothing that is pushed can still be merged. */
function isIdle(world: World, wires: readonly Wire[]): boolean {
  if (wires.some(({ room }) => hasUnsent(world.store, room))) return false;
  if (liveRuns(world.store).length > 0 || line(world.store).length > 0) return false;
  return !snapshot(world.store).some(
    (view) =>
      !isDone(view) && (view.pr?.state === "open" || (view.git?.pushed ?? 0) > 0 || view.kind === "pr"),
  );
}
