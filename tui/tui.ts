import { type CliRenderer, createCliRenderer } from "@opentui/core";
import { Problem } from "../src/domain/problem.ts";
import type { World } from "../src/world.ts";
import { typedAhead } from "./ahead.ts";
import { Dashboard } from "./dashboard.ts";
import type { Closed, FirstFrame } from "./open.ts";
import type { Outside, Screen } from "./outside.ts";

/** The dashboard on a renderer, which takes the screen over from the first frame and gives it back whatever happens. */
export async function runDashboard(world: World, outside: Outside, first: FirstFrame): Promise<Closed> {
  const ahead = typedAhead();
  first.give();
  const renderer = await createCliRenderer({
    exitOnCtrlC: false,
    exitSignals: [],
    targetFps: 30,
    openConsoleOnError: false,
    consoleMode: "disabled",
    useKittyKeyboard: null,
    useMouse: true,
    enableMouseMovement: false,
    prependInputHandlers: [ahead.hold],
  });
  first.given();
  const end = Promise.withResolvers<void>();
  const hold = { lent: 0 };
  const screen: Screen = {
    lend: (work) => lend(renderer, hold, work),
    copy: (text) => renderer.copyToClipboardOSC52(text),
    notify: (title, text) => void renderer.triggerNotification(text, title),
    quit: () => end.resolve(),
  };
  const off = guard(renderer, hold, end);
  let shown: Dashboard | null = null;
  try {
    const theme = renderer.themeMode === "light" && first.theme !== "plain" ? "light" : first.theme;
    const opened = new Dashboard(renderer, { world, outside, screen, theme, fail: end.reject });
    shown = opened;
    ahead.release((sequence) => process.stdin.emit("data", Buffer.from(sequence)));
    renderer.on("theme_mode", (mode: "dark" | "light") => {
      // What a person chose stays.
      if (mode === "light" && opened.state.theme === "dark" && !world.config.env.noColor)
        opened.dispatch({ type: "themed", theme: "light" });
    });
    if (anythingAtWork(opened)) await world.autostart();
    await end.promise;
    return { working: working(opened) };
  } catch (error) {
    if (error instanceof Problem) throw error;
    world.log.error("tui.failed", {
      message: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
    const message = error instanceof Error ? error.message : String(error);
    throw new Problem("other", `The dashboard failed: ${message}`, {
      hint: "Agents go on; rally status shows them. rally.log in the home has more.",
      cause: error,
    });
  } finally {
    shown?.stop();
    renderer.destroy();
    await renderer.closed;
    off();
  }
}

/** While something else has the terminal, nothing is drawn and no key is read. */
async function lend<T>(renderer: CliRenderer, hold: Hold, work: () => Promise<T>): Promise<T> {
  await renderer.suspend();
  hold.lent += 1;
  try {
    return await work();
  } finally {
    hold.lent -= 1;
    await renderer.resume();
  }
}

/** Whether something else has the terminal: Ctrl-C is for that, then. */
type Hold = { lent: number };

const SIGNALS = ["SIGTERM", "SIGHUP", "SIGINT", "SIGQUIT"] as const;

/** Everything that could end the process goes through one way out, which gives the terminal back. */
function guard(renderer: CliRenderer, hold: Hold, end: PromiseWithResolvers<void>): () => void {
  const fail = (error: unknown) => end.reject(error);
  const leave = () => end.resolve();
  const interrupted = () => {
    if (hold.lent === 0) leave();
  };
  const does = (signal: NodeJS.Signals) =>
    signal === "SIGINT" || signal === "SIGQUIT" ? interrupted : leave;
  const before = SIGNALS.map((signal) => ({ signal, listeners: process.listeners(signal) }));
  for (const { signal } of before) {
    process.removeAllListeners(signal);
    process.on(signal, does(signal));
  }
  process.on("uncaughtException", fail);
  process.on("unhandledRejection", fail);
  renderer.on("handler:error", (event: { error: unknown }) => fail(event.error));
  renderer.on("render:error", (event: { error: unknown }) => fail(event.error));
  // A renderer that is gone by itself has nothing to show any more.
  renderer.once("destroy", leave);
  return () => {
    process.off("uncaughtException", fail);
    process.off("unhandledRejection", fail);
    for (const { signal, listeners } of before) {
      process.off(signal, does(signal));
      for (const listener of listeners) process.on(signal, listener);
    }
  };
}

function anythingAtWork(shown: Dashboard): boolean {
  const counts = shown.state.list.data?.fleet.counts;
  return counts !== undefined && counts.working + counts.queued > 0;
}

function working(shown: Dashboard): number {
  return shown.state.list.data?.fleet.counts.working ?? 0;
}
