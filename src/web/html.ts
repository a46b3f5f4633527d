/** Markup that is safe to send. Only `html` and `markup` make it. */
export type Html = { readonly markup: string };

type Value = Html | readonly Html[] | string | number | null | false;

/** A template whose values are escaped, unless they are markup themselves; null and false are nothing. */
export function html(strings: TemplateStringsArray, ...values: readonly Value[]): Html {
  let out = strings[0] ?? "";
  for (let i = 0; i < values.length; i++) out += written(values[i] ?? null) + (strings[i + 1] ?? "");
  return { markup: out };
}

/** Text of the program's own, never of others, that is markup as it stands. */
export function markup(text: string): Html {
  return { markup: text };
}

function written(value: Value): string {
  if (value === null || value === false) return "";
  if (typeof value === "string") return escaped(value);
  if (typeof value === "number") return String(value);
  if ("markup" in value) return value.markup;
  let out = "";
  for (const part of value) out += part.markup;
  return out;
}

const UNSAFE = /[&<>"'`\u2028\u2029\ufeff]|\p{Cc}|\p{Bidi_Control}/gu;

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
  "`": "&#96;",
};

/** As text or as a quoted attribute. Control characters are shown by their pictures; what turns text around is taken out. */
function escaped(text: string): string {
  return text.toWellFormed().replace(UNSAFE, (found) => ENTITIES[found] ?? picture(found.charCodeAt(0)));
}

function picture(code: number): string {
  if (code === 0x09 || code === 0x0a) return String.fromCharCode(code);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? "\u2421" : "\ufffd";
}

/** ESC and what follows it: colours, and titles of windows. Made of a text, so that no control character stands here. */
const SEQUENCES = new RegExp(
  `${String.fromCharCode(27)}(?:\\[[0-?]*[ -/]*[@-~]|\\][^\\p{Cc}]{0,4096}(?:\\p{Cc}\\\\?))`,
  "gu",
);

/** What a terminal would have taken as colours and titles is left out of text that is shown as text. */
export function withoutEscapes(text: string): string {
  return text.replace(SEQUENCES, "");
}

/** The address where it is one of the web, for an `href`; null for any other scheme. */
export function webAddress(url: string | null): string | null {
  if (url === null || !URL.canParse(url)) return null;
  const { protocol, href } = new URL(url);
  return protocol === "https:" || protocol === "http:" ? href : null;
}
