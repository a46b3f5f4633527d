import { choice, textFlag } from "../domain/grammar-parsed.ts";
import { Problem } from "../domain/problem.ts";
import type { DispatchView } from "../domain/view.ts";
import { freezeNext, takeNext } from "../runs/frozen.ts";
import { contextOf, keepContext } from "../store/contexts.ts";
import { recordTarget } from "../store/facts.ts";
import { project } from "../store/read.ts";
import { record, setDispatch } from "../store/record.ts";
import type { ProjectRow } from "../store/rows.ts";
import { headTrusted } from "../store/told.ts";
import { write } from "../store/write.ts";
import type { World } from "../world.ts";
import type { Call } from "./call.ts";
import { type ReadTarget, readTarget } from "./read-target.ts";
import { mustAsk, trustAt } from "./trust.ts";

/**
 * Before an agent goes on with a pull request: trust was given for one head, and lapses with it. Where there is a new
 * one it is asked for again (safety.md 6), and what the pull request says now is frozen with it: only a head that was
 * trusted and read is followed. Text that was frozen with a head is not asked about again, as later edits do not reach
 * the agent. Gives what a person should know: where GitHub
 * cannot be asked, the agent stays at the head it had. Throws `refused`.
 */
export async function trustNewHead(world: World, call: Call, view: DispatchView): Promise<string[]> {
  const owner = project(world.store, view.projectId);
  if (view.kind !== "pr" || view.number === null || !owner?.repo) return [];
  const trust = choice(call.parsed, "trust");
  if (trust === false) setDispatch(world.store, view.id, { mode: "read-only" });
  const readsOnly = trust === false || view.mode === "read-only";
  const target = await targetNow(world, owner, view.number);
  if (typeof target === "string") return [`${target} It stays at the head it had.`];
  const known = view.baseSha ?? view.target?.reviewedHead ?? null;
  const { head } = target;
  if (head === null || head === known || isTakenIn(world, view, head, readsOnly)) return [];
  const ask = owner.askTrust ?? world.config.askTrust;
  const meant = textFlag(call.parsed, "head");
  const another = meant !== null && meant !== head;
  const asks = another || (trust !== true && mustAsk(ask, owner.trustedAt, target.warnings));
  if (asks && !readsOnly) await askOrRefuse(call, view, target);
  keep(world, call, view, { head, context: target.context, trusted: !readsOnly });
  return [];
}

/** It was read before, and trusted where it had to be; the worktree only does not stand there yet. */
function isTakenIn(world: World, view: DispatchView, head: string, readsOnly: boolean): boolean {
  if (takeNext(contextOf(world.store, view.id), head) === null) return false;
  return readsOnly || headTrusted(world.store, view.id, head);
}

async function targetNow(world: World, owner: ProjectRow, number: number): Promise<ReadTarget | string> {
  try {
    return await readTarget(world, owner, { kind: "pr", number, repo: null, host: null });
  } catch (error) {
    if (error instanceof Problem) return error.message;
    throw error;
  }
}

async function askOrRefuse(call: Call, view: DispatchView, { warnings, head }: ReadTarget): Promise<void> {
  const what = `#${view.number} has new commits since it was trusted.`;
  const line = `rally ${call.parsed.command.name} ${view.id}`;
  if (!call.asker)
    throw new Problem("refused", `${what} ${warnings.join(" ")}`, {
      hint: `${line} --trust${trustAt(call, head)}, or --no-trust (the agent may only read)`,
    });
  const yes = await call.asker.confirm(`${what} ${warnings.join(" ")} Go on with them?`, { flag: "--trust" });
  if (!yes)
    throw new Problem("refused", `${view.id} was not started: what is new in it is not trusted.`, {
      hint: `${line} --no-trust lets the agent only read.`,
    });
}

type TakenIn = {
  readonly head: string;
  readonly context: ReadTarget["context"];
  readonly trusted: boolean;
};

function keep(world: World, call: Call, view: DispatchView, { head, context, trusted }: TakenIn): void {
  const { store } = world;
  const at = world.now();
  const event = { dispatchId: view.id, to: head, data: { head } };
  write(store, "take in head", () => {
    if (trusted)
      record(store, { actor: call.actor, at }, [{ layer: "gate", event: "head_trusted", ...event }]);
    record(store, { actor: call.actor, at }, [{ layer: "fact", event: "context_frozen", ...event }]);
    const frozen = freezeNext(contextOf(store, view.id), head, context);
    // It has not begun yet: it begins with this one.
    const begins = view.worktree === null;
    keepContext(store, view.id, begins ? takeNext(frozen, head) : frozen);
    if (begins && view.target)
      recordTarget(store, view.id, { ...view.target, asOf: at, head, reviewedHead: head }, at);
  });
}
