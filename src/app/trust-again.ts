import { choice } from "../domain/grammar-parsed.ts";
import { Problem } from "../domain/problem.ts";
import type { DispatchView } from "../domain/view.ts";
import { recordTarget } from "../store/facts.ts";
import { project } from "../store/read.ts";
import { record, setDispatch } from "../store/record.ts";
import type { ProjectRow } from "../store/rows.ts";
import { headTrusted } from "../store/told.ts";
import { write } from "../store/write.ts";
import type { World } from "../world.ts";
import type { Call } from "./call.ts";
import { type ReadTarget, readTarget } from "./read-target.ts";
import { mustAsk } from "./trust.ts";

/**
 * Before an agent goes on with a pull request: trust was given for one head, and lapses with it. Where there is a new
 * one it is asked for again (safety.md 6); only a head that was trusted is followed. Text that was frozen with the
 * dispatch is not asked about again, as later edits do not reach the agent. Gives what a person should know: where GitHub
 * cannot be asked, the agent stays at the head it had. Throws `refused`.
 */
export async function trustNewHead(world: World, call: Call, view: DispatchView): Promise<string[]> {
  const owner = project(world.store, view.projectId);
  if (view.kind !== "pr" || view.number === null || !owner?.repo) return [];
  const trust = choice(call.parsed, "trust");
  if (trust === false) setDispatch(world.store, view.id, { mode: "read-only" });
  if (trust === false || view.mode === "read-only") return [];
  const target = await targetNow(world, owner, view.number);
  if (typeof target === "string") return [`${target} It stays at the head it had.`];
  const known = view.baseSha ?? view.target?.reviewedHead ?? null;
  const { head } = target;
  if (head === null || head === known || headTrusted(world.store, view.id, head)) return [];
  const ask = owner.askTrust ?? world.config.askTrust;
  if (trust !== true && mustAsk(ask, owner.trustedAt, target.warnings)) await askOrRefuse(call, view, target);
  keep(world, call, view, head);
  return [];
}

async function targetNow(world: World, owner: ProjectRow, number: number): Promise<ReadTarget | string> {
  try {
    return await readTarget(world, owner, { kind: "pr", number, repo: null, host: null });
  } catch (error) {
    if (error instanceof Problem) return error.message;
    throw error;
  }
}

async function askOrRefuse(call: Call, view: DispatchView, { warnings }: ReadTarget): Promise<void> {
  const what = `#${view.number} has new commits since it was trusted.`;
  const line = `rally ${call.parsed.command.name} ${view.id}`;
  if (!call.asker)
    throw new Problem("refused", `${what} ${warnings.join(" ")}`, {
      hint: `${line} --trust, or --no-trust (the agent may only read)`,
    });
  const yes = await call.asker.confirm(`${what} ${warnings.join(" ")} Go on with them?`, { flag: "--trust" });
  if (!yes)
    throw new Problem("refused", `${view.id} was not started: what is new in it is not trusted.`, {
      hint: `${line} --no-trust lets the agent only read.`,
    });
}

function keep(world: World, call: Call, view: DispatchView, head: string): void {
  const at = world.now();
  write(world.store, "trust head", () => {
    record(world.store, { actor: call.actor, at }, [
      { layer: "gate", event: "head_trusted", dispatchId: view.id, to: head, data: { head } },
    ]);
    // It has not begun yet: it begins with this one.
    if (view.worktree === null && view.target)
      recordTarget(world.store, view.id, { ...view.target, asOf: at, head, reviewedHead: head }, at);
  });
}
