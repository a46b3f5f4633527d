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
import { readScope } from "./review/scope.ts";
import { docKey } from "./state/preview.ts";

/** How long one must stay on a dispatch before git is asked about it: moving through the list starts nothing. */
const SETTLE_MS = 120;

export type LoaderDeps = {
  readonly world: World;
  readonly dispatch: (event: Event) => void;
  /** The journal of a dispatch, and the review that it wrote of a pull request. */
  readonly history: (id: number) => Promise<Doc>;
  readonly written: (id: number) => Promise<Doc>;
};

/** Reads what the screen shows beside the fleet, when it is shown and when it has changed. */
export class Loader {
  /** Of what each text was read; another one means that it is old. */
  private readonly stamps = new Map<string, string>();
  private readonly ends = new Map<string, { readonly run: number; readonly end: number }>();
  private timer: Timer | null = null;
  private waiting = "";
  private reviewed = "";
  /** Counts the readings of a review: only the latest is shown, whenever an earlier one comes. */
  private reading = 0;

  constructor(private readonly deps: LoaderDeps) {}

  /** Called after each change of the state: reads what it now shows and does not have. */
  want(state: State): void {
    if (state.screen === "review") this.wantReview(state);
    const shown = selected(state);
    if (!shown || (state.screen !== "fleet" && state.screen !== "detail")) return;
    const { tab } = state.preview;
    const key = docKey(tab, shown.view.id);
    const stamp = stampOf(tab, shown.view);
    const known = state.preview.docs.has(key) && this.stamps.get(key) === stamp;
    if (known || this.waiting === `${key} ${stamp}`) return;
    this.stop();
    this.waiting = `${key} ${stamp}`;
    // Only git is worth waiting for; the rest is there at once.
    const wait = tab === "diff" ? SETTLE_MS : 0;
    this.timer = setTimeout(() => {
      this.waiting = "";
      this.stamps.set(key, stamp);
      void this.load(key, stamp, tab, shown.view);
    }, wait);
  }

  /** Called again and again: new lines of a log that is looked at. A look at a file's size where there are none. */
  tail(state: State): void {
    const shown = selected(state);
    const run = shown?.view.run;
    if (!shown || !run || (state.preview.tab !== "live" && state.preview.tab !== "log")) return;
    const key = docKey("log", shown.view.id);
    const known = this.ends.get(key);
    if (!known || known.run !== run.id || !state.preview.docs.has(key)) return;
    const tail = tailOf(this.deps.world, run.id, known.end);
    if (tail.end === known.end) return;
    this.ends.set(key, { run: run.id, end: tail.end });
    if (tail.lines.length > 0) this.deps.dispatch({ type: "tail", key, lines: tail.lines, cut: tail.cut });
  }

  async targets(project: number): Promise<void> {
    const { world, dispatch } = this.deps;
    try {
      const targets = await openTargets(world, project);
      dispatch({ type: "targets", project, targets, trouble: null });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      dispatch({ type: "targets", project, targets: [], trouble: error.message });
    }
  }

  /** The changes of the dispatch that is reviewed, in its scope; the notes as they were kept. */
  async review(state: State, id: number, scope: Scope): Promise<void> {
    const { world, dispatch } = this.deps;
    const row = state.list.data?.fleet.rows.find((one) => one.view.id === id);
    this.reviewed = row ? `${id} ${stampOf("diff", row.view)}` : "";
    this.reading += 1;
    const turn = this.reading;
    try {
      const here = state.review?.id === id && state.review.noted;
      const notes = here && state.review ? state.review.notes : readNotes(reviewNotes(world, id));
      const read = await readScope(world, id, scope, notes);
      if (turn === this.reading) dispatch({ type: "reviewing", id, scope, notes, ...read });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (turn === this.reading) dispatch({ type: "review_failed", id, message: error.message });
    }
  }

  stop(): void {
    if (this.timer) clearTimeout(this.timer);
  }

  /** What is reviewed is read anew when the agent has changed it. */
  private wantReview(state: State): void {
    const { review } = state;
    const row = state.list.data?.fleet.rows.find((one) => one.view.id === review?.id);
    if (!review?.diff || !row || this.reviewed === "") return;
    if (this.reviewed !== `${review.id} ${stampOf("diff", row.view)}`)
      void this.review(state, review.id, review.scope);
  }

  /** What comes later than what was read after it is left. */
  private async load(key: string, stamp: string, tab: Tab, view: DispatchView): Promise<void> {
    const doc = await this.read(tab, view).catch((error: unknown): Doc => {
      const message = error instanceof Error ? error.message : String(error);
      return { kind: "failed", message, hint: error instanceof Problem ? (error.hint ?? null) : null };
    });
    if (this.stamps.get(key) === stamp) this.deps.dispatch({ type: "doc", key, doc });
  }

  private async read(tab: Tab, view: DispatchView): Promise<Doc> {
    const { world } = this.deps;
    if (tab === "issue") return { kind: "lines", lines: targetText(world, view.id), cut: false };
    if (tab === "history") return this.deps.history(view.id);
    if (tab === "diff" && view.kind === "pr") return this.deps.written(view.id);
    if (tab === "diff")
      return { kind: "diff", diff: parsePatch((await scopedDiff(world, view.id, "base")).patch) };
    if (!view.run) return { kind: "lines", lines: [], cut: false };
    const tail = tailOf(world, view.run.id, 0);
    this.ends.set(docKey("log", view.id), { run: view.run.id, end: tail.end });
    return { kind: "lines", lines: tail.lines, cut: tail.cut };
  }
}

/** Another text than before: what was read is old. */
function stampOf(tab: Tab, view: DispatchView): string {
  const { run, git } = view;
  const ran = run ? `${run.id}${isLive(run.state) ? "" : run.state}` : "";
  if (tab === "issue") return "";
  if (tab === "diff" && view.kind === "pr") return ran;
  if (tab === "history") return `${view.version} ${ran} ${view.question?.id ?? ""}`;
  if (tab === "diff")
    return `${ran} ${git?.head} ${git?.insertions} ${git?.deletions} ${git?.dirty} ${git?.untracked}`;
  return String(run?.id ?? "");
}
