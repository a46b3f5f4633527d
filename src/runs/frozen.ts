import type { ContextInput } from "../agents/context.ts";

/**
 * What a dispatch is about, as it was when it was dispatched: edits made on GitHub later do not reach the agent
 * (safety.md 5). Kept as JSON with the dispatch; the context file is made from it for each run.
 */
export type Frozen = {
  /** Random; nobody who wrote the text can have known it. */
  readonly marker: string;
  readonly target: ContextInput["target"];
  /** What the person who dispatched it wrote, instead of the usual task. */
  readonly instructions: string | null;
  /** Whether a pull request came from a fork; absent in what was frozen before this was noted. */
  readonly fork?: boolean;
};

export function freeze(target: Frozen["target"], instructions: string | null, fork = false): string {
  const frozen: Frozen = { marker: crypto.randomUUID().replaceAll("-", ""), target, instructions, fork };
  return JSON.stringify(frozen);
}

/** Null for a dispatch of another tool, which has none. */
export function thaw(text: string | null): Frozen | null {
  return text === null ? null : (JSON.parse(text) as Frozen);
}
