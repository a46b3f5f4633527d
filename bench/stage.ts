import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { people } from "../src/github/memory/people.ts";
import { addRepo, emptyState, heldState } from "../src/github/memory/state.ts";
import { standIn } from "../test/fixtures/github/server.ts";
import { type Bench, programs, rally } from "./bench.ts";
import { fill } from "./homes.ts";
import { ran } from "./measure.ts";
import { clone, makeOrigin } from "./worktrees.ts";

const FILES = 5_000;
const TOKEN = "ghp_000000000000000000000000000000000000";
const PATIENCE_MS = 60_000;

/** A repository of 5,000 files with a remote on this machine, GitHub's stand-in, and an agent that says when it began. */
export type Stage = Awaited<ReturnType<typeof makeStage>>;

export async function makeStage(bench: Bench, issues: number) {
  bench.say(`a repository of ${FILES} files`);
  const origin = makeOrigin(bench, "app", FILES);
  const path = clone(bench, origin, "app");
  const plain = clone(bench, origin, "plain");
  const state = emptyState("ana");
  addRepo(state, { name: "acme/app" });
  const store = heldState(state);
  const now = () => Date.now();
  const persons = people(store, { now });
  for (let n = 1; n <= issues; n += 1)
    await persons.openIssue("acme/app", { title: `Mend part ${n}`, body: "It is broken.\n".repeat(40) });
  const github = await standIn({ store, now, tokens: { [TOKEN]: "ana" } });
  const home = join(bench.root, "home-dispatch");
  const marks = join(bench.root, "marks");
  mkdirSync(marks);
  fill(
    home,
    { path, repo: "acme/app", remote: "origin" },
    {
      agent: "clock",
      capacity: 12,
      agents: { clock: { command: "/bin/sh", args: ["-c", "date +%s%N >.rally/run/began"] } },
      github: { api_url: github.url, token: TOKEN },
    },
  );
  return { bench, home, path, plain, close: () => github.close() };
}

/** `git worktree add` and no more, in a clone of its own; gives the milliseconds. */
export async function plainly(stage: Stage, name: string): Promise<number> {
  const { bench, plain, home } = stage;
  const argv = [
    "git",
    "worktree",
    "add",
    "--quiet",
    "--no-track",
    "-b",
    name,
    join(bench.root, "plain-trees", name),
    "origin/main",
  ];
  const { ms } = await ran({ argv, cwd: plain, env: rally(bench, home, [], []).env });
  return ms;
}

/** From `rally dispatch` to the first instruction of its agent; null where no agent came. */
export async function typed(
  stage: Stage,
  way: string,
  issue: number,
  flags: readonly string[],
): Promise<{ readonly ms: number | null; readonly returnedMs: number }> {
  const { bench, home, path } = stage;
  const begun = performance.timeOrigin + performance.now();
  const done = await ran(
    rally(bench, home, programs(bench)[way] ?? [], ["dispatch", `${issue}`, ...flags], { cwd: path }),
  );
  const mark = join(path, ".worktrees", `rally-${issue}`, ".rally/run/began");
  const until = performance.now() + PATIENCE_MS;
  while (!(existsSync(mark) && readFileSync(mark, "utf8").endsWith("\n"))) {
    if (performance.now() > until) return { ms: null, returnedMs: done.ms };
    await Bun.sleep(1);
  }
  return { ms: Number(readFileSync(mark, "utf8")) / 1e6 - begun, returnedMs: done.ms };
}

/** Until nothing of it is at work any more, so that the next round begins as this one did. */
export async function settle(stage: Stage): Promise<void> {
  const { bench, home } = stage;
  const program = programs(bench)["from source"] ?? [];
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    const { out } = await ran(rally(bench, home, program, ["status", "--json"]));
    const { counts } = JSON.parse(out) as { counts: Record<string, number> };
    if ((counts.working ?? 0) + (counts.queued ?? 0) + (counts.implementing ?? 0) === 0) break;
    if (performance.now() > until) throw new Error("an agent does not end");
    await Bun.sleep(50);
  }
  await ran(rally(bench, home, program, ["down"]));
}
