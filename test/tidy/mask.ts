/**
 * The same text with the insides of comments, strings and regular expressions blanked, offsets and lines kept, so that
 * a search sees code only. The code in a template's `${}` stays.
 */
export function mask(source: string): string {
  const out = source.split("");
  const state: State = { source, out, at: 0, templates: [] };
  while (state.at < source.length) step(state);
  return out.join("");
}

type State = {
  readonly source: string;
  readonly out: string[];
  at: number;
  /** For each open template the depth of braces inside its `${`. */
  readonly templates: number[];
};

function step(state: State): void {
  const { source } = state;
  const two = source.slice(state.at, state.at + 2);
  const char = source[state.at] ?? "";
  if (two === "//") blankTo(state, endOf(source, "\n", state.at));
  else if (two === "/*") blankTo(state, endOf(source, "*/", state.at + 2) + 2);
  else if (char === '"' || char === "'") blankString(state, char);
  else if (char === "`" || closesExpression(state, char)) blankTemplate(state);
  else if (char === "/" && startsRegex(state)) blankRegex(state);
  else state.at++;
}

/** Whether this brace closes a template's `${`; counts the braces inside it. */
function closesExpression({ templates }: State, char: string): boolean {
  const depth = templates.at(-1);
  if (depth === undefined || (char !== "{" && char !== "}")) return false;
  if (char === "}" && depth === 0) return templates.pop() !== undefined;
  templates[templates.length - 1] = depth + (char === "{" ? 1 : -1);
  return false;
}

function endOf(source: string, mark: string, from: number): number {
  const found = source.indexOf(mark, from);
  return found < 0 ? source.length : found;
}

function blankTo(state: State, end: number): void {
  for (; state.at < Math.min(end, state.source.length); state.at++)
    if (state.source[state.at] !== "\n") state.out[state.at] = " ";
}

/** Keeps the quotes, so that `import … from ""` can still be seen. */
function blankString(state: State, quote: string): void {
  let end = state.at + 1;
  while (end < state.source.length && state.source[end] !== quote) end += state.source[end] === "\\" ? 2 : 1;
  state.at++;
  blankTo(state, end);
  state.at++;
}

/** From a backtick, or from the brace that closes a `${`, to the template's end or its next `${`. */
function blankTemplate(state: State): void {
  const { source } = state;
  let end = state.at + 1;
  while (end < source.length && source[end] !== "`" && source.slice(end, end + 2) !== "${")
    end += source[end] === "\\" ? 2 : 1;
  const goesOn = source.slice(end, end + 2) === "${";
  state.at++;
  blankTo(state, end);
  state.at += goesOn ? 2 : 1;
  if (goesOn) state.templates.push(0);
}

function blankRegex(state: State): void {
  const { source } = state;
  let end = state.at + 1;
  for (let inClass = false; end < source.length && (inClass || source[end] !== "/"); end++) {
    if (source[end] === "\n") break;
    if (source[end] === "\\") end++;
    else if (source[end] === "[") inClass = true;
    else if (source[end] === "]") inClass = false;
  }
  state.at++;
  blankTo(state, end);
  state.at++;
}

/** A slash divides after a value, and starts a regular expression after anything else. */
function startsRegex(state: State): boolean {
  const before = state.out
    .slice(Math.max(0, state.at - 40), state.at)
    .join("")
    .trimEnd();
  if (before === "") return true;
  if (/\b(return|typeof|case|in|of|do|else|await|yield|void|delete)$/.test(before)) return true;
  return !/[\w$)\]}"'`]$/.test(before);
}

/** The text between the bracket at `open` and the one that closes it, in masked code. */
export function inside(masked: string, open: number): string {
  const opening = masked[open];
  const closing = { "(": ")", "{": "}", "[": "]" }[opening ?? ""];
  let depth = 0;
  for (let at = open; at < masked.length; at++) {
    if (masked[at] === opening) depth++;
    if (masked[at] === closing) depth--;
    if (depth === 0) return masked.slice(open + 1, at);
  }
  return masked.slice(open + 1);
}

export function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}
