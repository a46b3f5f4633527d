import { appendFileSync, mkdirSync, renameSync, statSync } from "node:fs";
import { dirname } from "node:path";
import type { Time } from "./domain/words.ts";

export type Log = {
  debug(event: string, data?: Record<string, unknown>): void;
  warn(event: string, data?: Record<string, unknown>): void;
  error(event: string, data?: Record<string, unknown>): void;
};

export type LogOptions = {
  /** Absolute; made 0600, its folder 0700. */
  readonly path: string;
  /** Without it, debug events are not written. */
  readonly debug: boolean;
  readonly redact: (text: string) => string;
  readonly now: () => Time;
  /** At this size the file becomes `<path>.1`, and the one before it is gone. */
  readonly maxBytes?: number;
};

/**
 * One JSON line an event, redacted, each written by one append, so that processes can share the file. It never throws:
 * a log that cannot be written (full disk, read-only home) must not stop the work that it tells of.
 */
export function makeLog(options: LogOptions): Log {
  const write = (level: string, event: string, data: Record<string, unknown> = {}) => {
    try {
      append(options, line(options, level, event, data));
    } catch (error) {
      if (options.debug) process.stderr.write(`the log cannot be written: ${String(error)}\n`);
    }
  };
  return {
    debug: (event, data) => {
      if (options.debug) write("debug", event, data);
    },
    warn: (event, data) => write("warn", event, data),
    error: (event, data) => write("error", event, data),
  };
}

const MAX_BYTES = 5_000_000;
const MAX_LINE_CHARS = 32_000;

function line(options: LogOptions, level: string, event: string, data: Record<string, unknown>): string {
  const at = new Date(options.now()).toISOString();
  const whole = options.redact(json({ at, level, event, ...data }));
  if (whole.length <= MAX_LINE_CHARS) return `${whole}\n`;
  return `${json({ at, level, event, cut: whole.slice(0, MAX_LINE_CHARS) })}\n`;
}

function append(options: LogOptions, text: string): void {
  const size = statSync(options.path, { throwIfNoEntry: false })?.size;
  if (size === undefined) mkdirSync(dirname(options.path), { recursive: true, mode: 0o700 });
  else if (size + text.length > (options.maxBytes ?? MAX_BYTES))
    renameSync(options.path, `${options.path}.1`);
  appendFileSync(options.path, text, { mode: 0o600 });
}

function json(data: Record<string, unknown>): string {
  const above: unknown[] = [];
  const errors = new Map<Error, Record<string, unknown>>();
  return JSON.stringify(data, function (this: unknown, _key, given: unknown) {
    while (above.length > 0 && above.at(-1) !== this) above.pop();
    if (typeof given === "bigint") return String(given);
    const value = given instanceof Error ? ofError(given, errors) : given;
    if (above.includes(value)) return "[circular]";
    if (typeof value === "object" && value !== null) above.push(value);
    return value;
  });
}

/** One object an error, so that an error which is its own cause is seen to be circular. */
function ofError(error: Error, known: Map<Error, Record<string, unknown>>): Record<string, unknown> {
  const before = known.get(error);
  if (before) return before;
  const code = "code" in error ? { code: error.code } : {};
  const cause = error.cause === undefined ? {} : { cause: error.cause };
  const plain = { name: error.name, message: error.message, ...code, stack: error.stack, ...cause };
  known.set(error, plain);
  return plain;
}
