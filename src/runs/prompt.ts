import { type Occasion, promptFor } from "../agents/prompt.ts";
import { runsOf } from "../store/read.ts";
import type { World } from "../world.ts";
import { CONTEXT_IN_WORKTREE } from "./paths.ts";
import type { Subject } from "./start.ts";

/** The short text that this run begins with. */
export function promptOf(world: World, subject: Subject, resumed: boolean): string {
  const { dispatch, run } = subject;
  const why = occasion(world, subject, resumed);
  const text = promptFor({ kind: dispatch.kind, context: CONTEXT_IN_WORKTREE, occasion: why });
  const untold = run.message !== null && (why.why === "new" || why.why === "retry");
  return untold ? `${text}\nThe person who follows this work says:\n\n${run.message}\n` : text;
}

function occasion(world: World, { run, dispatch }: Subject, resumed: boolean): Occasion {
  const earlier = runsOf(world.store, dispatch.id).filter((one) => one.id < run.id && one.startedAt !== null);
  if (earlier.length === 0 && !resumed) return { why: "new" };
  if (!run.resume) return { why: "retry" };
  if (!resumed) return { why: "fallback", done: earlier.at(-1)?.words ?? "", told: run.message };
  return { why: "message", text: run.message ?? "Go on." };
}
