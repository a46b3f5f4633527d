import { type From, handle, handleParsed } from "../src/app/handle.ts";
import { HANDLERS } from "../src/app/handlers.ts";
import type { Reply } from "../src/app/reply.ts";
import { commandHelp, helpReply } from "../src/cli/help.ts";
import type { Surface } from "../src/domain/command.ts";
import { COMMANDS } from "../src/domain/commands.ts";
import type { Parsed } from "../src/domain/grammar.ts";
import { on } from "../src/domain/grammar-parsed.ts";
import { Problem } from "../src/domain/problem.ts";
import type { World } from "../src/world.ts";
import type { Asker } from "./asker.ts";
import { cleanQuestion } from "./clean.ts";
import type { Act, Event, Notice } from "./events.ts";
import type { State } from "./model.ts";
import type { Outside, Screen } from "./outside.ts";
import { patiently } from "./patience.ts";
import { dispatchedIn, failure, gistOf, linesOf, troubleOf } from "./replies.ts";
import { type Comment, messageOf } from "./review/notes.ts";
import { placed } from "./review/placing.ts";
import { parsedLine, shellWordsOf } from "./typed.ts";

const GOOD_MS = 8_000;
const BAD_MS = 60_000;
/** A person pressed Ctrl-C. */
const INTERRUPTED = 130;

export type PerformerDeps = {
  readonly world: World;
  readonly outside: Outside;
  readonly screen: Screen;
  readonly asker: Asker;
  readonly state: () => State;
  readonly dispatch: (event: Event) => void;
  readonly reload: () => void;
  readonly nextTheme: () => void;
  /** The agent has these comments. */
  readonly sent: (id: number, comments: readonly Comment[]) => void;
};

/** Does what keys ask for. It decides nothing: whatever changes anything is a line through the one door. */
export class Performer {
  private last = 0;

  constructor(private readonly deps: PerformerDeps) {}

  async perform(act: Act): Promise<void> {
    switch (act.do) {
      case "event":
        return this.deps.dispatch(act.event);
      case "all":
        for (const one of act.acts) await this.perform(one);
        return;
      case "lines":
        return this.lines(act.lines, act.land === true);
      case "say":
        return this.typed(act.text);
      case "answer":
        return this.deps.asker.answer(act.ask, act.value);
      case "clean":
        return this.clean(act.ids);
      case "send":
        return this.send(act.id);
      case "theme":
        return this.deps.nextTheme();
      case "reload":
        return this.deps.reload();
      case "quit":
        return this.deps.screen.quit();
      default:
        return this.onTerminal(act);
    }
  }

  /** One line through the door, as this person. */
  say(words: readonly string[], progress?: (text: string) => void): Promise<Reply> {
    return patiently(() => handle(this.deps.world, words, this.from("cli", progress)));
  }

  /** One after the other; what goes wrong with one is told, and the others are done all the same. */
  private async lines(all: readonly (readonly string[])[], land: boolean): Promise<void> {
    const { moves } = this.deps.state().list;
    const name = (words: readonly string[] = []) => words.slice(0, 2).join(" ");
    await this.under(name(all[0]), async (progress) => {
      const replies: Reply[] = [];
      for (const words of all) {
        const prefix = words === all[0] ? "" : `${name(words)}: `;
        replies.push(await this.saidOrNot(words, (text) => progress(`${prefix}${text}`)));
      }
      const id = land ? dispatchedIn(replies) : null;
      if (id !== null) this.land(id, moves);
      this.tell({
        text: replies.flatMap(({ text }) => text),
        json: null,
        aside: replies.flatMap(({ aside }) => aside ?? []),
        problems: replies.flatMap(({ problems }) => problems ?? []),
      });
    });
  }

  /** To what was just dispatched, which the list has to know first. */
  private land(id: number, moves: number): void {
    this.deps.reload();
    this.deps.dispatch({ type: "landed", id, moves });
  }

  private async saidOrNot(words: readonly string[], progress: (text: string) => void): Promise<Reply> {
    try {
      return await this.say(words, progress);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return { text: [], json: null, problems: [error] };
    }
  }

  private async typed(text: string): Promise<void> {
    await this.under(text, async (progress) => {
      const parsed = parsedLine(text);
      const { command } = parsed;
      if (parsed.help || command.name === "help") return this.show(text, helpFor(parsed));
      if (command.name === "dashboard") return this.notice("This is the dashboard.", "good");
      const here = { ...HANDLERS, ...this.deps.outside.more };
      if (!Object.hasOwn(here, command.name) || command.name === "attach") return this.inShell(text);
      const surface = command.surfaces.includes("palette") ? "palette" : "cli";
      const reply = await patiently(() =>
        handleParsed(this.deps.world, parsed, this.from(surface, progress), this.deps.outside.more),
      );
      // What goes on and on is for a whole terminal.
      if (reply.stream) return this.inShell(text);
      if (on(parsed, "json")) this.show(text, asJson(reply));
      else if (command.reads) this.show(text, reply);
      else this.tell(reply);
    });
  }

  private async clean(ids: readonly number[]): Promise<void> {
    const { dispatch, state, world } = this.deps;
    const { trashDays } = world.config.worktrees;
    await this.under("looking at what would be removed", async (progress) =>
      dispatch(await cleanQuestion(state(), ids, trashDays, (words) => this.say(words, progress))),
    );
  }

  /** All comments as one message; they are kept until the agent has them. */
  private async send(id: number): Promise<void> {
    const { review } = this.deps.state();
    if (!review?.diff || review.notes.comments.length === 0) return;
    const { comments } = review.notes;
    const message = messageOf(placed(review.diff, comments), review.scope === "base");
    const sent = await this.under(`sending the comments on ${id}`, async (progress) =>
      this.tell(await this.say(["continue", String(id), "--", message], progress)),
    );
    if (sent) this.deps.sent(id, comments);
  }

  private async onTerminal(act: Act): Promise<void> {
    const { screen, outside, world } = this.deps;
    if (act.do === "edit") await this.under("the editor", () => this.edit(act.path, act.line));
    if (act.do === "attach")
      await this.under(`attach ${act.id}`, async () => {
        const words = ["attach", String(act.id), ...(act.stop ? ["--stop"] : [])];
        this.tell(await screen.lend(() => handle(world, words, this.from("cli"))));
      });
    if (act.do === "suspend") {
      const stopped = await screen.lend(outside.pause);
      this.deps.reload();
      if (!stopped) this.notice("There is no shell to go back to: this was started without one.", "warn");
    }
    if (act.do === "copy")
      this.notice(screen.copy(act.text) ? `On the clipboard: ${act.text}` : act.text, "good");
    if (act.do === "open") await this.open(act.url);
    if (act.do === "page")
      await this.under("the status page", async () => this.open(await outside.page(act.id)));
  }

  private async open(url: string): Promise<void> {
    const { screen, outside } = this.deps;
    if (await outside.browse(url)) this.notice(`Opened ${url}`, "good");
    else if (screen.copy(url)) this.notice(`No browser is here; on the clipboard: ${url}`, "warn");
    else this.notice(url, "warn");
  }

  private async edit(path: string, line: number | undefined): Promise<void> {
    const { env } = this.deps.world.config;
    if (env.editor === null) throw new Problem("config", "No editor is set.", { hint: "export EDITOR=vi" });
    const knowsLines = /(^|\/)(vi|vim|nvim|nano|emacs|micro|kak)\b/.test(env.editor);
    const place = line !== undefined && knowsLines ? [`+${line}`] : [];
    // The editor may be set with arguments, so a shell reads it; the path is never part of what it reads.
    const argv = ["sh", "-c", `${env.editor} "$@"`, "sh", ...place, path];
    const code = await this.deps.screen.lend(() => this.deps.outside.run(argv, env.cwd));
    if (code !== 0) throw new Problem("other", `The editor ended with code ${code}.`);
  }

  private async inShell(text: string): Promise<void> {
    const { screen, outside } = this.deps;
    const code = await screen.lend(() => outside.shell(shellWordsOf(text)));
    if (code !== 0 && code !== INTERRUPTED) throw new Problem("other", `"${text}" ended with code ${code}.`);
  }

  /** Says what is under way while it is, and what went wrong. True where it went well. */
  private async under(
    text: string,
    work: (progress: (text: string) => void) => Promise<void>,
  ): Promise<boolean> {
    const { dispatch } = this.deps;
    this.last += 1;
    const id = this.last;
    dispatch({ type: "busy", id, text });
    try {
      await work((now) => dispatch({ type: "busy", id, text: `${text}: ${now}` }));
      return true;
    } catch (error) {
      this.failed(error);
      return false;
    } finally {
      dispatch({ type: "busy", id, text: null });
      this.deps.reload();
    }
  }

  private from(surface: Surface, progress: (text: string) => void = () => undefined): From {
    const { env } = this.deps.world.config;
    return { actor: `tui:${env.user}`, surface, cwd: env.cwd, asker: this.deps.asker.ask, progress };
  }

  private tell(reply: Reply): void {
    const { world, dispatch } = this.deps;
    const notice = troubleOf(reply, world.now() + BAD_MS);
    if (notice) dispatch({ type: "notice", notice });
    else this.notice(gistOf(reply), "good", { more: linesOf(reply, 100) });
  }

  private notice(text: string, tone: Notice["tone"], more: Partial<Notice> = {}): void {
    const until = this.deps.world.now() + GOOD_MS;
    this.deps.dispatch({ type: "notice", notice: { text, tone, hint: null, more: [], until, ...more } });
  }

  private failed(error: unknown): void {
    const { world, dispatch } = this.deps;
    if (!(error instanceof Problem))
      world.log.error("tui.bug", {
        message: error instanceof Error ? (error.stack ?? error.message) : String(error),
      });
    dispatch({ type: "notice", notice: failure(error, world.now() + BAD_MS) });
  }

  private show(title: string, reply: Reply): void {
    const width = Math.max(20, Math.min(this.deps.state().width - 4, 110) - 4);
    const lines = linesOf(reply, width);
    this.deps.dispatch({ type: "opened", overlay: { kind: "message", title, lines, scroll: 0 } });
  }
}

function asJson({ json }: Reply): Reply {
  return { text: [{ verbatim: JSON.stringify(json, null, 2) }], json };
}

function helpFor(parsed: Parsed): Reply {
  const words = parsed.help ? parsed.command.name.split(" ") : (parsed.args.command ?? []);
  return words.length > 0 ? commandHelp(COMMANDS, words) : helpReply(COMMANDS, "palette");
}
