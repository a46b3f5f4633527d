import type { Terminal } from "../../src/cli/terminal.ts";

/** A terminal that keeps what was printed. */
export function fakeTerminal(more: Partial<Terminal> = {}) {
  const printed = { out: "", err: "" };
  const terminal: Terminal = {
    out: async (text) => {
      printed.out += text;
    },
    err: (text) => {
      printed.err += text;
    },
    width: null,
    outTty: false,
    errTty: false,
    inTty: false,
    colour: false,
    errColour: false,
    ...more,
  };
  return { terminal, printed };
}

export const PLAIN = { json: false, debug: false, redact: (text: string) => text };
