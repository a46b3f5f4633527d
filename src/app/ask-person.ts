import { arg } from "../domain/grammar-parsed.ts";
import { Problem } from "../domain/problem.ts";
import { ask, markDelivered, questionById } from "../store/questions.ts";
import type { World } from "../world.ts";
import type { Call } from "./call.ts";
import { runHere } from "./declare.ts";
import { type Reply, said } from "./reply.ts";
import { checkLength } from "./run-again.ts";

const LOOK_EVERY_MS = 250;
/** EX_TEMPFAIL: try again later, which here means: end the turn. */
const NO_ANSWER_YET = 75;

/** `rally ask "<question>"`, by an agent: waits `ask_wait_seconds` for an answer and prints it. */
export async function askPerson(world: World, call: Call): Promise<Reply> {
  const text = world.redact(arg(call.parsed, "question") ?? "").trim();
  if (text === "")
    throw new Problem("usage", "What is the question?", { hint: 'rally ask "Keep the old endpoint?"' });
  checkLength(world, text);
  const run = await runHere(world, call);
  if (!run)
    throw new Problem("missing", "No agent's run is live in this directory.", {
      hint: "rally ask is for agents, inside their worktree",
    });
  const id = ask(world.store, {
    dispatchId: run.dispatchId,
    runId: run.id,
    text,
    context: null,
    actor: `agent:${run.agent}`,
    at: world.now(),
  });
  const until = performance.now() + world.config.askWaitSeconds * 1000;
  while (performance.now() < until) {
    const question = questionById(world.store, id);
    if (question?.answer != null && markDelivered(world.store, id, world.now()))
      return said(question.answer, { id, answer: question.answer });
    if (question === null || question.closedAt !== null) break;
    await Bun.sleep(LOOK_EVERY_MS);
  }
  const line =
    "Nobody has answered yet. Finish what you can and end your turn; the answer will reach you in a later one.";
  return { text: [], json: { id, answer: null }, aside: [line], exit: NO_ANSWER_YET };
}
