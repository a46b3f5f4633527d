import { pullFeedback } from "../agents/context.ts";
import { arg, on } from "../domain/grammar-parsed.ts";
import { Problem } from "../domain/problem.ts";
import type { DispatchView } from "../domain/view.ts";
import { project } from "../store/read.ts";
import type { World } from "../world.ts";
import type { Call } from "./call.ts";
import { findDispatch } from "./find.ts";
import type { Reply } from "./reply.ts";
import { runAgain } from "./run-again.ts";

/** `rally continue <d> ["message"] [--from-pr]`: the same session and worktree, with a message. */
export async function continueWork(world: World, call: Call): Promise<Reply> {
  const view = findDispatch(world, call, arg(call.parsed, "d") ?? "");
  const words = arg(call.parsed, "message")?.trim() || null;
  const fromPr = on(call.parsed, "from-pr") ? await feedback(world, view) : null;
  const message = [words, fromPr].filter((part) => part !== null).join("\n\n") || null;
  return runAgain(world, call, view, {
    role: fromPr ? "repair" : "follow_up",
    message: message ?? continueWords(view),
    resume: true,
  });
}

/** What an agent is told that is only told to go on; null while it is at it anyway. */
function continueWords(view: DispatchView): string | null {
  return view.queued || view.run?.state === "running" || view.run?.state === "starting"
    ? null
    : "Go on with the task.";
}

/** `rally retry <d>`: a new session in the same worktree, the original task. */
export async function retry(world: World, call: Call): Promise<Reply> {
  const view = findDispatch(world, call, arg(call.parsed, "d") ?? "");
  return runAgain(world, call, view, {
    role: view.kind === "pr" ? "reviewer" : "worker",
    message: null,
    resume: false,
  });
}

/** Unresolved review threads and failing checks, of people with write access, fenced. */
async function feedback(world: World, view: DispatchView): Promise<string> {
  const owner = project(world.store, view.projectId);
  const number = view.pr?.number ?? (view.kind === "pr" ? view.number : null);
  if (!owner?.repo || number === null)
    throw new Problem("conflict", `${view.id} has no pull request to take anything from.`, {
      hint: `rally pr ${view.id}`,
    });
  const github = await world.github(owner.host);
  const pull = await github.pull(owner.repo, number);
  const [threads, checks] = await Promise.all([
    github.reviewComments(owner.repo, number),
    github.checks(owner.repo, pull.head.sha),
  ]);
  const text = pullFeedback({
    marker: crypto.randomUUID().replaceAll("-", ""),
    threads,
    checks: checks.each,
    maxChars: Math.floor(world.config.limits.messageMaxChars / 2),
  });
  if (text) return text;
  throw new Problem("conflict", `Pull request #${number} has no open review thread and no failing check.`, {
    hint: `rally continue ${view.id} "…"`,
  });
}
