import { type From, handle, handleParsed } from "../src/app/handle.ts";
import { HANDLERS } from "../src/app/handlers.ts";
import type { Reply } from "../src/app/reply.ts";
import { commandHelp, helpReply } from "../src/cli/help.ts";
import type { Command, Surface } from "../src/domain/command.ts";
import { COMMANDS } from "../src/domain/commands.ts";
import { type Parsed, parseLine } from "../src/domain/grammar.ts";
import { lineWords } from "../src/domain/grammar-words.ts";
import { Problem } from "../src/domain/problem.ts";
import type { World } from "../src/world.ts";
import type { Asker } from "./asker.ts";
import { cleanQuestion } from "./clean.ts";
import type { Act, Event, Notice } from "./events.ts";
import type { State } from "./model.ts";
import type { Outside, Screen } from "./outside.ts";
import { failure, gistOf, linesOf } from "./replies.ts";
import { messageOf } from "./review/notes.ts";

const GOOD_MS = 8_000;
const BAD_MS = 60_000;
/** A line that met a database kept locked by another process is said again, so that the screen never waits for it. */
const BUSY_TRIES = 30;
const BUSY_WAIT_MS = 200;

export type Performer = {
  perform(act: Act): Promise<void>;
  /** One line through the door, as this person. */
  say(words: readonly string[]): Promise<Reply>;
};

export type PerformerDeps = {
  readonly world: World;
  readonly outside: Outside;
  readonly screen: Screen;
  readonly asker: Asker;
  readonly state: () => State;
  readonly dispatch: (event: Event) => void;
  readonly reload: () => void;
  readonly nextTheme: () => void;
};

/** Does what keys ask for. It decides nothing: whatever changes anything is a line through the one door. */
export function performer(deps: PerformerDeps): Performer {
  const { world, dispatch } = deps;
  let last = 0;
  const notice = (text: string, how: Notice["tone"], more: Partial<Notice> = {}) =>
    dispatch({
      type: "notice",
      notice: { text, tone: how, hint: null, more: [], until: world.now() + GOOD_MS, ...more },
    });
  const failed = (error: unknown) => {
    if (!(error instanceof Problem))
      world.log.error("tui.bug", {
        message: error instanceof Error ? (error.stack ?? error.message) : String(error),
      });
    dispatch({ type: "notice", notice: failure(error, world.now() + BAD_MS) });
  };

  /** Says what is under way while it is, and what went wrong. True where it went well. */
  const under = async (
    text: string,
    work: (progress: (text: string) => void) => Promise<void>,
  ): Promise<boolean> => {
    last += 1;
    const id = last;
    dispatch({ type: "busy", id, text });
    try {
      await work((now) => dispatch({ type: "busy", id, text: `${text}: ${now}` }));
      return true;
    } catch (error) {
      failed(error);
      return false;
    } finally {
      dispatch({ type: "busy", id, text: null });
      deps.reload();
    }
  };
  const from = (surface: Surface, progress: (text: string) => void = () => undefined): From => ({
    actor: `tui:${world.config.env.user}`,
    surface,
    cwd: world.config.env.cwd,
    asker: deps.asker.ask,
    progress,
  });
  const say = (words: readonly string[], progress?: (text: string) => void): Promise<Reply> =>
    patiently(() => handle(world, words, from("cli", progress)));

  const tell = (reply: Reply) => {
    const [problem] = reply.problems ?? [];
    if (problem) failed(problem);
    else notice(gistOf(reply), "good", { more: linesOf(reply, 100) });
  };
  const lines = async (all: readonly (readonly string[])[]) => {
    for (const words of all)
      if (!(await under(words.slice(0, 2).join(" "), async (progress) => tell(await say(words, progress)))))
        return;
  };

  const typed = async (text: string) => {
    await under(text, async (progress) => {
      const parsed = parsedLine(text);
      const { command } = parsed;
      if (parsed.help || command.name === "help")
        return show(dispatch, text, helpFor(parsed), deps.state().width);
      if (!Object.hasOwn(HANDLERS, command.name) || command.name === "attach") return inShell(deps, text);
      const surface = command.surfaces.includes("palette") ? "palette" : "cli";
      const reply = await patiently(() => handleParsed(world, parsed, from(surface, progress)));
      if (isRead(command)) show(dispatch, text, reply, deps.state().width);
      else tell(reply);
    });
  };

  const send = async (id: number) => {
    const { review } = deps.state();
    if (!review || review.notes.comments.length === 0) return;
    const sent = await under(`sending the comments on ${id}`, async (progress) => {
      tell(await say(["continue", String(id), "--", messageOf(review.notes)], progress));
    });
    if (sent) dispatch({ type: "review_sent" });
  };

  const edit = async (path: string, line: number | undefined) => {
    const { editor } = world.config.env;
    if (editor === null) throw new Problem("config", "No editor is set.", { hint: "export EDITOR=vi" });
    // The editor may be given with arguments, so a shell reads it; the path is never part of its text.
    const place =
      line !== undefined && /(^|\/)(vi|vim|nvim|nano|emacs|micro|kak)\b/.test(editor) ? [`+${line}`] : [];
    const code = await deps.screen.lend(() =>
      deps.outside.run(["sh", "-c", `${editor} "$@"`, "sh", ...place, path], world.config.env.cwd),
    );
    if (code !== 0) throw new Problem("other", `The editor ended with code ${code}.`);
  };

  const outer = async (act: Act): Promise<void> => {
    switch (act.do) {
      case "edit":
        await under("the editor", () => edit(act.path, act.line));
        return;
      case "attach":
        await under(`attach ${act.id}`, async () => {
          const words = ["attach", String(act.id), ...(act.stop ? ["--stop"] : [])];
          tell(await deps.screen.lend(() => handle(world, words, from("cli"))));
        });
        return;
      case "open":
        if (deps.outside.browse(act.url)) notice(`Opened ${act.url}`, "good");
        else if (deps.screen.copy(act.url))
          notice(`No browser is here; on the clipboard: ${act.url}`, "warn");
        else notice(act.url, "warn");
        return;
      case "copy":
        notice(deps.screen.copy(act.text) ? `On the clipboard: ${act.text}` : act.text, "good");
        return;
      case "suspend":
        await deps.screen.lend(deps.outside.pause);
        deps.reload();
    }
  };

  const perform = async (act: Act): Promise<void> => {
    switch (act.do) {
      case "event":
        return dispatch(act.event);
      case "all":
        for (const one of act.acts) await perform(one);
        return;
      case "lines":
        return lines(act.lines);
      case "say":
        return typed(act.text);
      case "answer":
        return deps.asker.answer(act.ask, act.value);
      case "clean":
        await under("looking at what would be removed", async (progress) =>
          dispatch(await cleanQuestion(deps.state(), act.ids, (words) => say(words, progress))),
        );
        return;
      case "send":
        return send(act.id);
      case "theme":
        return deps.nextTheme();
      case "reload":
        return deps.reload();
      case "quit":
        return deps.screen.quit();
      default:
        return outer(act);
    }
  };
  return { perform, say };
}

/** Everything that Rally understands: as a line of the palette, else as a shell's. */
function parsedLine(text: string): Parsed {
  try {
    return parseLine(COMMANDS, text, { surface: "palette", alone: "status" });
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    try {
      return parseLine(COMMANDS, shellWordsOf(text), { surface: "cli", alone: "status" });
    } catch {
      throw error;
    }
  }
}

function shellWordsOf(text: string): string[] {
  const words = lineWords(text.replace(/^(\/|rally\s+)/, ""));
  const all: string[] = [];
  for (let word = words.peek(); word; word = words.peek()) {
    all.push(word.text);
    words.take();
  }
  return all;
}

async function inShell(deps: PerformerDeps, text: string): Promise<void> {
  const code = await deps.screen.lend(() => deps.outside.shell(shellWordsOf(text)));
  if (code !== 0) throw new Problem("other", `"${text}" ended with code ${code}.`);
}

function helpFor(parsed: Parsed): Reply {
  const words = parsed.help ? parsed.command.name.split(" ") : (parsed.args.command ?? []);
  return words.length > 0 ? commandHelp(COMMANDS, words) : helpReply(COMMANDS, "palette");
}

function isRead(command: Command): boolean {
  return command.reads;
}

function show(dispatch: (event: Event) => void, title: string, reply: Reply, width: number): void {
  const lines = linesOf(reply, Math.max(20, Math.min(width - 4, 110) - 4));
  dispatch({ type: "opened", overlay: { kind: "message", title, lines, scroll: 0 } });
}

async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (let left = BUSY_TRIES; ; left--) {
    try {
      return await work();
    } catch (error) {
      if (left === 0 || !isBusy(error)) throw error;
      await Bun.sleep(BUSY_WAIT_MS);
    }
  }
}

function isBusy(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : null;
  const code = typeof cause === "object" && cause !== null && "code" in cause ? String(cause.code) : "";
  return code.startsWith("SQLITE_BUSY");
}
