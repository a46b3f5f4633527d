import type { Handlers } from "../src/app/handle.ts";
import type { Candidate, PathKind, Wanted } from "../src/cli/complete.ts";

/** What the dashboard needs of the machine beside the world; brought by whoever opens it. */
export type Outside = {
  /** Runs a program on this terminal, which is its own meanwhile. */
  readonly run: (argv: readonly string[], cwd: string) => Promise<number>;
  /** Another Rally on this terminal, for lines that only a shell understands. */
  readonly shell: (words: readonly string[]) => Promise<number>;
  /** What there is now of what a line can name. */
  readonly names: (wanted: Wanted) => Promise<readonly Candidate[]>;
  /** What is in a folder that was typed, and how that folder is written in a line. */
  readonly paths: (
    folder: string,
    kind: PathKind,
  ) => Promise<{ readonly written: string; readonly found: readonly Candidate[] }>;
  /** Opens an address in the person's browser; false where there is none. */
  readonly browse: (url: string) => Promise<boolean>;
  /** Where a dispatch's status page is served. Throws Problem `missing` where it is not. */
  readonly page: (dispatchId: number) => Promise<string>;
  /** Commands that are wired to more rooms than the others. */
  readonly more: Handlers;
  /** The desktop is told by whoever watches the agents; false where that cannot be, and the terminal must tell. */
  readonly desktop: boolean;
  /** Stops this job, as Ctrl-Z does; returns when it goes on, with false where it cannot be stopped. */
  readonly pause: () => Promise<boolean>;
};

/** The terminal, as the dashboard needs it. */
export type Screen = {
  /** Gives the whole terminal away while something else has it. */
  readonly lend: <T>(work: () => Promise<T>) => Promise<T>;
  readonly copy: (text: string) => boolean;
  /** The terminal's own notification, where it has one. */
  readonly notify: (title: string, text: string) => void;
  readonly quit: () => void;
};
