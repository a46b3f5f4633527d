import { HELP_TEXT } from "./help-text.ts";

/** What can be answered before anything else is loaded; null for everything else. */
export function quickAnswer(argv: readonly string[]): string | null {
  const [only, ...more] = argv;
  return more.length === 0 && (only === "--help" || only === "-h" || only === "help") ? HELP_TEXT : null;
}
