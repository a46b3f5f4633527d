import { NOTHING_READ, type Reading } from "../domain/outcome.ts";
import type { Reader } from "./agent.ts";
import { failureOf, kindOf } from "./failure.ts";
import { type Json, parseObject } from "./json.ts";

/** What is known so far; an agent's own file changes it event by event. */
export type Draft = { -readonly [K in keyof Reading]: Reading[K] };

export const WORDS_MAX_CHARS = 2_000;
const LINE_MAX_CHARS = 4 * 1024 * 1024;
const DENIALS_MAX = 50;

/**
 * Reads one JSON object a line. Plain text counts only before the first object: agents that cannot start say so in
 * plain words (not logged in, an unknown flag), and once they have started it is noise, which means nothing unless
 * `onNoise` knows better. Pure: the same
 * lines give the same reading, however often they are read.
 */
export function jsonReader(
  onEvent: (event: Json, draft: Draft) => void,
  onNoise: (line: string, draft: Draft) => void = () => undefined,
): Reader {
  const draft: Draft = { ...NOTHING_READ };
  let started = false;
  return {
    line(text) {
      if (text.length > LINE_MAX_CHARS) return;
      const line = text.trim();
      const event = parseObject(line);
      if (!event) {
        if (started) onNoise(line, draft);
        else readPlain(line, draft);
        return;
      }
      if (!started) {
        started = true;
        draft.failure = null;
        draft.words = null;
      }
      onEvent(event, draft);
    },
    reading: () => ({ ...draft }),
  };
}

/** Reads an agent that writes plain text: its last line is its last words, and its exit code is the verdict. */
export function plainReader(): Reader {
  let words: string | null = null;
  return {
    line(text) {
      const line = shorten(plain(text));
      if (line !== "") words = line;
    },
    reading: () => ({ ...NOTHING_READ, words }),
  };
}

export function say(draft: Draft, text: string | null): void {
  const words = text?.trim();
  if (words) draft.words = shorten(words);
}

/** Keeps what was refused, each once: agents try again. */
export function deny(draft: Draft, what: string | null): void {
  const name = (what ?? "a tool").slice(0, 200);
  if (draft.denials.length >= DENIALS_MAX || draft.denials.includes(name)) return;
  draft.denials = [...draft.denials, name];
}

/** A tool with the part of its input that a person would recognise: `bash: git status`. */
export function toolLabel(name: string | null, input: string | null): string | null {
  if (!name) return null;
  const first = input?.trim().split("\n", 1)[0] ?? "";
  return first === "" ? name : `${name}: ${first.length > 120 ? `${first.slice(0, 119)}…` : first}`;
}

function readPlain(line: string, draft: Draft): void {
  const text = plain(line);
  if (text === "") return;
  draft.words = shorten(text);
  if (kindOf(text, null) !== null || /^(error|fatal)\b/i.test(text)) draft.failure ??= failureOf(text);
}

const ESCAPES = new RegExp(`${String.fromCharCode(27)}\\[[0-9;?]*[A-Za-z]`, "g");

function plain(text: string): string {
  return text
    .slice(0, WORDS_MAX_CHARS * 2)
    .replace(ESCAPES, "")
    .trim();
}

function shorten(text: string): string {
  return text.length > WORDS_MAX_CHARS ? `${text.slice(0, WORDS_MAX_CHARS - 1)}…` : text;
}
