import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Identity } from "../src/process/identity.ts";
import { endedFolder } from "../src/runs/paths.ts";
import type { Bench } from "./bench.ts";
import { makeRun } from "./commands.ts";
import { addDispatch, fill } from "./homes.ts";
import { clone, git, makeOrigin } from "./worktrees.ts";

export const RUNS = 1_000;
const FILES = 10;

/** A repository with a thousand real worktrees, each on a branch of its own that has a commit. */
export type Thousand = { readonly path: string; readonly origin: string; readonly base: string };

export function makeThousand(bench: Bench): Thousand {
  bench.say(`${RUNS} worktrees`);
  const origin = makeOrigin(bench, "thousand", FILES, RUNS);
  const path = clone(bench, origin, "thousand");
  for (let at = 0; at < RUNS; at += 1)
    git(bench, path, ["worktree", "add", "--quiet", "--no-track", "-b", branch(at), tree(path, at), ref(at)]);
  return { path, origin, base: git(bench, path, ["rev-parse", "origin/main"]) };
}

function ref(at: number): string {
  return `origin/work-${at}`;
}

function branch(at: number): string {
  return `rally/${at + 1}-mend`;
}

function tree(path: string, at: number): string {
  return join(path, ".worktrees", `rally-${at + 1}`);
}

/** A home with a thousand live runs in them; those from `idle` on have left no commit. */
export function makeHome(
  bench: Bench,
  thousand: Thousand,
  home: { readonly name: string; readonly identity: Identity; readonly committed: number },
): string {
  const dir = join(bench.root, home.name);
  const { path, base } = thousand;
  bench.say(`a home with ${RUNS} live runs, ${home.committed} of them with commits`);
  fill(dir, { path, repo: null, remote: null }, {}, (filling) => {
    for (let at = 0; at < RUNS; at += 1) {
      // Where a run has left nothing, its branch is where it began.
      const baseSha = at < home.committed ? base : git(bench, path, ["rev-parse", branch(at)]);
      const place = { branch: branch(at), worktree: tree(path, at), base: "main", baseSha };
      makeRun(dir, addDispatch(filling, { number: at + 1, as: "live", identity: home.identity, ...place }));
    }
  });
  return dir;
}

/** Every run has left its exit code, as its wrapper would. */
export function endAll(home: string): void {
  const names = endedFolder(home);
  mkdirSync(names, { recursive: true });
  for (let run = 1; run <= RUNS; run += 1) {
    writeFileSync(join(home, "runs", `${run}`, "exit"), "0\n");
    writeFileSync(join(names, `${run}`), "");
  }
}

/** A home as it was, for another round. */
export function copyOf(home: string): string {
  const copy = `${home}-again`;
  rmSync(copy, { recursive: true, force: true });
  cpSync(home, copy, { recursive: true });
  return copy;
}
