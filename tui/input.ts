import type { KeyEvent } from "@opentui/core";

const NAMES: Readonly<Record<string, string>> = {
  return: "enter",
  linefeed: "ctrl-j",
  escape: "esc",
};

/** What a key is called in the table: `j`, `J`, `ctrl-p`, `shift-tab`, `enter`; null for what nothing is bound to. */
export function keyOf(key: KeyEvent): string | null {
  if (key.eventType === "release") return null;
  if (key.meta || key.option) return key.name === "escape" ? "esc" : null;
  if (key.ctrl) return `ctrl-${key.name}`;
  const name = NAMES[key.name] ?? key.name;
  if (name.length > 1 && key.shift && name === "tab") return "shift-tab";
  // What was typed counts, not the key that it was typed with: `?` is another key on every keyboard.
  if (isText(key.sequence)) return key.sequence === " " ? "space" : key.sequence;
  return name === "" ? null : name;
}

function isText(sequence: string): boolean {
  return sequence !== "" && !/\p{Cc}/u.test(sequence);
}
