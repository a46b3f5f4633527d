import { fstatSync, statSync, writeSync } from "node:fs";
import type { Environment } from "../config.ts";

/** Where the command line prints: `out` for results, `err` for everything else. */
export type Terminal = {
  /** Resolves when it is written, or when nobody reads any more (`rally status | head -1`). */
  readonly out: (text: string) => Promise<void>;
  readonly err: (text: string) => void;
  /** Columns; null where nothing is cut, since no terminal is there. */
  readonly width: number | null;
  readonly outTty: boolean;
  readonly errTty: boolean;
  readonly inTty: boolean;
  readonly colour: boolean;
  readonly errColour: boolean;
};

/** The process's own. `COLUMNS` sets the width where no terminal tells it. */
export function terminal(env: Environment): Terminal {
  const outTty = isTty(1) && process.stdout.isTTY;
  const errTty = isTty(2) && process.stderr.isTTY;
  const inTty = isTty(0) && process.stdin.isTTY;
  const dumb = env.noColor || env.all.TERM === "dumb";
  const columns = Number(env.all.COLUMNS);
  const given = Number.isInteger(columns) && columns >= 20 ? columns : null;
  return {
    out: writeOut,
    err: writeErr,
    width: outTty ? process.stdout.columns || given || 80 : given,
    outTty,
    errTty,
    inTty,
    colour: outTty && !dumb,
    errColour: errTty && !dumb,
  };
}

/** Whether it may be one: `process.stdout` and its like take ten milliseconds to load, so most are told apart before. */
function isTty(fd: number): boolean {
  try {
    const stat = fstatSync(fd);
    return stat.isCharacterDevice() && stat.rdev !== statSync("/dev/null").rdev;
  } catch {
    return false;
  }
}

async function writeOut(text: string): Promise<void> {
  if (text === "") return;
  try {
    await Bun.write(Bun.stdout, text);
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

function writeErr(text: string): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(2, bytes, at);
    } catch (error) {
      if (codeOf(error) === "EAGAIN") Bun.sleepSync(1);
      else if (isGone(error)) return;
      else throw error;
    }
  }
}

/** Nobody reads: the pipe was closed, or the terminal hung up. */
function isGone(error: unknown): boolean {
  return ["EPIPE", "EIO", "EBADF"].includes(codeOf(error));
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
