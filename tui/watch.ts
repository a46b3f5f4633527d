import { type DashboardData, dashboardData, dataStamp, unwatched } from "../src/app/dashboard-data.ts";
import { sinceOf } from "../src/app/status-lines.ts";
import { Problem } from "../src/domain/problem.ts";
import type { Time } from "../src/domain/words.ts";
import type { World } from "../src/world.ts";
import type { Event } from "./events.ts";
import type { State } from "./model.ts";
import { failure } from "./replies.ts";

const POLL_MS = 500;
/** How often ages are drawn anew: while one is told in seconds, and while none is. */
const TICK_MS = 5_000;
const SLOW_TICK_MS = 15_000;
const SECONDS_UNTIL_MS = 60_000;
const OBSERVE_MS = 2_000;
/** Reading everything anew never takes more than one part in so many of the time. */
const LOAD_SHARE = 10;

export type WatchDeps = {
  readonly world: World;
  readonly state: () => State;
  readonly dispatch: (event: Event) => void;
  /** Called at each look. */
  readonly tail: () => void;
  readonly fail: (error: unknown) => void;
};

/** One timer for everything that may change by itself. It asks SQLite for one number; no process is started. */
export class Watch {
  private timer: Timer | null = null;
  private stamp = -1;
  private ticked = 0;
  private observed = 0;
  private observing = false;
  private notBefore = 0;
  private trouble = "";

  constructor(private readonly deps: WatchDeps) {}

  start(): void {
    this.stamp = this.stampNow();
    this.reload();
    this.timer = setInterval(() => this.look(), POLL_MS);
  }

  stop(): void {
    if (this.timer) clearInterval(this.timer);
  }

  /** Reads everything anew. A database that cannot be read is said, and said no longer when it can. */
  reload(): void {
    const { world, state, dispatch } = this.deps;
    const from = world.now();
    try {
      const data = dashboardData(world, { all: state().list.all });
      if (this.trouble !== "" && state().notice?.text === this.trouble)
        dispatch({ type: "notice", notice: null });
      this.trouble = "";
      // That draws the ages anew, too.
      this.ticked = data.now;
      dispatch({ type: "loaded", data });
    } catch (error) {
      const notice = failure(error, null);
      this.trouble = notice.text;
      dispatch({ type: "notice", notice });
    }
    const end = world.now();
    this.notBefore = end + (end - from) * LOAD_SHARE;
  }

  private look(): void {
    const { world, state, dispatch, fail } = this.deps;
    try {
      const now = world.now();
      const stamp = this.stampNow();
      if (stamp !== this.stamp && now >= this.notBefore) {
        this.stamp = stamp;
        this.reload();
      }
      this.deps.tail();
      if (now - this.ticked >= tickOf(state())) {
        this.ticked = now;
        dispatch({ type: "ticked", now });
      }
      this.observe(now);
    } catch (error) {
      if (error instanceof Problem)
        dispatch({ type: "notice", notice: failure(error, world.now() + TICK_MS) });
      else fail(error);
    }
  }

  /** Where nobody holds the heartbeat, runs that have ended are ended here; nothing is started. */
  private observe(now: number): void {
    const { world, state, fail } = this.deps;
    const { data } = state().list;
    if (!data || this.observing || now - this.observed < OBSERVE_MS || !unwatched(data)) return;
    this.observing = true;
    this.observed = now;
    world
      .observe()
      .then(() => this.reload(), fail)
      .finally(() => {
        this.observing = false;
      });
  }

  private stampNow(): number {
    return dataStamp(this.deps.world);
  }
}

function tickOf(state: State): number {
  if (state.notice?.until) return 1_000;
  const { data } = state.list;
  return data && youngest(data) + SECONDS_UNTIL_MS > state.now ? TICK_MS : SLOW_TICK_MS;
}

const known = new WeakMap<DashboardData, Time>();

/** The latest of the times whose ages are on the screen; found once for all looks at the same data. */
function youngest(data: DashboardData): Time {
  const found = known.get(data) ?? data.fleet.rows.reduce((latest, row) => Math.max(latest, sinceOf(row)), 0);
  known.set(data, found);
  return found;
}
