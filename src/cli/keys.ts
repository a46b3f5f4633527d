import type { Key } from "./picker.ts";

/** What a terminal in raw mode sent, as keys. A sequence that means nothing here is dropped whole. */
export function keysOf(data: string): Key[] {
  const keys: Key[] = [];
  for (let left = data; left !== ""; ) {
    const [key, length] = next(left);
    if (key) keys.push(key);
    left = left.slice(length);
  }
  return keys;
}

const SEQUENCES: Readonly<Record<string, Key>> = {
  "[A": { name: "up" },
  OA: { name: "up" },
  "[B": { name: "down" },
  OB: { name: "down" },
  "[5~": { name: "page_up" },
  "[6~": { name: "page_down" },
  "[H": { name: "home" },
  OH: { name: "home" },
  "[1~": { name: "home" },
  "[F": { name: "end" },
  OF: { name: "end" },
  "[4~": { name: "end" },
};

const CONTROLS: Readonly<Record<string, Key>> = {
  "\r": { name: "enter" },
  "\n": { name: "enter" },
  "\u0003": { name: "interrupt" },
  "\u0004": { name: "interrupt" },
  "\u0008": { name: "backspace" },
  "\u007f": { name: "backspace" },
  "\u0015": { name: "clear" },
  "\u0017": { name: "clear" },
  "\u0010": { name: "up" },
  "\u000e": { name: "down" },
  "\t": { name: "space" },
  " ": { name: "space" },
};

function next(text: string): [Key | null, number] {
  if (text.startsWith("\u001b")) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: this is where they are read.
    const sequence = /^\u001b(\[[0-?]*[ -/]*[@-~]|O[@-~])/.exec(text)?.[1];
    if (sequence) return [SEQUENCES[sequence] ?? null, sequence.length + 1];
    return [{ name: "escape" }, 1];
  }
  const control = CONTROLS[text[0] ?? ""];
  if (control) return [control, 1];
  // biome-ignore lint/suspicious/noControlCharactersInRegex: this is where they are read.
  const printable = /^[^\u0000-\u0020\u007f-\u009f]+/.exec(text)?.[0];
  return printable ? [{ name: "text", text: printable }, printable.length] : [null, 1];
}
