import { arg } from "../domain/grammar-parsed.ts";
import { Problem } from "../domain/problem.ts";
import { isLive } from "../domain/words.ts";
import { record } from "../store/record.ts";
import type { World } from "../world.ts";
import type { Call } from "./call.ts";
import { findDispatch } from "./find.ts";
import type { Reply } from "./reply.ts";
import { said } from "./reply.ts";
import { stateReply } from "./run-again.ts";
import { stopWork } from "./stop.ts";

/** `rally upstream <d>`: it waits on CI, a review, a release. A queued run leaves the line; a live one goes on. */
export async function upstream(world: World, call: Call): Promise<Reply> {
  const view = findDispatch(world, call, arg(call.parsed, "d") ?? "");
  if (view.status === "upstream")
    return said(`${view.id} is upstream already.`, { id: view.id, status: "upstream", changed: false });
  if (view.queued) await stopWork(world, call.actor, { ...view, run: null });
  record(world.store, { actor: call.actor, at: world.now() }, [
    { layer: "dispatch", id: view.id, on: "upstream" },
  ]);
  const live = view.run !== null && isLive(view.run.state);
  const note = live ? `${view.agent} works on; only a failure or a question of its is announced.` : "";
  return stateReply(world, view.id, note, { offers: [{ label: "Back", line: `resume ${view.id}` }] });
}

/** `rally resume <d>`: back from upstream. */
export async function resume(world: World, call: Call): Promise<Reply> {
  const view = findDispatch(world, call, arg(call.parsed, "d") ?? "");
  if (view.status !== "upstream")
    throw new Problem("conflict", `${view.id} is not upstream: it is ${view.status}.`, {
      hint: `rally upstream ${view.id}, or rally continue ${view.id} "…"`,
    });
  const live = view.queued !== null || (view.run !== null && isLive(view.run.state));
  record(world.store, { actor: call.actor, at: world.now() }, [
    { layer: "dispatch", id: view.id, on: live ? "resume_live" : "resume" },
  ]);
  return stateReply(world, view.id, "");
}
