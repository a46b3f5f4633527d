import type { Block, Span } from "../app/reply.ts";
import { tone } from "../app/reply.ts";
import { Problem } from "../domain/problem.ts";
import type { Display } from "../domain/words.ts";
import { type RunResult, run } from "../process.ts";
import type { Stage } from "./demo-stage.ts";

export type Part = { readonly text: readonly Block[]; readonly json: unknown };
export type Parts<T = void> = AsyncGenerator<Part, T, void>;

/** What the demo reads of `rally status --json`. */
export type Seen = {
  readonly id: number;
  readonly number: number | null;
  readonly display: Display;
  readonly outcome: string | null;
  readonly pr: { readonly number: number; readonly state: string } | null;
};

/** What a line is to end with; its exit code is 0 unless told otherwise. */
export type Expected = {
  readonly code?: number;
  readonly says?: RegExp;
  /** How its output is shown. */
  readonly as?: "diff" | "log" | "markdown";
};

/** The hands of the person at the keyboard: every line is a process of its own of this very program. */
export type Hands = {
  /** Prints the line, runs it, prints what comes back. Throws where that is not what was expected. */
  types(words: readonly string[], expected?: Expected): Parts;
  /** Looks until each of these dispatches is shown as told, and that for a bounded time. */
  waits(wanted: Readonly<Record<number, Display>>): Promise<readonly Seen[]>;
  sees(): Promise<readonly Seen[]>;
  /** Runs a line without a word; the tidying up at the end. */
  quietly(words: readonly string[]): Promise<RunResult>;
};

const LINE_MS = 30_000;
const WAIT_MS = 30_000;
const LOOK_EVERY_MS = 150;
const MAX_BYTES = 4 * 1024 * 1024;

export function hands(stage: Stage, program: readonly string[], signal: AbortSignal): Hands {
  const quietly = (words: readonly string[]) =>
    run([...program, ...words], { cwd: stage.shop, env: stage.env, timeoutMs: LINE_MS, maxBytes: MAX_BYTES });
  const sees = async () => {
    const done = await quietly(["status", "--all", "--json"]);
    assertGoing(signal);
    if (done.code !== 0) throw unexpected("rally status --json", done, "exit code 0");
    return (JSON.parse(done.stdout) as { readonly dispatches: readonly Seen[] }).dispatches;
  };
  return {
    quietly,
    sees,
    waits: (wanted) => waited(sees, wanted),
    types: async function* (words, expected = {}) {
      assertGoing(signal);
      const line = ["rally", ...words.map(quoted)].join(" ");
      yield { text: ["", [tone("$ ", "dim"), tone(line, "strong")]], json: { typed: line } };
      const done = await quietly(words);
      assertGoing(signal);
      yield output(done, expected);
      const code = expected.code ?? 0;
      if (done.code !== code) throw unexpected(line, done, `exit code ${code}`);
      if (expected.says && !expected.says.test(done.stdout + done.stderr))
        throw unexpected(line, done, String(expected.says));
    },
  };
}

/** A remark of the one who shows it. */
export function remark(...lines: readonly string[]): Part {
  return {
    text: ["", ...lines.map((line): readonly Span[] => [tone(`# ${line}`, "accent")])],
    json: { remark: lines.join(" ") },
  };
}

/** The demo was interrupted: what it is doing goes no further. */
function assertGoing(signal: AbortSignal): void {
  if (signal.aborted) throw new Problem("other", "The demo was interrupted.");
}

function output(done: RunResult, { as = "log" }: Expected): Part {
  const all = [done.stdout, done.stderr].filter((text) => text !== "");
  return {
    text: all.map((text, index) => ({ verbatim: text, ...(index === 0 ? { as } : {}) })),
    json: { code: done.code, stdout: done.stdout, stderr: done.stderr },
  };
}

async function waited(
  sees: () => Promise<readonly Seen[]>,
  wanted: Readonly<Record<number, Display>>,
): Promise<readonly Seen[]> {
  const until = performance.now() + WAIT_MS;
  for (;;) {
    const seen = await sees();
    const others = Object.entries(wanted).filter(
      ([id, display]) => seen.find((one) => one.id === Number(id))?.display !== display,
    );
    if (others.length === 0) return seen;
    if (performance.now() > until) throw neverCame(others, seen);
    await Bun.sleep(LOOK_EVERY_MS);
  }
}

function neverCame(others: readonly (readonly [string, Display])[], seen: readonly Seen[]): Problem {
  const each = others.map(([id, display]) => {
    const is = seen.find((one) => one.id === Number(id));
    return `${id} should be ${display} and is ${is ? `${is.display} (${is.outcome ?? "no outcome"})` : "not there"}`;
  });
  return new Problem("other", `The demo did not come out as it should: ${each.join("; ")}.`, {
    hint: "rally demo --keep leaves everything there to be looked at",
  });
}

function unexpected(line: string, done: RunResult, wanted: string): Problem {
  return new Problem(
    "other",
    `The demo did not come out as it should: "${line}" ended with code ${done.code}; ${wanted} was expected.`,
    { hint: "rally demo --keep leaves everything there to be looked at" },
  );
}

/** As it would have to be typed in a shell. */
function quoted(word: string): string {
  return /^[\w./:=@,+-]+$/.test(word) ? word : `"${word.replaceAll(/["\\$`]/g, "\\$&")}"`;
}
