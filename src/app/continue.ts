import { pullFeedback } from "../agents/context.ts";
import { arg, on } from "../domain/grammar-parsed.ts";
import { Problem } from "../domain/problem.ts";
import type { DispatchView } from "../domain/view.ts";
import { withdrawMessages } from "../store/messages.ts";
import { project } from "../store/read.ts";
import type { World } from "../world.ts";
import type { Call } from "./call.ts";
import { findDispatch } from "./find.ts";
import { type Reply, said } from "./reply.ts";
import { runAgain } from "./run-again.ts";
import { isBusy } from "./stop.ts";

/** `rally continue <d> ["message"] [--from-pr]`: the same session and worktree, with a message. */
export async function continueWork(world: World, call: Call): Promise<Reply> {
  const view = findDispatch(world, call, arg(call.parsed, "d") ?? "");
  const words = arg(call.parsed, "message")?.trim() || null;
  if (on(call.parsed, "withdraw")) return withdraw(world, call, view, words);
  const fromPr = on(call.parsed, "from-pr") ? await feedback(world, view) : null;
  const message = [words, fromPr].filter((part) => part !== null).join("\n\n") || null;
  return runAgain(world, call, view, {
    role: fromPr ? "repair" : "follow_up",
    message: message ?? continueWords(view),
    resume: true,
  });
}

/** What an agent is told that is only told to go on; null while it is at it anyway, or where more is kept for it. */
function continueWords(view: DispatchView): string | null {
  if (isBusy(view) || view.kept.length > 0) return null;
  return "Go on with the task.";
}

/** `--withdraw`: what no run has been told is taken back, and shown, so that it can be said again. */
function withdraw(world: World, call: Call, view: DispatchView, words: string | null): Reply {
  if (words !== null)
    throw new Problem("usage", "With --withdraw nothing else is said.", {
      hint: `rally continue ${view.id} --withdraw, then rally continue ${view.id} "…"`,
    });
  const taken = withdrawMessages(world.store, {
    ...{ dispatchId: view.id, actor: call.actor, at: world.now() },
  });
  if (taken.length === 0)
    throw new Problem("conflict", `Nothing waits to be told to ${view.agent} on ${view.id}.`, {
      hint: `rally show ${view.id}`,
    });
  const lines = taken.map(({ text }) => `Taken back: “${text}”`);
  return said(lines, { id: view.id, withdrawn: taken.map(({ text }) => text) });
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
