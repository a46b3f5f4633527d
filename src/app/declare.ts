import { sep } from "node:path";
import { arg } from "../domain/grammar-parsed.ts";
import { Problem } from "../domain/problem.ts";
import { DECLARABLE_STAGES } from "../domain/words.ts";
import { headBranch } from "../git/here.ts";
import { declareStage } from "../runs/inbox.ts";
import { type LiveRun, liveRuns } from "../store/read.ts";
import type { World } from "../world.ts";
import type { Call } from "./call.ts";
import { type Reply, said } from "./reply.ts";

const NOTHING: Reply = { text: [], json: null };

/** `rally declare-stage <phase>`: without a live run here it does nothing and says nothing (model.md 5). */
export async function declare(world: World, call: Call): Promise<Reply> {
  const phase = arg(call.parsed, "phase") ?? "";
  const stage = DECLARABLE_STAGES.find((known) => known === phase);
  if (!stage) {
    if (phase === "reviewing")
      throw new Problem("usage", "The stage reviewing is set by Rally itself, when a review runs.");
    throw new Problem("usage", `There is no stage ${phase}.`, { hint: DECLARABLE_STAGES.join(", ") });
  }
  const run = await runHere(world, call);
  if (!run) return NOTHING;
  declareStage(world, run, stage, `agent:${run.agent}`);
  return said("", { run: run.id, stage });
}

/** The live run of this directory: by its worktree, else by the branch that is checked out here. */
export async function runHere(world: World, call: Call): Promise<LiveRun | null> {
  const live = liveRuns(world.store);
  const byPath = live.find(
    (run) => run.worktree !== null && (call.cwd === run.worktree || call.cwd.startsWith(run.worktree + sep)),
  );
  if (byPath) return byPath;
  const branch = await headBranch(call.cwd);
  return live.find((run) => branch !== null && run.branch === branch) ?? null;
}
