import { lstatSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { contextFile } from "../agents/context.ts";
import { Problem } from "../domain/problem.ts";
import { changing } from "../files.ts";
import { contextOf } from "../store/contexts.ts";
import type { World } from "../world.ts";
import { thaw } from "./frozen.ts";
import { CONTEXT_IN_WORKTREE, runFiles } from "./paths.ts";
import type { Subject } from "./start.ts";
import { teamFiles } from "./team.ts";
import { reviewTemplate } from "./template.ts";
import type { Ready } from "./worktree.ts";

/** Writes the frozen context into the worktree and beside the run; gives its path in the worktree, relative. */
export function writeContext(world: World, subject: Subject, ready: Ready): string {
  const { dispatch, owner, run } = subject;
  const frozen = thaw(contextOf(world.store, dispatch.id));
  const text = contextFile({
    marker: frozen?.marker ?? crypto.randomUUID().replaceAll("-", ""),
    project: owner.repo ?? owner.name,
    target: frozen?.target ?? { kind: "task", text: dispatch.task ?? dispatch.title },
    branch: ready.branch,
    base: dispatch.base ?? "its base",
    mode: dispatch.mode,
    deny: world.config.denyTools,
    instructions: frozen?.instructions ?? null,
    team: teamFiles(owner, ready.worktree, ready.instead),
    ...(ready.instead?.length ? { configuredFrom: ready.base ?? "the base" } : {}),
    review: { template: reviewTemplate(world.config), models: world.config.review.models },
    maxChars: world.config.limits.contextMaxChars,
  });
  changing(runFiles(world.config.home, run.id).context, () => {
    const files = runFiles(world.config.home, run.id);
    writeFileSync(files.context, text, { mode: 0o600 });
    const folder = runFolder(ready.worktree);
    place(join(folder, "context.md"), text);
  });
  return CONTEXT_IN_WORKTREE;
}

/**
 * `.rally/run` in a worktree, made where it is not there. A checkout could bring a link in its place that leads
 * elsewhere: then nothing is written. Throws `refused`.
 */
function runFolder(worktree: string): string {
  let path = worktree;
  for (const name of [".rally", "run"]) {
    path = join(path, name);
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (!stat) mkdirSync(path, { mode: 0o755 });
    else if (!stat.isDirectory())
      throw new Problem("refused", `${path} is no folder: Rally writes nothing through it.`, {
        hint: "Remove it from the branch, or dispatch from another base.",
      });
  }
  return path;
}

/** By rename, so that a link left at the name is replaced and never followed. */
function place(path: string, text: string): void {
  const draft = `${basename(path)}.`;
  // One start at a time: a draft that is there is of a start that was killed.
  for (const name of readdirSync(dirname(path)))
    if (name.startsWith(draft)) rmSync(join(dirname(path), name), { recursive: true, force: true });
  const beside = `${path}.${crypto.randomUUID()}`;
  writeFileSync(beside, text, { mode: 0o644, flag: "wx" });
  renameSync(beside, path);
}
