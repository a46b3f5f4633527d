import type { Ask, Choice, PickOptions } from "../app/ask.ts";
import { type Line, plain } from "../app/reply.ts";
import { Problem } from "../domain/problem.ts";
import { cleanLine } from "./clean.ts";
import { fit, paint, render, spansOf } from "./colour.ts";
import { keysOf } from "./keys.ts";
import { chosen, type Key, type Picker, picker, press } from "./picker.ts";
import { rawKeys } from "./raw.ts";
import type { Terminal } from "./terminal.ts";

/** Asks on the terminal: questions go to stderr, so that results can be piped. Without a terminal it refuses. */
export function terminalAsk(terminal: Terminal): Ask {
  return terminal.inTty && terminal.errTty ? onTerminal(terminal) : NOBODY;
}

/** Where nobody can be asked. */
export const NOBODY: Ask = {
  confirm: async (question, { flag }) => {
    throw new Problem("refused", `Without a terminal nobody can be asked: ${plain(question)}`, {
      hint: `add ${flag}`,
    });
  },
  pick: async (_question, _choices, { instead }) => {
    throw new Problem("usage", "Without a terminal nothing can be picked, so say which.", { hint: instead });
  },
};

function onTerminal(terminal: Terminal): Ask {
  return {
    confirm: (question, { fallback = false }) => confirm(terminal, question, fallback),
    pick: (question, choices, options) => pick(terminal, question, choices, options),
  };
}

/** `y` and `n` answer at once, enter takes the default, escape says no, Ctrl-C ends the program as it should. */
async function confirm(terminal: Terminal, question: Line, fallback: boolean): Promise<boolean> {
  const prompt = `${render(spansOf(question), terminal.errColour)} ${fallback ? "[Y/n]" : "[y/N]"} `;
  const take = (data: string) => {
    for (const key of keysOf(data)) {
      if (key.name === "interrupt") return { interrupted: true } as const;
      const yes = answerOf(key, fallback);
      if (yes !== null) return { value: yes };
    }
    return null;
  };
  const answer = await rawKeys<boolean>({ begin: () => terminal.err(prompt), take, write: terminal.err });
  terminal.err(answer ? "yes\n" : "no\n");
  return answer;
}

function answerOf(key: Key, fallback: boolean): boolean | null {
  if (key.name === "enter") return fallback;
  if (key.name === "escape") return false;
  if (key.name !== "text") return null;
  const letter = key.text[0]?.toLowerCase();
  return letter === "y" ? true : letter === "n" ? false : null;
}

const ROWS = 10;

async function pick<T>(
  terminal: Terminal,
  question: Line,
  choices: readonly Choice<T>[],
  options: PickOptions,
): Promise<T[]> {
  let state = picker(choices, options.many);
  let drawn = 0;
  const draw = () => {
    const lines = picture(state, question, terminal);
    terminal.err(`${erase(drawn)}${lines.join("\r\n")}`);
    drawn = lines.length;
  };
  const take = (data: string) => {
    for (const key of keysOf(data)) {
      if (key.name === "interrupt") return { interrupted: true } as const;
      state = press(state, key);
      if (state.end) return { value: state };
    }
    draw();
    return null;
  };
  const wipe = () => terminal.err(erase(drawn));
  const end = await rawKeys<Picker<T>>({ begin: draw, take, write: terminal.err, wipe });
  return chosen(end);
}

/** Back to the first of the lines that were drawn, with nothing below. */
function erase(lines: number): string {
  if (lines === 0) return "\u001b[?25l";
  return `\r${lines > 1 ? `\u001b[${lines - 1}A` : ""}\u001b[0J`;
}

function picture<T>(state: Picker<T>, question: Line, terminal: Terminal): string[] {
  const width = (terminal.width ?? 80) - 1;
  const first = Math.max(0, Math.min(state.at - Math.floor(ROWS / 2), state.matches.length - ROWS));
  const rows = state.matches.slice(first, first + ROWS).map((index, row) => {
    const choice = state.choices[index];
    const here = first + row === state.at;
    const box = state.many ? (state.marked.has(index) ? "[x] " : "[ ] ") : "";
    const text = cleanLine(`${here ? "❯" : " "} ${box}${choice?.label ?? ""}`);
    const detail = choice?.detail ? [{ text: `  ${choice.detail}`, tone: "dim" } as const] : [];
    const spans = here ? [{ text, tone: "accent" } as const, ...detail] : [text, ...detail];
    return render(fit(spans, width), terminal.errColour);
  });
  const keys = state.many ? "space marks · enter takes · esc leaves" : "enter takes · esc leaves";
  const count = `${state.matches.length} of ${state.choices.length}`;
  return [
    render(
      fit([plain(question), " ", { text: state.filter, tone: "strong" }, "▏"], width),
      terminal.errColour,
    ),
    ...(rows.length > 0 ? rows : [paint("  nothing matches", "dim", terminal.errColour)]),
    render(fit([{ text: `  ${count} · type to search · ${keys}`, tone: "dim" }], width), terminal.errColour),
  ];
}
