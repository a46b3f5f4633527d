/** A word as it was given; `quoted` ones are never flags. */
export type Token = { readonly text: string; readonly quoted: boolean };

/** The words that are still to be read. */
export interface Words {
  peek(): Token | null;
  take(): void;
  /** All that is left, as it stands; null where the words were cut by a shell already. */
  rest(): string | null;
}

/** The words of a shell. What a phone or an editor made of quotes and dashes on the way is put right. */
export function shellWords(given: readonly string[]): Words {
  const tokens = joinCurly(given).map((text) => ({ text: asFlag(text), quoted: false }));
  let at = 0;
  return {
    peek: () => tokens[at] ?? null,
    take: () => {
      at += 1;
    },
    rest: () => null,
  };
}

/** The words of a line, read one by one, so that the rest of it can be had as it stands. */
export function lineWords(line: string): Words {
  let left = line.trim();
  let read: { readonly token: Token; readonly length: number } | null = null;
  const look = () => {
    read ??= readToken(left);
    return read;
  };
  return {
    peek: () => look()?.token ?? null,
    take: () => {
      left = left.slice(look()?.length ?? 0).trimStart();
      read = null;
    },
    rest: () => unquoted(left.trim()),
  };
}

const OPEN = "\"“”„«'‘";
const CLOSE: Readonly<Record<string, string>> = { "'": "'’", "‘": "’'" };
const CLOSE_DOUBLE = '"“”»';

function readToken(text: string): { token: Token; length: number } | null {
  if (text === "") return null;
  const bare = /^\S+/.exec(text)?.[0] ?? text;
  const quote = quotedAt(text, 0);
  if (quote) return { token: { text: quote.inner, quoted: true }, length: quote.end };
  const flag = /^(-{1,2}|[—–])[A-Za-z][\w-]*=/.exec(bare)?.[0];
  const value = flag ? quotedAt(text, flag.length) : null;
  if (flag && value) return { token: { text: asFlag(flag) + value.inner, quoted: false }, length: value.end };
  return { token: { text: asFlag(bare), quoted: false }, length: bare.length };
}

/** A quoted piece that begins here and ends before a space; an apostrophe alone is a letter. */
function quotedAt(text: string, from: number): { inner: string; end: number } | null {
  const open = text[from] ?? "";
  if (open === "" || !OPEN.includes(open)) return null;
  const closing = CLOSE[open] ?? CLOSE_DOUBLE;
  for (let end = from + 1; end < text.length; end++) {
    const next = text[end + 1];
    if (closing.includes(text[end] ?? " ") && (next === undefined || /\s/.test(next)))
      return { inner: text.slice(from + 1, end), end: end + 1 };
  }
  return null;
}

/** A whole text in quotes loses them, unless there are others inside. */
function unquoted(text: string): string {
  const quote = quotedAt(text, 0);
  if (!quote || quote.end !== text.length) return text;
  return /["“”„«»]/.test(quote.inner) ? text : quote.inner;
}

/** Phones make `—` of `--`, and editors `–` of `-`: before a word they are flags. */
function asFlag(word: string): string {
  const match = /^[—–]+([A-Za-z][\w-]*)(=|$)/.exec(word);
  if (!match?.[1]) return word;
  const dashes = match[1].length === 1 ? "-" : "--";
  return dashes + word.replace(/^[—–]+/, "");
}

/** A shell knows no curly quotes, so it cut `“two words”` in two. */
function joinCurly(words: readonly string[]): string[] {
  const joined: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    const end = /^[“„][^”“]*$/.test(word) ? words.findIndex((w, i) => i > at && /[”“]$/.test(w)) : at;
    if (end < 0) joined.push(word);
    else {
      joined.push(
        words
          .slice(at, end + 1)
          .join(" ")
          .replace(/^[“„]([^“”„]*)[”“]$/, "$1"),
      );
      at = end;
    }
  }
  return joined;
}
