import { arg, on } from "../domain/grammar-parsed.ts";
import { Problem } from "../domain/problem.ts";
import type { DispatchView } from "../domain/view.ts";
import { isLive } from "../domain/words.ts";
import { ownIdentity } from "../process/identity.ts";
import { startAttached } from "../runs/attached.ts";
import { identityText } from "../runs/identity.ts";
import { stopRun } from "../runs/stop.ts";
import { admit } from "../store/admit.ts";
import { line } from "../store/line.ts";
import { dispatchRow } from "../store/read.ts";
import { takeSlot } from "../store/slot.ts";
import { dispatchView } from "../store/snapshot.ts";
import { write } from "../store/write.ts";
import type { World } from "../world.ts";
import type { Call } from "./call.ts";
import { findDispatch } from "./find.ts";
import { lossOf, refuseGone } from "./gone.ts";
import type { Reply } from "./reply.ts";
import { stateReply } from "./run-again.ts";
import { stopWork } from "./stop.ts";
import { holdSignals, leaveTerminal } from "./terminal.ts";

/**
 * `rally attach <d> [--stop]`: a person sits down at the agent's session, on this terminal. How it ended is read from
 * the facts afterwards, as for every other run; whoever dies in between, the next tick ends it.
 */
export async function attach(world: World, call: Call): Promise<Reply> {
  const view = findDispatch(world, call, arg(call.parsed, "d") ?? "");
  refuseWithoutTerminal(call, view);
  const free = await freed(world, call, view);
  await refuseGone(free);
  const loss = lossOf(free);
  if (loss !== null) say(loss);
  // Others who could start now go first.
  if (line(world.store).length > 0) await world.poke();
  const runId = takeSeat(world, call, free);
  await world.autostart();
  const signals = holdSignals(() => void stopRun(world, runId, { actor: call.actor }));
  try {
    const { exited } = await startAttached(world, runId, { say, handOver: signals.handOver });
    await leaveTerminal(world, await exited);
  } finally {
    signals.giveBack();
  }
  await world.poke();
  return stateReply(world, view.id, "");
}

/** What a person must know before the agent has the terminal. */
function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

function refuseWithoutTerminal(call: Call, view: DispatchView): void {
  if (call.asker && process.stdout.isTTY) return;
  throw new Problem("refused", "To sit down at an agent needs a terminal, and here is none.", {
    hint: `rally continue ${view.id} "…" tells it something without one.`,
  });
}

/** The dispatch without a run: as it is, or after its live one was stopped as asked. Throws `conflict`. */
async function freed(world: World, call: Call, view: DispatchView): Promise<DispatchView> {
  if (view.queued)
    throw new Problem("conflict", `${view.id} waits in line.`, {
      hint: `rally stop ${view.id} takes it out of the line.`,
    });
  if (!isAtWork(view)) return view;
  if (!on(call.parsed, "stop"))
    throw new Problem("conflict", `${view.agent} is at work on ${view.id}.`, {
      hint: `rally attach ${view.id} --stop stops it first; rally log ${view.id} -f looks on.`,
    });
  say(`Stopping ${view.agent}.`);
  await stopWork(world, call.actor, view);
  const now = dispatchView(world.store, view.id) ?? view;
  if (now.queued || isAtWork(now))
    throw new Problem("conflict", `${view.id} was stopped, and is told next what was kept for it.`, {
      hint: `rally stop ${view.id}, then rally attach ${view.id}`,
    });
  return now;
}

function isAtWork(view: DispatchView): boolean {
  return view.run !== null && isLive(view.run.state);
}

/** Admitted and started in one transaction: a person does not wait in line, and capacity is kept even so. */
function takeSeat(world: World, call: Call, view: DispatchView): number {
  const { store, config } = world;
  const at = world.now();
  const session = dispatchRow(store, view.id)?.session ?? null;
  return write(store, "attach", () => {
    const { runId } = admit(store, {
      actor: call.actor,
      at,
      dispatch: { id: view.id, on: "run_again" },
      run: { role: "attached", agent: view.agent, message: null, resume: true, session, priority: 0 },
    });
    const starter = identityText(ownIdentity());
    const slot = { actor: call.actor, at, runId, capacity: config.capacity, starter };
    if (!takeSlot(store, slot))
      throw new Problem("conflict", `All ${config.capacity} places are taken (capacity).`, {
        hint: `rally status, then rally stop <d>; or rally config set capacity ${config.capacity + 1}`,
      });
    return runId;
  });
}
