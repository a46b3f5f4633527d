import type { CliRenderer, KeyEvent, PasteEvent } from "@opentui/core";
import { keepReviewNotes, reviewNotes } from "../src/app/dashboard-texts.ts";
import { Problem } from "../src/domain/problem.ts";
import type { JournalRow } from "../src/store/read.ts";
import type { World } from "../src/world.ts";
import { type Asker, asker } from "./asker.ts";
import { type Canvas, canvas } from "./canvas.ts";
import { draw } from "./draw.ts";
import type { Act, Doc, Event } from "./events.ts";
import { historyLines } from "./history.ts";
import { keyOf } from "./input.ts";
import { pressed, typed } from "./keys.ts";
import { Loader } from "./loader.ts";
import { type State, start } from "./model.ts";
import { namesNow, pathsNow } from "./names.ts";
import { newsOf } from "./news.ts";
import type { Outside, Screen } from "./outside.ts";
import { pathsMissing } from "./palette.ts";
import { Performer } from "./perform.ts";
import { failure, linesOf } from "./replies.ts";
import { type Comment, type Notes, readNotes, withoutComments } from "./review/notes.ts";
import { reduce } from "./state.ts";
import { clean } from "./text.ts";
import { THEMES, type ThemeName, themeNamed } from "./theme.ts";
import { Watch } from "./watch.ts";

const WHY_MS = 4_000;
const NOTED: readonly Event["type"][] = ["review_mark", "review_comment", "review_uncomment", "review_sent"];

export type DashboardDeps = {
  readonly world: World;
  readonly outside: Outside;
  readonly screen: Screen;
  readonly theme: ThemeName;
  /** Something went wrong that nobody caught: the dashboard cannot go on. */
  readonly fail: (error: unknown) => void;
};

/** The dashboard on a renderer: keys in, frames out, and a watch on what others change. */
export class Dashboard {
  private current: State;
  private stopped = false;
  /** The folder that is being read for the palette. */
  private listing: string | null = null;
  private readonly surface: Canvas<Event>;
  private readonly asks: Asker;
  private readonly performer: Performer;
  private readonly loader: Loader;
  private readonly watch: Watch;

  constructor(
    private readonly renderer: CliRenderer,
    private readonly deps: DashboardDeps,
  ) {
    const { world, fail } = deps;
    const dispatch = (event: Event) => this.dispatch(event);
    const state = () => this.current;
    this.current = start({ width: renderer.width, height: renderer.height }, deps.theme);
    this.surface = canvas<Event>(renderer, dispatch);
    this.asks = asker(dispatch);
    this.loader = new Loader({
      world,
      dispatch,
      history: (id) => this.history(id),
      written: (id) => this.written(id),
    });
    this.watch = new Watch({ world, state, dispatch, fail, tail: () => this.loader.tail(this.current) });
    this.performer = new Performer({
      ...deps,
      asker: this.asks,
      state,
      dispatch,
      reload: () => this.watch.reload(),
      nextTheme: () => dispatch({ type: "themed", theme: next(this.current.theme) }),
      sent: (id, comments) => this.sent(id, comments),
    });
    renderer.keyInput.on("keypress", this.onKey);
    renderer.keyInput.on("paste", this.onPaste);
    renderer.on("resize", this.onResize);
    // The first frame is there at once, from the database alone.
    this.watch.start();
  }

  get state(): State {
    return this.current;
  }

  dispatch(event: Event): void {
    if (this.stopped) return;
    const before = this.current;
    this.current = reduce(before, event);
    if (this.current === before) return;
    this.surface.show(draw(this.current), themeNamed(this.current.theme));
    this.after(before, event);
  }

  perform(act: Act): void {
    this.safely(this.performer.perform(act));
  }

  /** Ends its timers and refuses whatever is still asked; the renderer is not its own. */
  stop(): void {
    this.stopped = true;
    this.watch.stop();
    this.loader.stop();
    this.asks.refuseAll();
    this.renderer.keyInput.off("keypress", this.onKey);
    this.renderer.keyInput.off("paste", this.onPaste);
    this.renderer.off("resize", this.onResize);
  }

  /** What an event leads to outside: reading what is shown now, and keeping what was noted. */
  private after(before: State, event: Event): void {
    const { review, create } = this.current;
    this.loader.want(this.current);
    if (review && (event.type === "review" || event.type === "review_scope"))
      this.safely(this.loader.review(this.current, review.id, review.scope));
    if (event.type === "loaded") this.tell(before);
    if (event.type === "opened" && event.overlay.kind === "palette") this.safely(this.name());
    if (event.type === "typed" || event.type === "completed" || event.type === "named")
      this.safely(this.list());
    if (create && event.type === "create") this.safely(this.loader.targets(create.project));
    if (review && before.review && NOTED.includes(event.type) && review.notes !== before.review.notes)
      this.keep(review.id, review.notes);
  }

  private async name(): Promise<void> {
    this.dispatch({ type: "named", names: await namesNow(this.deps.outside, this.current) });
  }

  /** Reads the folder that the palette's line has come to. */
  private async list(): Promise<void> {
    const overlay = this.current.overlays.at(-1);
    const wanted = overlay?.kind === "palette" ? pathsMissing(overlay.field.text, overlay.names) : null;
    if (!wanted || wanted.folder === this.listing) return;
    this.listing = wanted.folder;
    const names = await pathsNow(this.deps.outside, wanted);
    this.listing = null;
    this.dispatch({ type: "named", names });
  }

  private tell(before: State): void {
    const [old, now] = [before.list.data?.fleet, this.current.list.data?.fleet];
    const { world, outside, screen } = this.deps;
    if (!old || !now || outside.desktop || world.config.notify === "none") return;
    for (const { title, text } of newsOf(old, now)) screen.notify(clean(title), clean(text));
  }

  /** Sending takes a while: who has left the review meanwhile does not find in it what is sent. */
  private sent(id: number, comments: readonly Comment[]): void {
    const { review } = this.current;
    if (review?.id === id && review.noted) {
      this.dispatch({ type: "review_sent", id, comments });
      return;
    }
    this.keep(id, withoutComments(readNotes(reviewNotes(this.deps.world, id)), comments));
    // It is being opened again, with the notes of before.
    if (review?.id === id) this.safely(this.loader.review(this.current, id, review.scope));
  }

  private keep(id: number, notes: Notes): void {
    try {
      keepReviewNotes(this.deps.world, id, JSON.stringify(notes));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.dispatch({ type: "notice", notice: failure(error, this.deps.world.now() + WHY_MS) });
    }
  }

  private async history(id: number): Promise<Doc> {
    const reply = await this.performer.say(["history", String(id)]);
    return { kind: "lines", lines: historyLines(reply.json as readonly JournalRow[]), cut: false };
  }

  private readonly onKey = (key: KeyEvent): void => {
    const name = keyOf(key);
    const act = name === "ctrl-c" ? ({ do: "quit" } as const) : name && pressed(this.current, name);
    if (!act) return;
    if (!("why" in act)) {
      this.perform(act);
      return;
    }
    const until = this.deps.world.now() + WHY_MS;
    this.dispatch({ type: "notice", notice: { text: act.why, tone: "warn", hint: null, more: [], until } });
  };

  private readonly onPaste = (paste: PasteEvent): void => {
    const text = new TextDecoder().decode(paste.bytes).replace(/\r\n?/g, "\n");
    const act = typed(this.current, { edit: "insert", text });
    if (act) this.perform(act);
  };

  private readonly onResize = (width: number, height: number): void =>
    this.dispatch({ type: "resized", width, height });

  private async written(id: number): Promise<Doc> {
    const reply = await this.performer.say(["review", String(id)]);
    return { kind: "lines", lines: linesOf(reply, 100), cut: false };
  }

  private safely(work: Promise<void>): void {
    work.catch(this.deps.fail);
  }
}

function next(theme: ThemeName): ThemeName {
  return THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? "dark";
}
