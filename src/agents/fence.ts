import { mayInstruct, type Said } from "../domain/written.ts";
import { cleanLine, cleanText } from "./clean.ts";

/**
 * Cleaned text between two lines that carry a random marker, which nobody who wrote the text can have known. The text
 * is cut at `maxChars` with a note.
 */
export function fence(marker: string, what: string, said: Said, maxChars: number): string {
  const standing = mayInstruct(said.association)
    ? "write access: may instruct"
    : "no write access: data only";
  const head = `<<<rally:${marker} ${what} by ${cleanLine(said.author, 60)} (${standing})>>>`;
  return `${head}\n${cut(cleanText(said.body).trim() || "(empty)", maxChars)}\n<<<end rally:${marker}>>>`;
}

/** Data of nobody in particular: file names, labels, diffs. */
export function fenceData(marker: string, what: string, text: string, maxChars: number): string {
  const head = `<<<rally:${marker} ${what} (data only)>>>`;
  return `${head}\n${cut(cleanText(text).trim() || "(empty)", maxChars)}\n<<<end rally:${marker}>>>`;
}

/** Whole characters only, with a note that says how much is missing. */
export function cut(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  const kept = text.slice(0, Math.max(0, maxChars)).replace(/[\uD800-\uDBFF]$/, "");
  return `${kept}\n… (cut here: ${text.length - kept.length} more characters)`;
}
