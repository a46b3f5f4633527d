import { args, on, textFlag } from "../domain/grammar-parsed.ts";
import { parseTarget, type TargetRef } from "../domain/grammar-refs.ts";
import { Problem } from "../domain/problem.ts";
import { STARTED_WITH } from "../runs/started.ts";
import { history, type JournalRow, projects } from "../store/read.ts";
import type { ProjectRow } from "../store/rows.ts";
import { dispatchView } from "../store/snapshot.ts";
import type { World } from "../world.ts";
import { admitTarget } from "./admit-target.ts";
import type { Call } from "./call.ts";
import { dispatchOptions } from "./dispatch-options.ts";
import { dispatchedReply } from "./dispatched-lines.ts";
import { findProject, projectOfRepo } from "./find.ts";
import { pickTargets } from "./pick-targets.ts";
import type { Reply } from "./reply.ts";
import { waitFor } from "./wait.ts";

export type Wanted = { readonly owner: ProjectRow; readonly ref: TargetRef };

/** `rally dispatch <target>…`: each target by itself; what was taken stays taken, whatever becomes of the others. */
export async function dispatch(world: World, call: Call): Promise<Reply> {
  const kind = kindOf(call.parsed.command.name);
  const words = [...args(call.parsed, "target"), ...args(call.parsed, "n")];
  const wanted = words.length > 0 ? await named(world, call, words, kind) : await picked(world, call);
  const options = dispatchOptions(world, call);
  const taken: number[] = [];
  const problems: Problem[] = [];
  const warnings: string[] = [];
  for (const { owner, ref } of wanted) {
    try {
      const admitted = await admitTarget(world, call, owner, ref, options);
      taken.push(admitted.dispatchId);
      warnings.push(...admitted.warnings);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      problems.push(error);
    }
  }
  if (taken.length > 0) await begin(world);
  if (on(call.parsed, "wait")) await waitFor(world, call, taken);
  const views = taken.flatMap((id) => dispatchView(world.store, id) ?? []);
  return dispatchedReply(views, problems, [
    ...new Set([...warnings, ...taken.flatMap((id) => startWarnings(world, id))]),
  ]);
}

/** What there was to be said when a dispatch's run was started: no sandbox, for one. */
export function startWarnings(world: World, id: number): readonly string[] {
  const started = history(world.store, { dispatchId: id, limit: JOURNAL_ROWS }).findLast(isStart);
  const said: unknown = started?.data?.warnings;
  return Array.isArray(said) ? said.filter((each) => typeof each === "string") : [];
}

const JOURNAL_ROWS = 50;

function isStart({ layer, event }: JournalRow): boolean {
  return (layer === "run" && event === "started") || event === STARTED_WITH;
}

/**
 * One tick now, so that what can start has started when the command returns; then somebody who watches on, who would
 * only be in the way of the start.
 */
export async function begin(world: World): Promise<void> {
  try {
    await world.poke();
  } finally {
    await world.autostart();
  }
}

function kindOf(command: string): "issue" | "pr" | null {
  if (command === "dispatch issue") return "issue";
  return command === "dispatch pr" ? "pr" : null;
}

async function named(
  world: World,
  call: Call,
  words: readonly string[],
  kind: "issue" | "pr" | null,
): Promise<Wanted[]> {
  const refs = words.map((word) => parseTarget(word, kind));
  const wanted: Wanted[] = [];
  for (const ref of refs) {
    const explicit = ref.repo !== null && textFlag(call.parsed, "project") === null;
    const owner = explicit
      ? projectOfRepo(projects(world.store), ref.repo ?? "", ref.host)
      : await findProject(world, call);
    if (ref.repo !== null && owner.repo?.toLowerCase() !== ref.repo.toLowerCase())
      throw new Problem("usage", `${ref.repo}#${ref.number} is not of ${owner.repo ?? owner.name}.`, {
        hint: "Leave out --project, or name the right one.",
      });
    wanted.push({ owner, ref });
  }
  return wanted;
}

async function picked(world: World, call: Call): Promise<Wanted[]> {
  if (!call.asker)
    throw new Problem("usage", "What is to be dispatched?", {
      hint: 'rally dispatch 42, or rally dispatch task "…"',
    });
  const owner = await findProject(world, call);
  const refs = await pickTargets(world, call, owner);
  return refs.map((ref) => ({ owner, ref }));
}
