import { onPath } from "../process/path.ts";
import { runHere } from "../process/quiet.ts";
import type { World } from "../world.ts";

/** Main screen, cursor shown, no mouse, no bracketed paste, no enhanced keys. */
const PLAIN =
  "\u001b[?1049l\u001b[?25h\u001b[?1000l\u001b[?1002l\u001b[?1003l\u001b[?1006l\u001b[?2004l\u001b[<u\u001b[0m";

/** What died by a signal did not put the terminal back as it was. */
export async function leaveTerminal(world: World, code: number): Promise<void> {
  const { env } = world.config;
  if (code <= 128 || !process.stdout.isTTY) return;
  process.stdout.write(PLAIN);
  const stty = onPath("stty", env.path);
  if (stty) await runHere([stty, "sane"], { cwd: "/", env: { PATH: env.path } });
}

type Signal = "SIGINT" | "SIGTERM" | "SIGQUIT";
type Held = { readonly handOver: () => void; readonly giveBack: () => void };

/**
 * While an agent is on its way to this terminal, Ctrl-C and TERM stop its run and then do what they did before. Once it
 * has the terminal, Ctrl-C and Ctrl-\ are the agent's alone, and TERM stops it as `rally stop` does.
 */
export function holdSignals(stop: () => void): Held {
  const before = new Map(SIGNALS.map((signal) => [signal, process.listeners(signal)] as const));
  const listen = (does: (signal: Signal) => void) => {
    for (const signal of SIGNALS) {
      process.removeAllListeners(signal);
      process.on(signal, () => does(signal));
    }
  };
  listen((signal) => {
    stop();
    for (const listener of before.get(signal) ?? []) listener(signal);
  });
  return {
    handOver: () => listen((signal) => (signal === "SIGTERM" ? stop() : undefined)),
    giveBack: () => {
      for (const [signal, listeners] of before) {
        process.removeAllListeners(signal);
        for (const listener of listeners) process.on(signal, listener);
      }
    },
  };
}

const SIGNALS: readonly Signal[] = ["SIGINT", "SIGTERM", "SIGQUIT"];
