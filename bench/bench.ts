import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Figure } from "./figure.ts";
import type { Command } from "./measure.ts";

/** What each of the measurements is given. */
export type Bench = {
  /** Temporary; removed afterwards. */
  readonly root: string;
  /** More rounds, for figures that are to be written down. */
  readonly long: boolean;
  /** The compiled program, where there is one. */
  readonly binary: string | null;
  readonly say: (line: string) => void;
};

export type Measurement = (bench: Bench) => Promise<readonly Figure[]>;

export const ROOT = join(import.meta.dir, "..");
/** As the program starts itself: nothing of the current folder is loaded. */
export const BUN = [process.execPath, "--no-env-file", "--config=/dev/null"] as const;
const SOURCE = [...BUN, join(ROOT, "src/main.ts")] as const;

/** The ways to start Rally that are measured, by name. */
export function programs(bench: Bench): Readonly<Record<string, readonly string[]>> {
  return { "from source": SOURCE, ...(bench.binary === null ? {} : { compiled: [bench.binary] }) };
}

export function builtBinary(): string | null {
  const path = join(ROOT, "dist/rally");
  return existsSync(path) ? path : null;
}

/** The least environment that the program needs; `HOME` is a temporary one, too. */
export function environment(bench: Bench, home: string, more: Readonly<Record<string, string>> = {}) {
  const user = join(bench.root, "user");
  mkdirSync(user, { recursive: true });
  return {
    PATH: process.env.PATH ?? "/usr/bin:/bin",
    HOME: user,
    USER: "bench",
    RALLY_HOME: home,
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_AUTHOR_NAME: "Bench",
    GIT_AUTHOR_EMAIL: "bench@localhost",
    GIT_COMMITTER_NAME: "Bench",
    GIT_COMMITTER_EMAIL: "bench@localhost",
    ...more,
  };
}

export function rally(
  bench: Bench,
  home: string,
  program: readonly string[],
  words: readonly string[],
  more: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Command {
  return {
    argv: [...program, ...words],
    cwd: more.cwd ?? bench.root,
    env: environment(bench, home, more.env),
  };
}
