import { closeSync, openSync } from "node:fs";
import { passingSync } from "../boundary.ts";

export type QuietOptions = {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** What it says is appended here. */
  readonly log: string;
};

/** Starts a program in a session of its own that nobody waits for; gives its pid. */
export function spawnQuietly(argv: readonly string[], options: QuietOptions): number {
  const log = openSync(options.log, "a", 0o600);
  try {
    return passingSync("spawn", "detached", () => {
      const child = Bun.spawn([...argv], {
        cwd: options.cwd,
        env: { ...options.env, PWD: options.cwd },
        stdin: "ignore",
        stdout: log,
        stderr: log,
        detached: true,
      });
      child.unref();
      return child.pid;
    });
  } finally {
    closeSync(log);
  }
}

/** Runs a program on this terminal, in the foreground: an editor, a shell. Gives its exit code. */
export async function runHere(
  argv: readonly string[],
  options: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Promise<number> {
  const child = Bun.spawn([...argv], {
    cwd: options.cwd,
    env: { ...options.env, PWD: options.cwd },
    stdin: "inherit",
    stdout: "inherit",
    stderr: "inherit",
  });
  return child.exited;
}
