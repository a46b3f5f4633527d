import type { Config } from "./config.ts";
import type { Time } from "./domain/words.ts";
import type { GitHub } from "./github/github.ts";
import type { Log } from "./log.ts";
import type { Store } from "./store/open.ts";

/** Everything outside the pure part, passed first. Built by main (and by the tests, with real parts). */
export type World = {
  readonly config: Config;
  readonly store: Store;
  readonly log: Log;
  readonly now: () => Time;
  /** Takes out known token shapes and the configured values, before a text of others' reaches any sink. */
  readonly redact: (text: string) => string;
  /** GitHub of a host (`github.com` unless Enterprise); made on first use, because its library is slow to load. */
  readonly github: (host: string) => Promise<GitHub>;
  /** One fast tick now, in this process; wired to the heartbeat by main. */
  readonly poke: () => Promise<void>;
  /** Everything looked at now, GitHub included (of one project, where its id is given); wired to the heartbeat by main. */
  readonly refresh: (only?: number) => Promise<Refreshed>;
  /** Observes and ends runs without starting any, within a bounded time; wired to the heartbeat by main. */
  readonly observe: () => Promise<void>;
  /** Starts a detached heartbeat where nobody holds the lease and autostart is on. */
  readonly autostart: () => Promise<void>;
};

export type Refreshed = {
  /** The journal's last row before it. */
  readonly since: number;
  /** Journal rows that it led to. */
  readonly changes: number;
  /** Dispatches in whose worktree a person has changed something by hand. */
  readonly moved: readonly number[];
  readonly projects: number;
  readonly warnings: readonly string[];
};
