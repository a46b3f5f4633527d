import { dashboardData, dataStamp, unwatched } from "../src/app/dashboard-data.ts";
import { Problem } from "../src/domain/problem.ts";
import type { World } from "../src/world.ts";
import type { Event } from "./events.ts";
import type { State } from "./model.ts";
import { failure } from "./replies.ts";

const POLL_MS = 400;
/** How often ages are drawn anew: while something runs, and while nothing does. */
const TICK_MS = 5_000;
const IDLE_TICK_MS = 15_000;
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
    this.ticked = this.deps.world.now();
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
  return (state.list.data?.fleet.counts.working ?? 0) > 0 ? TICK_MS : IDLE_TICK_MS;
}
