import type { Role } from "../domain/command.ts";
import type { Problem } from "../domain/problem.ts";

/** What Rally answers, as data: each surface prints it in its own way. */
export type Reply = {
  /** The result, for people. */
  readonly text: readonly Block[];
  /** The result, for programs: plain data that JSON can hold. */
  readonly json: unknown;
  /** Told beside the result (on stderr in a shell): warnings, what was left alone, what comes next. */
  readonly aside?: readonly Line[];
  /** What failed while the rest was done; the worst exit code counts. */
  readonly problems?: readonly Problem[];
  readonly offers?: readonly Offer[];
  /** 0 unless told otherwise. */
  readonly exit?: number;
  /** More of it as it comes; in place of `text` and `json` for `replace`, after them for `append`. */
  readonly stream?: Stream;
};

/** A suggested next line: a button, a key, a hint. `line` is without `rally`. */
export type Offer = {
  readonly label: string;
  readonly line: string;
  readonly role?: Role;
  readonly danger?: true;
  /** The line wants a text after it, which the surface asks for. */
  readonly takesText?: true;
};

export type Stream = {
  readonly how: "append" | "replace";
  readonly parts: AsyncIterable<Pick<Reply, "text" | "json">>;
};

export type Tone = "good" | "bad" | "warn" | "dim" | "strong" | "accent";
export type Span = string | { readonly text: string; readonly tone: Tone };
/** One line of people's text; line breaks and control characters in it are not printed as such. */
export type Line = string | readonly Span[];

export type Block = Line | { readonly table: Table } | Verbatim;

/** Text that is shown as it stands, and byte for byte where no terminal is. */
export type Verbatim = { readonly verbatim: string; readonly as?: "diff" | "log" | "markdown" };

export type Table = { readonly columns: readonly Column[]; readonly rows: readonly Row[] };

export type Column = {
  readonly title?: string;
  readonly align?: "right";
  /** How narrow it may become where there is no room; columns without it are never cut. */
  readonly min?: number;
  /** Where there still is no room, columns with a number vanish, the lowest first. */
  readonly drop?: number;
  /** The last column may go on in the next line instead of being cut. */
  readonly wrap?: true;
};

export type Row =
  | readonly Line[]
  /** A line between the rows, as wide as the table. */
  | { readonly heading: Line }
  /** More about the row above it, so many columns further in; it is wrapped, never cut, and goes on at `hang`. */
  | { readonly below: Line; readonly indent?: number; readonly hang?: number };

export function isTable(block: Block): block is { readonly table: Table } {
  return typeof block === "object" && "table" in block;
}

export function isVerbatim(block: Block): block is Verbatim {
  return typeof block === "object" && "verbatim" in block;
}

/** A reply of one line, or of blocks, whose JSON is given. */
export function said(text: string | readonly Block[], json: unknown, more: Partial<Reply> = {}): Reply {
  return { text: typeof text === "string" ? [text] : text, json, ...more };
}

export function tone(text: string, how: Tone): Span {
  return { text, tone: how };
}

/** The words of a line, without its tones. */
export function plain(line: Line): string {
  if (typeof line === "string") return line;
  return line.map((span) => (typeof span === "string" ? span : span.text)).join("");
}
