import type { CliRenderer, KeyEvent, PasteEvent } from "@opentui/core";
import { dashboardData, dataStamp, unwatched } from "../src/app/dashboard-data.ts";
import { keepReviewNotes } from "../src/app/dashboard-texts.ts";
import { Problem } from "../src/domain/problem.ts";
import type { World } from "../src/world.ts";
import { asker } from "./asker.ts";
import { canvas } from "./canvas.ts";
import { draw } from "./draw.ts";
import type { Act, Event } from "./events.ts";
import { keyOf } from "./input.ts";
import { pressed, typed } from "./keys.ts";
import { loader } from "./loader.ts";
import { type State, start } from "./model.ts";
import type { Outside, Screen } from "./outside.ts";
import { performer } from "./perform.ts";
import { failure, linesOf } from "./replies.ts";
import { reduce } from "./state.ts";
import { THEMES, type ThemeName, themeNamed } from "./theme.ts";

const POLL_MS = 250;
/** How often ages are drawn anew: while something runs, and while nothing does. */
const TICK_MS = 5_000;
const IDLE_TICK_MS = 15_000;
const OBSERVE_MS = 2_000;
/** Reading everything anew never takes more than this part of the time. */
const LOAD_SHARE = 10;

export type Dashboard = {
  readonly state: () => State;
  readonly dispatch: (event: Event) => void;
  readonly perform: (act: Act) => void;
  /** Ends its timers and whatever it is asked; the renderer is not its own. */
  readonly stop: () => void;
};

export type DashboardDeps = {
  readonly world: World;
  readonly outside: Outside;
  readonly screen: Screen;
  readonly theme: ThemeName;
  /** Something went wrong that nobody caught: the dashboard cannot go on. */
  readonly fail: (error: unknown) => void;
};

/** Puts the dashboard on a renderer: the first frame at once, from the database alone. */
export function dashboard(renderer: CliRenderer, deps: DashboardDeps): Dashboard {
  const { world } = deps;
  let state = start({ width: renderer.width, height: renderer.height }, deps.theme);
  let stopped = false;
  const surface = canvas<Event>(renderer, (event) => dispatch(event));
  const safely = (work: Promise<void>) => void work.catch(deps.fail);

  function dispatch(event: Event): void {
    if (stopped) return;
    const before = state;
    state = reduce(state, event);
    if (state === before) return;
    surface.show(draw(state), themeNamed(state.theme));
    after(before, event);
  }
  const reload = reloader(world, () => state, dispatch);
  const asks = asker(dispatch);
  const { perform, say } = performer({
    ...deps,
    asker: asks,
    state: () => state,
    dispatch,
    reload: () => reload.now(),
    nextTheme: () => dispatch({ type: "themed", theme: next(state.theme) }),
  });
  const docs = loader({
    world,
    dispatch,
    history: async (id) => ({
      kind: "lines",
      lines: linesOf(await say(["history", String(id)]), 100).toReversed(),
      cut: false,
    }),
  });

  /** What an event leads to outside: reading what is shown now, and keeping what was noted. */
  function after(before: State, event: Event): void {
    if (state.screen === "fleet" || state.screen === "detail") docs.want(state);
    const { review } = state;
    if (review && (event.type === "review" || event.type === "review_scope"))
      safely(docs.review(state, review.id, review.scope));
    if (event.type === "create") {
      const project = state.create?.project;
      if (project !== undefined) safely(docs.targets(project));
    }
    if (review && before.review && NOTED.includes(event.type) && review.notes !== before.review.notes)
      keep(review.id);
  }
  function keep(id: number): void {
    const { review, list } = state;
    const head = list.data?.fleet.rows.find((row) => row.view.id === id)?.view.git?.head ?? null;
    if (!review) return;
    try {
      keepReviewNotes(world, id, JSON.stringify({ ...review.notes, head: head ?? review.notes.head }));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      dispatch({ type: "notice", notice: failure(error, world.now() + 10_000) });
    }
  }

  const onKey = (key: KeyEvent) => {
    const name = keyOf(key);
    if (name === "ctrl-c") return deps.screen.quit();
    if (name === null) return;
    const act = pressed(state, name);
    if (act === null) return;
    if ("why" in act)
      return dispatch({
        type: "notice",
        notice: { text: act.why, tone: "warn", hint: null, more: [], until: world.now() + 4_000 },
      });
    safely(perform(act));
  };
  const onPaste = (paste: PasteEvent) => {
    const text = new TextDecoder().decode(paste.bytes).replace(/\r\n?/g, "\n");
    const act = typed(state, { edit: "insert", text });
    if (act) safely(perform(act));
  };
  renderer.keyInput.on("keypress", onKey);
  renderer.keyInput.on("paste", onPaste);
  const onResize = (width: number, height: number) => dispatch({ type: "resized", width, height });
  renderer.on("resize", onResize);
  reload.now();
  const stopPolling = poll(world, () => state, { reload, docs, dispatch, fail: deps.fail });

  return {
    state: () => state,
    dispatch,
    perform: (act) => safely(perform(act)),
    stop() {
      stopped = true;
      stopPolling();
      docs.stop();
      asks.refuseAll();
      renderer.keyInput.off("keypress", onKey);
      renderer.keyInput.off("paste", onPaste);
      renderer.off("resize", onResize);
    },
  };
}

const NOTED: readonly Event["type"][] = ["review_mark", "review_comment", "review_uncomment", "review_sent"];

function next(theme: ThemeName): ThemeName {
  return THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? "dark";
}

type Reloader = { now(): void; due(at: number): boolean };

/** Reads everything anew. A database that cannot be read is said, and said no longer when it can. */
function reloader(world: World, state: () => State, dispatch: (event: Event) => void): Reloader {
  let trouble = "";
  let notBefore = 0;
  return {
    due: (at) => at >= notBefore,
    now() {
      const from = world.now();
      try {
        const data = dashboardData(world, { all: state().list.all });
        if (trouble !== "" && state().notice?.text === trouble) dispatch({ type: "notice", notice: null });
        trouble = "";
        dispatch({ type: "loaded", data });
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        const notice = failure(error, null);
        trouble = notice.text;
        dispatch({ type: "notice", notice });
      }
      const end = world.now();
      notBefore = end + (end - from) * LOAD_SHARE;
    },
  };
}

type Polled = {
  readonly reload: Reloader;
  readonly docs: ReturnType<typeof loader>;
  readonly dispatch: (event: Event) => void;
  readonly fail: (error: unknown) => void;
};

/** One timer for everything that may change by itself. It asks SQLite for one number; nothing is started. */
function poll(world: World, state: () => State, { reload, docs, dispatch, fail }: Polled): () => void {
  let stamp = dataStamp(world);
  let ticked = world.now();
  let observed = 0;
  let observing = false;
  const look = () => {
    const now = world.now();
    const stampNow = dataStamp(world);
    if (stampNow !== stamp && reload.due(now)) {
      stamp = stampNow;
      reload.now();
    }
    docs.tail(state());
    if (now - ticked >= tickOf(state())) {
      ticked = now;
      dispatch({ type: "ticked", now });
    }
    const { data } = state().list;
    if (!data || observing || now - observed < OBSERVE_MS || !unwatched(data)) return;
    observing = true;
    observed = now;
    world
      .observe()
      .then(() => reload.now(), fail)
      .finally(() => {
        observing = false;
      });
  };
  const timer = setInterval(() => {
    try {
      look();
    } catch (error) {
      if (error instanceof Problem) dispatch({ type: "notice", notice: failure(error, world.now() + 5_000) });
      else fail(error);
    }
  }, POLL_MS);
  return () => clearInterval(timer);
}

function tickOf(state: State): number {
  if (state.notice?.until) return 1_000;
  return (state.list.data?.fleet.counts.working ?? 0) > 0 ? TICK_MS : IDLE_TICK_MS;
}
