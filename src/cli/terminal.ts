import type { Environment } from "../config.ts";

/** Where the command line prints: `out` for results, `err` for everything else. */
export type Terminal = {
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
  const outTty = process.stdout.isTTY === true;
  const errTty = process.stderr.isTTY === true;
  const dumb = env.noColor || env.all.TERM === "dumb";
  const columns = Number(env.all.COLUMNS);
  const given = Number.isInteger(columns) && columns >= 20 ? columns : null;
  return {
    out: (text) => write(process.stdout, text),
    err: (text) => {
      process.stderr.write(text);
    },
    width: outTty ? process.stdout.columns || given || 80 : given,
    outTty,
    errTty,
    inTty: process.stdin.isTTY === true,
    colour: outTty && !dumb,
    errColour: errTty && !dumb,
  };
}

/** Resolves when it is written, or when nobody reads any more (`rally status | head -1`). */
function write(stream: NodeJS.WriteStream, text: string): Promise<void> {
  return new Promise((resolve) => {
    stream.once("error", () => resolve());
    stream.write(text, () => resolve());
  });
}
