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
  /** The pull request as it was at a later head, until the worktree stands there. */
  readonly next?: { readonly head: string; readonly target: Frozen["target"] };
};

export function freeze(target: Frozen["target"], instructions: string | null): string {
  return JSON.stringify({ marker: newMarker(), target, instructions } satisfies Frozen);
}

/** Null for a dispatch of another tool, which has none. */
export function thaw(text: string | null): Frozen | null {
  return text === null ? null : (JSON.parse(text) as Frozen);
}

/** With the pull request as it is at a later head, which agents are told of from the moment they work on that. */
export function freezeNext(text: string | null, head: string, target: Frozen["target"]): string {
  const before = thaw(text) ?? { marker: newMarker(), target, instructions: null };
  return JSON.stringify({ ...before, next: { head, target } } satisfies Frozen);
}

/** What was frozen for that head, in the place of what was there before; null where nothing was. */
export function takeNext(text: string | null, head: string): string | null {
  const before = thaw(text);
  return before?.next?.head === head ? freeze(before.next.target, before.instructions) : null;
}

function newMarker(): string {
  return crypto.randomUUID().replaceAll("-", "");
}
