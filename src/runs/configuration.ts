import { cleanLine } from "../agents/clean.ts";
import { Problem } from "../domain/problem.ts";
import { type Base, resolveBase } from "../git/base.ts";
import { configureFromBase, type Instead } from "../git/instead.ts";
import { openRepo, type Repo } from "../git/repo.ts";
import { recordArchive } from "../store/archives.ts";
import { contextOf } from "../store/contexts.ts";
import { record } from "../store/record.ts";
import { configurationTold, toldOfRun } from "../store/told.ts";
import { write } from "../store/write.ts";
import type { World } from "../world.ts";
import { thaw } from "./frozen.ts";
import type { Subject } from "./start.ts";
import type { Ready } from "./worktree.ts";

/**
 * Before each start of an agent on a fork's pull request: the files that agents are configured by stand in the worktree
 * as the base has them now (safety.md 6). What it says for a person to know is among the warnings. Throws where that
 * cannot be done; the agent is not started then.
 */
export async function configured(world: World, subject: Subject, ready: Ready): Promise<Ready> {
  const { dispatch, owner, run } = subject;
  if (dispatch.kind !== "pr" || !isFork(world, dispatch.id)) return ready;
  const repo = await openRepo(owner.path);
  const base = await baseNow(world, subject, repo);
  const instead = await configureFromBase(repo, {
    worktree: ready.worktree,
    base: base.sha,
    dispatch: dispatch.id,
    at: run.createdAt,
    keeps: (ref) => recordArchive(world.store, { actor: "rally", at: world.now() }, dispatch.id, ref),
  });
  tell(world, subject, base, instead);
  const said = [base.warning, sentence(base, instead), kept(instead)].filter((each) => each !== null);
  return { ...ready, base: base.name, instead: instead.replaced, warnings: [...ready.warnings, ...said] };
}

/** What is not known to be from the repository itself may be anybody's. */
function isFork(world: World, dispatchId: number): boolean {
  return thaw(contextOf(world.store, dispatchId))?.fork ?? true;
}

/** The pull request's base, else the branch that the project's work starts from. */
async function baseNow(world: World, { dispatch, owner }: Subject, repo: Repo): Promise<Base> {
  const { fetchSeconds } = world.config.limits;
  const ask = (base: string | null) => resolveBase(repo, { remote: owner.remote, base, fetchSeconds });
  const named = dispatch.base === "HEAD" ? null : dispatch.base;
  try {
    return await ask(named);
  } catch (error) {
    if (named === null || !(error instanceof Problem) || error.code !== "missing") throw error;
    return ask(owner.base);
  }
}

function sentence(base: Base, { replaced, left }: Instead): string | null {
  const parts = [
    replaced.length > 0 ? `not the pull request's: ${some(replaced)}` : null,
    left.length > 0 ? `left out, as only the base has it: ${some(left)}` : null,
  ].filter((part) => part !== null);
  if (parts.length === 0) return null;
  return `It comes from a fork, so agents' configuration is taken from ${base.name} (${parts.join("; ")}).`;
}

function kept({ keptAs }: Instead): string | null {
  return keptAs === null ? null : `Changes to agents' configuration in the worktree are kept as ${keptAs}.`;
}

function some(paths: readonly string[]): string {
  const named = paths.slice(0, NAMED_MAX).map((path) => cleanLine(path, PATH_CHARS));
  const more = paths.length - named.length;
  return [...named, ...(more > 0 ? [`${more} more`] : [])].join(", ");
}

const NAMED_MAX = 5;
const PATH_CHARS = 120;

/** Also that it is so no longer, as what was told last is what is shown. */
function tell(world: World, { dispatch, run }: Subject, base: Base, instead: Instead): void {
  const why = sentence(base, instead);
  const isNews = why !== null || configurationTold(world.store, dispatch.id) !== null;
  if (!isNews || toldOfRun(world.store, run.id, EVENT)) return;
  write(world.store, "base configuration", () => {
    const data = { base: base.name, commit: base.sha, kept_as: instead.keptAs };
    record(world.store, { actor: "rally", at: world.now() }, [
      { layer: "fact", event: EVENT, dispatchId: dispatch.id, runId: run.id, why, data },
    ]);
  });
}

const EVENT = "base_configuration";
