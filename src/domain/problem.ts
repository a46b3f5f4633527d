/** Every expected failure has a code; the code decides the exit status and whether trying again may help. */
export const PROBLEMS = {
  usage: { exit: 2, retry: false },
  config: { exit: 2, retry: false },
  git: { exit: 3, retry: true },
  github: { exit: 4, retry: true },
  refused: { exit: 5, retry: false },
  missing: { exit: 6, retry: false },
  conflict: { exit: 7, retry: false },
  agent: { exit: 8, retry: false },
  other: { exit: 1, retry: false },
} as const satisfies Record<string, { exit: number; retry: boolean }>;

export type ProblemCode = keyof typeof PROBLEMS;

/** With its full stop: what git, GitHub or a person said may stand at the end of a sentence, and has none. */
export function asSentence(message: string): string {
  const text = message.trim();
  return /[.?!…]$/.test(text) ? text : `${text}.`;
}

/** An expected failure: one sentence for a person, a hint that says what to type next, and the cause for the log. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly hint: string | undefined;

  constructor(
    readonly code: ProblemCode,
    message: string,
    more: { hint?: string | undefined; cause?: unknown } = {},
  ) {
    super(asSentence(message), more.cause === undefined ? undefined : { cause: more.cause });
    this.hint = more.hint;
  }

  get exit(): number {
    return PROBLEMS[this.code].exit;
  }
}
