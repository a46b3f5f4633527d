import { onPath } from "../process/path.ts";
import { runHere } from "../process/quiet.ts";
import type { World } from "../world.ts";

/**
 * Nothing held back, no mouse, no bracketed paste, no word of the focus or of another theme, no enhanced keys; main
 * screen, cursor shown and in its own shape.
 */
const PLAIN = [
  ...["?2026l", "?1000l", "?1002l", "?1003l", "?1006l", "?2004l", "?1004l", "?2031l", "<u", ">4;0m"],
  ...["?1049l", "?25h", "0 q", "0m"],
]
  .map((mode) => `\u001b[${mode}`)
  .join("");

/** What died by a signal did not put the terminal back as it was. */
export async function leaveTerminal({ config }: Pick<World, "config">, code: number): Promise<void> {
  const { env } = config;
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
