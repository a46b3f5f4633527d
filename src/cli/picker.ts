import type { Choice } from "../app/ask.ts";

/** A list that is searched by typing: pure; `ask` draws it and reads the keys. */
export type Picker<T> = {
  readonly choices: readonly Choice<T>[];
  readonly many: boolean;
  readonly filter: string;
  /** Indices into `choices`, best match first. */
  readonly matches: readonly number[];
  /** Index into `matches`. */
  readonly at: number;
  readonly marked: ReadonlySet<number>;
  readonly end: "chosen" | "left" | null;
};

export type Key =
  | { readonly name: "up" | "down" | "page_up" | "page_down" | "home" | "end" }
  | { readonly name: "enter" | "escape" | "interrupt" | "space" | "backspace" | "clear" }
  | { readonly name: "text"; readonly text: string };

const PAGE = 10;

export function picker<T>(choices: readonly Choice<T>[], many: boolean): Picker<T> {
  const matches = choices.map((_, index) => index);
  return { choices, many, filter: "", matches, at: 0, marked: new Set(), end: null };
}

export function press<T>(state: Picker<T>, key: Key): Picker<T> {
  switch (key.name) {
    case "up":
      return move(state, state.at - 1);
    case "down":
      return move(state, state.at + 1);
    case "page_up":
      return { ...state, at: Math.max(0, state.at - PAGE) };
    case "page_down":
      return { ...state, at: Math.max(0, Math.min(state.matches.length - 1, state.at + PAGE)) };
    case "home":
      return { ...state, at: 0 };
    case "end":
      return { ...state, at: Math.max(0, state.matches.length - 1) };
    case "enter":
      return state.matches.length === 0 && state.marked.size === 0 ? state : { ...state, end: "chosen" };
    case "escape":
      return state.filter === "" ? { ...state, end: "left" } : search(state, "");
    case "interrupt":
      return { ...state, end: "left" };
    case "space":
      return state.many ? mark(state) : search(state, `${state.filter} `);
    case "backspace":
      return search(state, [...state.filter].slice(0, -1).join(""));
    case "clear":
      return search(state, "");
    case "text":
      return search(state, state.filter + key.text);
  }
}

/** What was marked, else the one under the cursor; in the order of the list. */
export function chosen<T>(state: Picker<T>): T[] {
  if (state.end !== "chosen") return [];
  const under = state.matches[state.at];
  const indices = state.marked.size > 0 ? [...state.marked] : under === undefined ? [] : [under];
  return state.choices.filter((_, index) => indices.includes(index)).map((choice) => choice.value);
}

function move<T>(state: Picker<T>, to: number): Picker<T> {
  const count = state.matches.length;
  return count === 0 ? state : { ...state, at: (to + count) % count };
}

function mark<T>(state: Picker<T>): Picker<T> {
  const index = state.matches[state.at];
  if (index === undefined) return state;
  const marked = new Set(state.marked);
  if (!marked.delete(index)) marked.add(index);
  return move({ ...state, marked }, state.at + 1);
}

function search<T>(state: Picker<T>, filter: string): Picker<T> {
  const indices = state.choices.map((_, index) => index);
  const textOf = (index: number) => `${state.choices[index]?.label} ${state.choices[index]?.detail ?? ""}`;
  return { ...state, filter, matches: ranked(indices, textOf, filter), at: 0 };
}

/** Those whose text matches, the best first; those that match alike in their order. */
export function ranked<T>(all: readonly T[], textOf: (one: T) => string, filter: string): T[] {
  return all
    .flatMap((one) => {
      const points = score(textOf(one), filter);
      return points === null ? [] : [{ one, points }];
    })
    .sort((a, b) => b.points - a.points)
    .map(({ one }) => one);
}

/**
 * How well a text matches: each word of the filter must be in it, its letters in order. Whole words count most, then
 * beginnings of words, then letters that stand together. Null: no match.
 */
export function score(text: string, filter: string): number | null {
  const lower = text.toLowerCase();
  let sum = 0;
  for (const word of filter.toLowerCase().split(/\s+/)) {
    if (word === "") continue;
    const one = scoreWord(lower, word);
    if (one === null) return null;
    sum += one;
  }
  return sum;
}

function scoreWord(text: string, word: string): number | null {
  const whole = text.indexOf(word);
  if (whole >= 0)
    return 100 + (isStart(text, whole) ? 50 : 0) + (isStart(text, whole + word.length) ? 25 : 0);
  let points = 0;
  let from = 0;
  let last = -2;
  for (const letter of word) {
    const at = text.indexOf(letter, from);
    if (at < 0) return null;
    points += at === last + 1 ? 3 : isStart(text, at) ? 2 : 0;
    last = at;
    from = at + letter.length;
  }
  return points;
}

/** Whether a word begins here, or has just ended. */
function isStart(text: string, at: number): boolean {
  return (
    at === 0 ||
    at >= text.length ||
    !/[\p{L}\p{N}]/u.test(text[at - 1] ?? " ") ||
    !/[\p{L}\p{N}]/u.test(text[at] ?? " ")
  );
}
