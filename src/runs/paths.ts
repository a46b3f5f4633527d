import { join } from "node:path";

/** Where a run keeps its files: `runs/<id>/{pid,log,exit,inbox,prompt,context.md,git,bin}`. */
export type RunFiles = {
  readonly dir: string;
  readonly log: string;
  readonly inbox: string;
  readonly answers: string;
  readonly context: string;
  readonly bin: string;
  readonly cell: string;
};

export function runFiles(home: string, runId: number): RunFiles {
  const dir = join(home, "runs", String(runId));
  return {
    dir,
    log: `${dir}/log`,
    inbox: `${dir}/inbox`,
    answers: `${dir}/answers`,
    context: `${dir}/context.md`,
    bin: `${dir}/bin`,
    cell: `${dir}/git`,
  };
}

/** The flat folder that is watched: one empty file, named by its run, for each run that has ended. */
export function endedFolder(home: string): string {
  return join(home, "runs", "ended");
}

/** The value of RALLY_RUN that marks every process of a run: the home too, so that two homes never meet. */
export function marker(homeId: string, runId: number): string {
  return `${homeId}:${runId}`;
}

export const CONTEXT_IN_WORKTREE = ".rally/run/context.md";
export const REVIEW_IN_WORKTREE = ".rally/run/REVIEW.md";
