import type { Reading } from "../domain/outcome.ts";
import type { Mode } from "../domain/words.ts";

/** What the configuration says of an agent (`agents.<name>`). */
export type AgentConfig = {
  readonly command?: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly model?: string;
};

export type LaunchRequest = {
  /** Absolute; also the working directory. */
  readonly worktree: string;
  /** Where the frozen issue, the task and the policy are, absolute. */
  readonly context: string;
  /** Short: points to the context, plus what this run is told. */
  readonly prompt: string;
  /** Chosen by us when new; the dispatch's when resumed. Null when the agent names its own and has not yet. */
  readonly session: string | null;
  readonly resume: boolean;
  readonly model: string | null;
  readonly mode: Mode;
  /** Extra names that are refused, beside the built-in list. */
  readonly deny: readonly string[];
  /** `disallow_temp_dir`: the machine's temporary folder is not for it. */
  readonly disallowTempDir: boolean;
  /** Rally's own walls stand around it, so that the agent's may be left off. */
  readonly walled: boolean;
  /** A folder of the run's own, writable by the agent's side (hooks, settings). */
  readonly runDir: string;
  readonly config: AgentConfig;
};

/** What is executed: argv (no secrets, no long text), what it reads on stdin, and the variables it needs beside the allow-list. */
export type Launch = {
  readonly argv: readonly string[];
  readonly stdin: string;
  readonly env: Readonly<Record<string, string>>;
};

/** Reads an agent's output line by line. Unknown lines are ignored; a line may be half a JSON object after a crash. */
export interface Reader {
  line(text: string): void;
  reading(): Reading;
}

/** An agent CLI: how it is started, gone on with, and read. One small file each. */
export interface Agent {
  readonly name: string;
  /** The program looked for on PATH, unless the configuration names one. */
  readonly program: string;
  /** `ours`: we choose the session's id; `theirs`: it tells us; `none`: it cannot go on. */
  readonly sessions: "ours" | "theirs" | "none";
  /** Names (a trailing `*` matches the rest) of variables that it needs and people set. */
  readonly variables: readonly string[];
  /** Paths below HOME that it must be able to write: its own state. */
  readonly state: readonly string[];
  /** It can be told by itself to leave the machine's temporary folder alone. */
  readonly leavesTempDir: boolean;
  launch(request: LaunchRequest): Launch;
  /** The same session with a person at it; null where the agent has no such way. Policy flags included. */
  attach(request: LaunchRequest): Launch | null;
  reader(): Reader;
}
