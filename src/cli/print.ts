import { type Block, isTable, isVerbatim, type Line, type Offer, plain, type Reply } from "../app/reply.ts";
import { Problem } from "../domain/problem.ts";
import { cleanLine, cleanText } from "./clean.ts";
import { paint, render, spansOf, wrap } from "./colour.ts";
import { tableLines } from "./table.ts";
import type { Terminal } from "./terminal.ts";

export type PrintOptions = {
  readonly json: boolean;
  /** Causes and stacks with every problem. */
  readonly debug: boolean;
  /** For what is said of a problem, which may quote what was given or answered. */
  readonly redact: (text: string) => string;
};

/** Prints a reply, and what streams after it; the exit code. Problems of a part are printed and count. */
export async function print(reply: Reply, terminal: Terminal, options: PrintOptions): Promise<number> {
  if (reply.stream?.how !== "replace") await terminal.out(rendered(reply, terminal, options));
  for (const line of reply.aside ?? []) terminal.err(`${render(spansOf(line), terminal.errColour)}\n`);
  if (reply.stream) await follow(reply.stream, terminal, options);
  const exits = (reply.problems ?? []).map((problem) => printProblem(problem, terminal, options));
  if (terminal.outTty && terminal.errTty && !options.json && reply.offers)
    terminal.err(offersLine(reply.offers, terminal));
  return Math.max(reply.exit ?? 0, ...exits);
}

/** Says what went wrong, and what to type; the exit code. What is not a Problem is a bug, and is said to be one. */
export function printProblem(
  error: unknown,
  terminal: Terminal,
  options: Omit<PrintOptions, "json">,
): number {
  const known = error instanceof Problem;
  const message = error instanceof Error ? error.message : String(error);
  const sentence = known ? message : `This is a bug in Rally: ${message}`;
  terminal.err(`${paint(cleanLine(options.redact(sentence)), "bad", terminal.errColour)}\n`);
  const hint = known ? error.hint : "RALLY_DEBUG=1 shows where; rally doctor says where the log is";
  if (hint) terminal.err(`${paint("hint:", "dim", terminal.errColour)} ${cleanLine(options.redact(hint))}\n`);
  if (options.debug) terminal.err(options.redact(causes(error)));
  return known ? error.exit : BUG_EXIT;
}

const BUG_EXIT = 70;

function rendered(reply: Pick<Reply, "text" | "json">, terminal: Terminal, options: PrintOptions): string {
  // For a person to read on a terminal; a program is given half the bytes.
  if (options.json) return `${JSON.stringify(reply.json ?? null, null, terminal.outTty ? 2 : 0)}\n`;
  return reply.text.map((block) => blockText(block, terminal)).join("");
}

function blockText(block: Block, terminal: Terminal): string {
  if (isVerbatim(block)) return verbatim(block.verbatim, block.as, terminal);
  const lines = isTable(block)
    ? tableLines(block.table, terminal.width, terminal.colour)
    : lineOf(block, terminal);
  return lines.map((line) => `${line}\n`).join("");
}

/** Broken between words where it is too wide, what follows as far in as it began. */
function lineOf(line: Line, terminal: Terminal): string[] {
  const hang = /^ */.exec(plain(line))?.[0].length ?? 0;
  return wrap(line, 0, terminal.width, hang).map((spans) => render(spans, terminal.colour));
}

/** Byte for byte into a file or a pipe, so that `rally diff 7 | git apply` works; harmless on a terminal. */
function verbatim(text: string, as: string | undefined, terminal: Terminal): string {
  if (!terminal.outTty) return text;
  const clean = cleanText(text);
  const whole = clean === "" || clean.endsWith("\n") ? clean : `${clean}\n`;
  if (as !== "diff" || !terminal.colour) return whole;
  return whole.split("\n").map(diffLine).join("\n");
}

function diffLine(line: string): string {
  if (/^(diff |index |--- |\+\+\+ |new file|deleted file|similarity|rename )/.test(line))
    return paint(line, "strong", true);
  if (line.startsWith("@@")) return paint(line, "accent", true);
  if (line.startsWith("+")) return paint(line, "good", true);
  return line.startsWith("-") ? paint(line, "bad", true) : line;
}

const CLEAR = "\u001b[H\u001b[2J";

async function follow(stream: NonNullable<Reply["stream"]>, terminal: Terminal, options: PrintOptions) {
  for await (const part of stream.parts) {
    const clear = stream.how === "replace" && terminal.outTty && !options.json ? CLEAR : "";
    await terminal.out(clear + rendered(part, terminal, options));
  }
}

function offersLine(offers: readonly Offer[], terminal: Terminal): string {
  const lines = offers
    .filter((offer) => !offer.danger)
    .map((offer) => cleanLine(`rally ${offer.line}${offer.takesText ? ' "…"' : ""}`));
  return lines.length > 0 ? `${paint(`next: ${lines.join(" · ")}`, "dim", terminal.errColour)}\n` : "";
}

function causes(error: unknown): string {
  const lines: string[] = [];
  const seen = new Set<unknown>();
  for (let at = error; at !== undefined && at !== null && !seen.has(at); ) {
    seen.add(at);
    lines.push(at instanceof Error ? (at.stack ?? at.message) : String(at));
    at = at instanceof Error ? at.cause : undefined;
  }
  return `${lines.map((text, index) => (index === 0 ? cleanText(text) : `caused by: ${cleanText(text)}`)).join("\n")}\n`;
}
