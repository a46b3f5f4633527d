import type { Line, Span } from "../../src/app/reply.ts";
import { cutLines } from "../cut.ts";
import { type Button, type Message, type Part, safeAddress } from "../platform.ts";

/** What Telegram takes in one message, in UTF-16 units, marks not counted; ours are counted, to be safe. */
const LIMIT = 4096;
const LABEL_LIMIT = 60;
const LINE_LIMIT = 1500;
const CODE_LINES_MAX = 60;
/** Kept free for the line that says how much is missing. */
const REST = 40;

type Keyboard = {
  readonly inline_keyboard: { text: string; callback_data: string }[][];
};

/** Telegram's HTML of a message, never longer than Telegram takes, every mark closed. */
export function html(message: Message): string {
  const calls = message.mention.map((id) => `<a href="tg://user?id=${encodeURIComponent(id)}">you</a>`);
  const head = calls.length > 0 ? `${calls.join(" ")}: ` : "";
  return head + fitted(message.parts, LIMIT - head.length, marked);
}

/** The same words without any mark, for when Telegram does not understand the marks. */
export function plainText(message: Message): string {
  return fitted(message.parts, LIMIT, unmarked);
}

export function keyboard(buttons: readonly Button[]): Keyboard {
  const rows: Keyboard["inline_keyboard"] = [];
  for (const { label, offer } of buttons) {
    const last = rows.at(-1);
    const entry = { text: label.slice(0, LABEL_LIMIT), callback_data: offer };
    if (last && last.length < 3) last.push(entry);
    else rows.push([entry]);
  }
  return { inline_keyboard: rows };
}

type Piece = { readonly before: string; readonly after: string; readonly lines: readonly string[] };

function fitted(parts: readonly Part[], limit: number, pieceOf: (part: Part) => Piece): string {
  let room = limit - REST;
  const done: string[] = [];
  for (const [index, part] of parts.entries()) {
    const { before, after, lines } = pieceOf(part);
    // Nothing is cut within a line: it has marks in it.
    if (before.length + (lines[0]?.length ?? 0) + after.length + 2 > room) {
      done.push(`… and ${parts.length - index} more`);
      break;
    }
    const cut = cutLines(lines, room - before.length - after.length - 1);
    const text = `${before}${cut.lines.join("\n")}${after}`;
    if (text.length + 1 > room || cut.lines.length === 0) {
      done.push(`… and ${parts.length - index} more`);
      break;
    }
    done.push(text);
    room -= text.length + 1;
    if (cut.left === 0) continue;
    done.push(`… ${cut.left} more lines`);
    break;
  }
  return done.join("\n") || "…";
}

function marked(part: Part): Piece {
  if ("link" in part) {
    const link = `<a href="${escaped(safeAddress(part.link))}">${escaped(part.text)}</a>`;
    return { before: "", after: "", lines: [link] };
  }
  if (!("code" in part)) return { before: "", after: "", lines: [spans(part.line)] };
  return { before: "<pre>", after: "</pre>", lines: codeLines(part.code).map(escaped) };
}

function unmarked(part: Part): Piece {
  if ("link" in part) return { before: "", after: "", lines: [`${part.text}: ${safeAddress(part.link)}`] };
  return { before: "", after: "", lines: "code" in part ? codeLines(part.code) : [words(part.line)] };
}

/** Each line is short enough that one of them is never cut: a mark would be. */
function codeLines(code: string): string[] {
  const lines = code
    .trimEnd()
    .split("\n")
    .map((line) => (line.length > LINE_LIMIT / 5 ? `${line.slice(0, LINE_LIMIT / 5)}…` : line));
  if (lines.length <= CODE_LINES_MAX) return lines;
  return [...lines.slice(0, CODE_LINES_MAX), `… ${lines.length - CODE_LINES_MAX} more lines`];
}

/** Words are cut before they are escaped and marked, so that no mark is ever cut through. */
function spans(line: Line): string {
  const all: readonly Span[] = typeof line === "string" ? [line] : line;
  let room = LINE_LIMIT / 5;
  if (all.length === 1) room = LINE_LIMIT / 2;
  return all
    .map((span) => {
      const whole = oneLine(typeof span === "string" ? span : span.text);
      const text = whole.length > room ? `${whole.slice(0, room)}…` : whole;
      room = Math.max(0, room - text.length);
      // In code nothing is a mention, and it may be copied.
      if (typeof span !== "string" && span.tone === "accent" && text !== "")
        return `<code>${escaped(text)}</code>`;
      const safe = escaped(unnamed(text));
      if (typeof span === "string" || safe === "") return safe;
      if (span.tone === "strong") return `<b>${safe}</b>`;
      return span.tone === "dim" ? `<i>${safe}</i>` : safe;
    })
    .join("");
}

function words(line: Line): string {
  const all: readonly Span[] = typeof line === "string" ? [line] : line;
  const text = unnamed(all.map((span) => oneLine(typeof span === "string" ? span : span.text)).join(""));
  return text.length > LINE_LIMIT ? `${text.slice(0, LINE_LIMIT)}…` : text;
}

function escaped(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
}

/** Telegram calls whoever is named in a text: with a mark that is not seen, nobody is. */
function unnamed(text: string): string {
  return text.replace(/@(?=\w)/g, "@\u2060");
}

/** Of somebody else's words: no line breaks, and nothing that turns or hides text. */
function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out.
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]+/g, " ");
}
