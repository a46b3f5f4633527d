import { display } from "../domain/display.ts";
import { Problem } from "../domain/problem.ts";
import type { DispatchView } from "../domain/view.ts";
import { isLive, type RunRole } from "../domain/words.ts";
import { admit } from "../store/admit.ts";
import { keepMessage } from "../store/messages.ts";
import { dispatchRow } from "../store/read.ts";
import { dispatchView } from "../store/snapshot.ts";
import { write } from "../store/write.ts";
import type { World } from "../world.ts";
import type { Call } from "./call.ts";
import { begin } from "./dispatch.ts";
import { dispatchTable } from "./dispatched-lines.ts";
import { lossOf, refuseGone } from "./gone.ts";
import { keptOffers } from "./offers.ts";
import { type Line, type Reply, said } from "./reply.ts";
import { trustNewHead } from "./trust-again.ts";

export type Again = {
  readonly role: RunRole;
  readonly message: string | null;
  /** In the dispatch's own session; false: a new one. */
  readonly resume: boolean;
};

/**
 * A new run on a dispatch that has been dispatched before; a message for one that is at work or waits is kept with it
 * and starts the next. Throws `missing` where worktree and branch are both gone.
 */
export async function runAgain(world: World, call: Call, view: DispatchView, again: Again): Promise<Reply> {
  checkLength(world, again.message);
  await refuseGone(view);
  const loss = lossOf(view);
  const busy = view.queued !== null || (view.run !== null && isLive(view.run.state));
  if (busy) return kept(world, call, view, again.message);
  const stays = await trustNewHead(world, call, view);
  const row = dispatchRow(world.store, view.id);
  const { role, message, resume } = again;
  const session = resume ? (row?.session ?? null) : null;
  write(world.store, "run again", () => {
    admit(world.store, {
      ...{ actor: call.actor, at: world.now() },
      ...{ dispatch: { id: view.id, on: "run_again" }, closeQuestions: true },
      run: { role, agent: view.agent, message, resume, session, priority: 0 },
    });
    call.begun(view.id);
  });
  await begin(world);
  return stateReply(world, view.id, "", {
    aside: [...(loss === null ? [] : [loss]), ...mergedNote(view), ...stays],
  });
}

/** A merged pull request takes no more commits, and what is done stays done. */
function mergedNote({ kind, pr }: DispatchView): string[] {
  if (kind === "pr" || pr?.state !== "merged") return [];
  return [`Its pull request #${pr.number} is merged: what it commits now is in none, and it stays done.`];
}

/** Words for a run that is at work or in line: it is told them next. */
function kept(world: World, call: Call, view: DispatchView, message: string | null): Reply {
  if (message === null && view.queued)
    throw new Problem("conflict", `${view.id} waits in line already.`, {
      hint: `rally continue ${view.id} "…" gives it a message to begin with; rally stop ${view.id}`,
    });
  if (message === null)
    throw new Problem("conflict", `${view.agent} is at work on ${view.id} already.`, {
      hint: `rally continue ${view.id} "…" keeps a message for its next run; rally stop ${view.id}`,
    });
  write(world.store, "keep message", () => {
    keepMessage(world.store, { dispatchId: view.id, text: message, actor: call.actor, at: world.now() });
    call.begun(view.id);
  });
  const when = view.queued
    ? "with the run that waits in line"
    : `when ${view.agent} has ended its present run`;
  return stateReply(world, view.id, `Kept: it is told ${when}.`, { offers: keptOffers(view) });
}

/** The line of one dispatch after something was done to it. */
export function stateReply(world: World, id: number, note: Line, more: Partial<Reply> = {}): Reply {
  const view = dispatchView(world.store, id);
  if (!view) return said([note], { id, gone: true }, more);
  const row = dispatchTable([view]);
  const json = {
    id,
    status: view.status,
    display: display(view),
    outcome: view.outcome,
    branch: view.branch,
    run: view.run?.id ?? null,
    queued: view.queued,
  };
  return said(note === "" ? [row] : [row, note], json, more);
}

/** Throws `usage` for a text that is longer than anybody should say at once. */
export function checkLength(world: World, text: string | null): void {
  const max = world.config.limits.messageMaxChars;
  if (text !== null && text.length > max)
    throw new Problem(
      "usage",
      `The message has ${text.length} characters; ${max} are allowed (limits.message_max_chars).`,
      {
        hint: "Put the details into a file of the worktree, and name it.",
      },
    );
}
