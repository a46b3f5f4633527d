import type { Kind } from "../domain/words.ts";

/** Why the agent is started now. */
export type Occasion =
  | { readonly why: "new" }
  /** The same session goes on, with what a person said (`continue`, review comments). */
  | { readonly why: "message"; readonly text: string }
  | { readonly why: "answer"; readonly question: string; readonly answer: string }
  /** A new session on the worktree of an earlier one, with the original task. */
  | { readonly why: "retry" }
  /** The session could not be gone on with: a new one, with what was done and what it was to be told. */
  | { readonly why: "fallback"; readonly done: string; readonly told: string | null };

export type PromptInput = {
  readonly kind: Kind;
  /** Where the context file is, relative to the worktree or absolute. */
  readonly context: string;
  readonly occasion: Occasion;
};

/**
 * The short text that an agent starts with. It points to the context file, and quotes nothing from GitHub; only a
 * person's own words are in it. It goes by stdin, never on a command line.
 */
export function promptFor(input: PromptInput): string {
  return `${[...opening(input), ...closing(input)].join("\n\n")}\n`;
}

function opening(input: PromptInput): string[] {
  const read = `Read \`${input.context}\` completely: your task, the rules, and how to report, ask and finish are in it.`;
  const { occasion } = input;
  switch (occasion.why) {
    case "new":
      return [`${read} Then do the task.`];
    case "message":
      return ["The person who follows this work says:", occasion.text.trim(), REMINDER(input.context)];
    case "answer":
      return [
        `You asked: ${occasion.question.trim()}`,
        `The answer: ${occasion.answer.trim()}`,
        `Go on with the task. ${REMINDER(input.context)}`,
      ];
    case "retry":
      return [
        `${read} An earlier attempt in this worktree has ended; look at \`git status\` and \`git log\` for what it left, keep what is good, and do the task.`,
      ];
    case "fallback":
      return [
        `${read} You go on with work that another session began in this worktree; that session is lost.`,
        `What was done so far:\n\n${occasion.done.trim() || "(nothing is known)"}`,
        occasion.told
          ? `What you are told now:\n\n${occasion.told.trim()}`
          : "Check what is there, then finish the task.",
      ];
  }
}

function closing(input: PromptInput): string[] {
  if (input.kind === "pr") return ["The result is `.rally/run/REVIEW.md`. Commit nothing and push nothing."];
  return ["Commit your work on the current branch. Never push."];
}

const REMINDER = (context: string) => `The task and the rules are still those of \`${context}\`.`;
