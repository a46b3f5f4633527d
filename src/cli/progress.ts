import { cleanLine } from "./clean.ts";
import { fit, render } from "./colour.ts";
import type { Terminal } from "./terminal.ts";

/** One line that tells what long work is at; nothing of it is left when it is done. */
export type Progress = {
  /** What is being done now. */
  readonly say: (what: string) => void;
  /** Takes the line away; may be called again. */
  readonly done: () => void;
};

const FRAMES = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const FRAME_MS = 80;
/** Short work shows nothing. */
const PATIENCE_MS = 150;

/** On stderr, where that is a terminal; else it says nothing. */
export function progress(terminal: Terminal): Progress {
  if (!terminal.errTty) return { say: () => {}, done: () => {} };
  let what = "";
  let frame = 0;
  let shown = false;
  let timer: ReturnType<typeof setTimeout> | null = null;
  const draw = () => {
    const line = render(
      fit(`${FRAMES[frame % FRAMES.length] ?? ""} ${what}`, (terminal.width ?? 80) - 1),
      false,
    );
    terminal.err(`${shown ? "" : "\u001b[?25l"}\r\u001b[2K${line}`);
    shown = true;
    frame += 1;
    timer = setTimeout(draw, FRAME_MS);
    timer.unref();
  };
  const done = () => {
    if (timer) clearTimeout(timer);
    timer = null;
    if (shown) terminal.err("\r\u001b[2K\u001b[?25h");
    shown = false;
    process.off("exit", done);
  };
  return {
    say: (next) => {
      what = cleanLine(next);
      if (timer) return;
      process.once("exit", done);
      timer = setTimeout(draw, PATIENCE_MS);
      timer.unref();
    },
    done,
  };
}
