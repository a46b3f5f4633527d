/**
 * One line that cannot move the cursor, colour what follows, or hide: escape sequences are taken out, line breaks and
 * tabs become spaces, other control characters and those that turn the direction of text are dropped.
 */
export function cleanLine(text: string): string {
  if (PRINTABLE.test(text)) return text;
  return stripEscapes(text)
    .replace(/[\t\n\r\v\f\u0085\u2028\u2029]+/g, " ")
    .replace(CONTROL, "");
}

/** Many lines for a terminal: line breaks and tabs stay. */
export function cleanText(text: string): string {
  return stripEscapes(text).replace(/\r\n/g, "\n").replace(CONTROL_BUT_BREAKS, "");
}

const PRINTABLE = /^[\u0020-\u007e]*$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be printed.
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g;
const CONTROL_BUT_BREAKS =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be printed.
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g;

/** CSI, then OSC, DCS, APC, PM and SOS with their text, then what is two characters long. */
function stripEscapes(text: string): string {
  // biome-ignore-start lint/suspicious/noControlCharactersInRegex: they are what must not be printed.
  return text
    .replace(/(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]?/g, "")
    .replace(
      /(?:\u001b[\]PX^_]|[\u0090\u0098\u009d-\u009f])[^\u0007\u001b\u009c\n]*(?:\u0007|\u001b\\|\u009c)?/g,
      "",
    )
    .replace(/\u001b[ -/]*[0-~]?/g, "");
  // biome-ignore-end lint/suspicious/noControlCharactersInRegex: they are what must not be printed.
}
