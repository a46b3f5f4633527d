import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { indexStamp } from "../src/git/status.ts";
import type { Identity } from "../src/process/identity.ts";
import { endedFolder } from "../src/runs/paths.ts";
import { setSetting } from "../src/store/settings.ts";
import type { Bench } from "./bench.ts";
import { makeRun } from "./commands.ts";
import { addDispatch, fill, lookedAt } from "./homes.ts";
import { clone, git, makeOrigin } from "./worktrees.ts";

export const RUNS = 1_000;
const FILES = 3;

/** A repository with a thousand real worktrees, each on a branch of its own that has a commit. */
export type Fleet = { readonly path: string; readonly base: string };

export function makeFleet(bench: Bench): Fleet {
  bench.say(`${RUNS} worktrees`);
  const origin = makeOrigin(bench, "thousand", FILES, RUNS);
  const path = clone(bench, origin, "thousand");
  const refs = Array.from({ length: RUNS }, (_, at) => `create refs/heads/${branch(at)} origin/work-${at}\n`);
  git(bench, path, ["update-ref", "--stdin"], refs.join(""));
  git(bench, path, ["worktree", "add", "--quiet", tree(path, 0), branch(0)]);
  for (let at = 1; at < RUNS; at += 1) copyWorktree(path, at);
  const known = git(bench, path, ["worktree", "list", "--porcelain"]).match(/^branch /gm) ?? [];
  if (known.length !== RUNS + 1) throw new Error(`git knows ${known.length} worktrees`);
  return { path, base: git(bench, path, ["rev-parse", "origin/main"]) };
}

/** As git makes it, which takes ten times as long: its own files, and git's record of it, are those of the first. */
function copyWorktree(path: string, at: number): void {
  const admin = (n: number) => join(path, ".git/worktrees", `rally-${n + 1}`);
  cpSync(admin(0), admin(at), { recursive: true });
  cpSync(tree(path, 0), tree(path, at), { recursive: true });
  writeFileSync(join(admin(at), "gitdir"), `${tree(path, at)}/.git\n`);
  writeFileSync(join(admin(at), "HEAD"), `ref: refs/heads/${branch(at)}\n`);
  writeFileSync(join(tree(path, at), ".git"), `gitdir: ${admin(at)}\n`);
}

function branch(at: number): string {
  return `rally/${at + 1}-mend`;
}

function tree(path: string, at: number): string {
  return join(path, ".worktrees", `rally-${at + 1}`);
}

/** A home with a thousand live runs in them; those after the first `committed` have left no commit. */
export function makeHome(
  bench: Bench,
  fleet: Fleet,
  home: { readonly name: string; readonly identity: Identity; readonly committed: number },
): string {
  const dir = join(bench.root, home.name);
  const { path, base } = fleet;
  const names = Array.from({ length: RUNS }, (_, at) => branch(at));
  const tips = git(bench, path, ["rev-parse", ...names]).split("\n");
  bench.say(`a home with ${RUNS} live runs, ${home.committed} of them with commits`);
  fill(dir, { path, repo: null, remote: null }, {}, (filling) => {
    // As a heartbeat has left it: it has compared with this base.
    setSetting(filling.store, `base:${filling.projectId}:main`, base);
    for (let at = 0; at < RUNS; at += 1) {
      // Where a run has left nothing, its branch is where it began.
      const baseSha = at < home.committed ? base : (tips[at] ?? "");
      const place = { branch: branch(at), worktree: tree(path, at), base: "main", baseSha };
      const run = addDispatch(filling, { number: at + 1, as: "live", identity: home.identity, ...place });
      makeRun(dir, run);
      lookedAt(filling.store, run, indexStamp(join(path, ".git/worktrees", `rally-${at + 1}`)));
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
