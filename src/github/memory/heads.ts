import type { NewPull } from "../github.ts";
import { headRepo } from "./rules.ts";
import type { RepoState, State, StateStore } from "./state.ts";
import { iso } from "./state.ts";

/** The commit that a branch points at, from a git repository; null where there is no such branch. */
export type HeadOf = (repo: string, branch: string) => Promise<string | null>;

/** The branch's commit: as git says where it is asked, else as the state holds it. */
async function headSha(repo: RepoState, branch: string, headOf: HeadOf | null): Promise<string | null> {
  return headOf ? await headOf(repo.name, branch) : (repo.heads[branch] ?? null);
}

/**
 * The state after everything that was pushed: the head of each open pull request follows its branch, and a push counts
 * as a change of the pull request. A branch that is gone leaves it at its last commit.
 */
export async function settled(store: StateStore, headOf: HeadOf | null, now: () => number): Promise<State> {
  const state = await store.read();
  const moves: { readonly repo: string; readonly number: number; readonly sha: string }[] = [];
  for (const repo of state.repos)
    for (const { number, open, pull } of repo.threads) {
      const from = pull ? state.repos.find((one) => one.name === pull.head.repo) : undefined;
      if (!open || !pull || !from) continue;
      const sha = await headSha(from, pull.head.ref, headOf);
      if (sha !== null && sha !== pull.head.sha) moves.push({ repo: repo.name, number, sha });
    }
  if (moves.length === 0) return state;
  return await store.update((latest) => {
    for (const move of moves) {
      const thread = latest.repos
        .find((one) => one.name === move.repo)
        ?.threads.find((one) => one.number === move.number);
      if (!thread?.pull || !thread.open) continue;
      thread.pull.head.sha = move.sha;
      thread.updatedAt = iso(now());
    }
    return latest;
  });
}

/** The two commits that a new pull request would stand between. */
export async function headsOf(
  state: State,
  repo: RepoState,
  pull: Pick<NewPull, "head" | "base">,
  headOf: HeadOf | null,
): Promise<{ readonly head: string | null; readonly base: string | null }> {
  const from = headRepo(state, repo, pull.head);
  const branch = pull.head.slice(pull.head.indexOf(":") + 1);
  return {
    head: from ? await headSha(from, branch, headOf) : null,
    base: await headSha(repo, pull.base, headOf),
  };
}
