import { arg, on } from "../domain/grammar-parsed.ts";
import { Problem } from "../domain/problem.ts";
import { freeze } from "../runs/frozen.ts";
import { branchName } from "../runs/worktree.ts";
import { admit, type NewDispatch } from "../store/admit.ts";
import { dispatchView } from "../store/snapshot.ts";
import { write } from "../store/write.ts";
import type { World } from "../world.ts";
import { baseOf } from "./admit-target.ts";
import type { Call } from "./call.ts";
import { begin, startWarnings } from "./dispatch.ts";
import { chosenAgent, dispatchOptions } from "./dispatch-options.ts";
import { dispatchedReply } from "./dispatched-lines.ts";
import { findProject } from "./find.ts";
import type { Reply } from "./reply.ts";
import { waitFor } from "./wait.ts";

const TITLE_MAX_CHARS = 72;

/** `rally dispatch task "<text>"`: in a person's own words, so nothing in it is doubted; needs no GitHub. */
export async function dispatchTask(world: World, call: Call): Promise<Reply> {
  const text = (arg(call.parsed, "text") ?? "").trim();
  const max = world.config.limits.messageMaxChars;
  if (text === "")
    throw new Problem("usage", "What is the task?", { hint: 'rally dispatch task "make the tests faster"' });
  if (text.length > max)
    throw new Problem("usage", `The task is longer than ${max} characters.`, {
      hint: "Put it into a file: --prompt-file <path>",
    });
  const owner = await findProject(world, call);
  const options = dispatchOptions(world, call);
  const agent = chosenAgent(world, owner, options);
  const base = await baseOf(world, owner, options);
  const title = titleFrom(text);
  const mode = options.trust === false ? "read-only" : (options.mode ?? world.config.mode);
  const dispatchId = keep(world, call, {
    projectId: owner.id,
    kind: "task",
    number: null,
    title,
    task: text,
    branch: options.branch ?? branchName({ kind: "task", number: null, title }),
    base: base.name,
    baseSha: base.sha,
    agent,
    model: options.model,
    mode,
    sandbox: options.sandbox ?? world.config.sandbox.kind,
    context: freeze(
      { kind: "task", text: options.instructions ? `${text}\n\n${options.instructions}` : text },
      null,
    ),
  });
  await begin(world);
  if (on(call.parsed, "wait")) await waitFor(world, call, [dispatchId]);
  const view = dispatchView(world.store, dispatchId);
  const warnings = [...(base.warning ? [base.warning] : []), ...startWarnings(world, dispatchId)];
  return dispatchedReply(view ? [view] : [], [], [...new Set(warnings)]);
}

function keep(world: World, call: Call, fresh: NewDispatch): number {
  const by = { actor: call.actor, at: world.now() };
  const { agent } = fresh;
  const run = { role: "worker", agent, message: null, resume: false, session: null, priority: 1 } as const;
  return write(world.store, "dispatch", () => {
    const { dispatchId } = admit(world.store, { ...by, dispatch: { fresh }, run });
    call.begun(dispatchId);
    return dispatchId;
  });
}

function titleFrom(text: string): string {
  const line = (text.split("\n", 1)[0] ?? "").trim();
  return line.length > TITLE_MAX_CHARS ? `${line.slice(0, TITLE_MAX_CHARS - 1)}…` : line;
}
