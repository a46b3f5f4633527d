import type { Said } from "./room.ts";
import { until } from "./until.ts";

export type Seat = {
  /** When the program has ended; killed after so long, where that is said. */
  said(killAfterMs: number | null): Promise<Said>;
  /** The window is closed. */
  leave(): void;
};

/**
 * A program on a terminal of its own. The session's leader lives on behind it, as a person's shell does: else the
 * kernel would hang up on whoever has the terminal still when the program is killed.
 */
export function sitDown(argv: readonly string[], cwd: string, env: Record<string, string>): Seat {
  let shown = "";
  const decoder = new TextDecoder();
  const script = `(echo "pid=$(sh -c 'echo $PPID')="; exec "$@"); echo "code=$?="; exec sleep 300`;
  const child = Bun.spawn(["sh", "-c", script, "sh", ...argv], {
    cwd,
    env,
    terminal: {
      data: (_terminal, bytes) => {
        shown += decoder.decode(bytes, { stream: true });
      },
    },
  });
  const number = (name: string) => new RegExp(`${name}=(\\d+)=`).exec(shown)?.[1];
  return {
    said: async (killAfterMs) => {
      await until(() => number("pid") !== undefined, "a program at the terminal");
      const kill = () => {
        try {
          process.kill(Number(number("pid")), "SIGKILL");
        } catch {
          // It has ended at this very moment.
        }
      };
      const timer = killAfterMs === null ? undefined : setTimeout(kill, killAfterMs);
      await until(() => number("code") !== undefined, `the end of ${argv.join(" ")}: ${shown}`);
      clearTimeout(timer);
      return { code: Number(number("code")), stdout: "", stderr: shown };
    },
    leave: () => {
      child.kill("SIGKILL");
      child.terminal?.close();
    },
  };
}
