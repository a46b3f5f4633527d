import { tailOf } from "../src/app/dashboard-data.ts";
import { openTargets, reviewNotes, targetText } from "../src/app/dashboard-texts.ts";
import { scopedDiff } from "../src/app/review-diff.ts";
import { Problem } from "../src/domain/problem.ts";
import type { DispatchView } from "../src/domain/view.ts";
import { isLive } from "../src/domain/words.ts";
import type { World } from "../src/world.ts";
import type { Doc, Event, Scope, Tab } from "./events.ts";
import { type State, selected } from "./model.ts";
import { readNotes } from "./review/notes.ts";
import { parsePatch } from "./review/patch.ts";
import { docKey } from "./state/preview.ts";

/** How long one must stay on a dispatch before git is asked about it: moving through the list starts nothing. */
const SETTLE_MS = 120;

export type Loader = {
  /** Called after each change of the state: reads what it now shows and does not have. */
  want(state: State): void;
  /** Called again and again: new lines of a log that is looked at. A look at a file's size where there are none. */
  tail(state: State): void;
  /** Everything that was read counts as old. */
  forget(): void;
  review(state: State, id: number, scope: Scope): Promise<void>;
  targets(project: number): Promise<void>;
  stop(): void;
};

type Deps = {
  readonly world: World;
  readonly dispatch: (event: Event) => void;
  readonly history: (id: number) => Promise<Doc>;
};

export function loader({ world, dispatch, history }: Deps): Loader {
  const stamps = new Map<string, string>();
  const offsets = new Map<string, { readonly run: number; readonly end: number }>();
  let timer: Timer | null = null;
  let waiting = "";

  const load = async (key: string, tab: Tab, view: DispatchView) => {
    try {
      dispatch({ type: "doc", key, doc: await read(tab, view) });
    } catch (error) {
      dispatch({ type: "doc", key, doc: failed(error) });
    }
  };
  const read = async (tab: Tab, view: DispatchView): Promise<Doc> => {
    if (tab === "issue") return { kind: "lines", lines: targetText(world, view.id), cut: false };
    if (tab === "history") return history(view.id);
    if (tab === "diff")
      return { kind: "diff", diff: parsePatch((await scopedDiff(world, view.id, "base")).patch) };
    return firstTail(view);
  };
  const firstTail = (view: DispatchView): Doc => {
    if (!view.run) return { kind: "lines", lines: [], cut: false };
    const tail = tailOf(world, view.run.id, 0);
    offsets.set(docKey("log", view.id), { run: view.run.id, end: tail.end });
    return { kind: "lines", lines: tail.lines, cut: tail.cut };
  };

  return {
    want(state) {
      const shown = selected(state);
      if (!shown) return;
      const { tab } = state.preview;
      const key = docKey(tab, shown.view.id);
      const stamp = stampOf(tab, shown.view);
      const known = state.preview.docs.has(key);
      if ((known && stamps.get(key) === stamp) || waiting === `${key} ${stamp}`) return;
      if (timer) clearTimeout(timer);
      waiting = `${key} ${stamp}`;
      // Only git is worth waiting for; the rest is there at once.
      timer = setTimeout(
        () => {
          waiting = "";
          stamps.set(key, stamp);
          void load(key, tab, shown.view);
        },
        tab === "diff" ? SETTLE_MS : 0,
      );
    },
    tail(state) {
      const shown = selected(state);
      const run = shown?.view.run;
      if (!shown || !run || (state.preview.tab !== "live" && state.preview.tab !== "log")) return;
      const key = docKey("log", shown.view.id);
      const offset = offsets.get(key);
      if (!offset || offset.run !== run.id || !state.preview.docs.has(key)) return;
      const tail = tailOf(world, run.id, offset.end);
      if (tail.end === offset.end) return;
      offsets.set(key, { run: run.id, end: tail.end });
      if (tail.lines.length > 0) dispatch({ type: "tail", key, lines: tail.lines, cut: tail.cut });
    },
    forget: () => stamps.clear(),
    review: (state, id, scope) => readReview({ world, dispatch }, state, id, scope),
    async targets(project) {
      try {
        const targets = await openTargets(world, project);
        dispatch({ type: "targets", project, targets, trouble: null });
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        dispatch({ type: "targets", project, targets: [], trouble: error.message });
      }
    },
    stop() {
      if (timer) clearTimeout(timer);
    },
  };
}

async function readReview(
  { world, dispatch }: Pick<Deps, "world" | "dispatch">,
  state: State,
  id: number,
  scope: Scope,
): Promise<void> {
  try {
    const kept =
      state.review?.id === id && state.review.diff ? state.review.notes : readNotes(reviewNotes(world, id));
    const since = scope === "review" ? (kept.head === null ? "base" : { commit: kept.head }) : scope;
    const { patch } = await scopedDiff(world, id, since);
    dispatch({ type: "reviewing", id, scope, diff: parsePatch(patch), notes: kept });
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    dispatch({ type: "review_failed", id, message: error.message });
  }
}

/** Another text than before: what was read is old. */
function stampOf(tab: Tab, view: DispatchView): string {
  const { run, git } = view;
  const ran = run ? `${run.id}${isLive(run.state) ? "" : run.state}` : "";
  if (tab === "issue") return "";
  if (tab === "history") return `${view.version} ${ran} ${view.question?.id ?? ""}`;
  if (tab === "diff")
    return `${ran} ${git?.head} ${git?.insertions} ${git?.deletions} ${git?.dirty} ${git?.untracked}`;
  return String(run?.id ?? "");
}

function failed(error: unknown): Doc {
  const message = error instanceof Error ? error.message : String(error);
  return { kind: "failed", message, hint: error instanceof Problem ? (error.hint ?? null) : null };
}
