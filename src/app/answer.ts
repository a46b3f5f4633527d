import { arg } from "../domain/grammar-parsed.ts";
import { Problem } from "../domain/problem.ts";
import { isLive } from "../domain/words.ts";
import { admitKept } from "../store/kept.ts";
import { answer as keepAnswer } from "../store/questions.ts";
import { dispatchView } from "../store/snapshot.ts";
import { write } from "../store/write.ts";
import type { World } from "../world.ts";
import type { Call } from "./call.ts";
import { begin } from "./dispatch.ts";
import { findDispatch } from "./find.ts";
import type { Reply } from "./reply.ts";
import { checkLength, stateReply } from "./run-again.ts";

/**
 * `rally answer <d> "<text>"`: the first answer wins, on whatever surface. A run that still waits is handed it; else a
 * follow-up run in the same session is.
 */
export async function answer(world: World, call: Call): Promise<Reply> {
  const view = findDispatch(world, call, arg(call.parsed, "d") ?? "");
  const text = (arg(call.parsed, "text") ?? "").trim();
  if (text === "") throw new Problem("usage", "What is the answer?", { hint: `rally answer ${view.id} "…"` });
  checkLength(world, text);
  const by = { actor: call.actor, at: world.now() };
  write(world.store, "answer", () => {
    keepAnswer(world.store, { ...by, dispatchId: view.id, text });
    const now = dispatchView(world.store, view.id);
    const busy = now?.queued != null || (now?.run != null && isLive(now.run.state));
    if (!busy) admitKept(world.store, by, view.id);
    call.begun(view.id);
  });
  await begin(world);
  return stateReply(world, view.id, `Answered: ${view.agent} is told.`);
}
