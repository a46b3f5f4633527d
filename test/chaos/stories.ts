import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { read } from "./observe.ts";
import { REPO, type Room } from "./room.ts";
import { appears, type Story, settle, typed } from "./story.ts";
import { until } from "./until.ts";

const DISPATCH = ["dispatch", "1", "--agent", "scripted", "--model"] as const;

/** A dispatch that came to its end. */
async function worked(room: Room, mood = "finish"): Promise<void> {
  await typed(room, [...DISPATCH, mood]);
  await settle(room);
}

/** Its agent has ended, and nobody has noticed yet. */
async function unnoticed(room: Room, ...more: string[]): Promise<void> {
  await typed(room, [...DISPATCH, "finish", ...more]);
  await appears(join(room.rallyHome, "runs/ended/1"));
}

async function atTheGate(room: Room): Promise<void> {
  await typed(room, ["dispatch", "1", "--agent", "gate"]);
}

const opens = async (room: Room): Promise<void> => room.open();
const nothing = async (): Promise<void> => undefined;

async function merged(room: Room): Promise<void> {
  await worked(room);
  await typed(room, ["pr", "1"]);
  const branch = String(read(room, "SELECT branch FROM dispatches")[0]?.branch);
  await room.git(
    room.root,
    "--git-dir",
    room.origin,
    "update-ref",
    "refs/heads/main",
    `refs/heads/${branch}`,
  );
  await room.people.merge(REPO, 4);
}

/** A review of somebody's pull request that waits for a person to post it. */
async function reviewed(room: Room): Promise<void> {
  await room.git(room.app, "push", "-q", "origin", "HEAD:feature");
  await room.git(room.app, "commit", "-q", "--allow-empty", "-m", "A feature");
  await room.git(room.app, "push", "-q", "origin", "HEAD:feature", "HEAD:refs/pull/4/head");
  await room.git(room.app, "reset", "-q", "--hard", "origin/main");
  await room.people.openPull(REPO, {
    title: "A feature",
    body: "",
    head: "feature",
    base: "main",
    draft: false,
  });
  await typed(room, ["dispatch", "pr", "4", "--agent", "scripted", "--model", "finish"]);
  await settle(room);
  writeFileSync(join(room.app, ".worktrees/rally-pr-4/.rally/run/REVIEW.md"), "# Review\n\nFine.\n");
}

/** A worktree that this home has no record of, with work in it. */
async function orphan(room: Room): Promise<void> {
  const path = join(room.app, ".worktrees/rally-9");
  await room.git(room.app, "worktree", "add", "-q", "--no-track", "-b", "rally/9-lost", path);
  writeFileSync(join(path, "lost.txt"), "lost\n");
  writeFileSync(join(path, "more.ignored"), "ignored\n");
}

async function asksAndWaits(room: Room): Promise<void> {
  await typed(room, [...DISPATCH, "ask"]);
  await until(() => {
    const inbox = Bun.file(join(room.rallyHome, "runs/1/inbox"));
    return inbox.size > 60;
  }, "the question");
  await typed(room, ["refresh"]);
}

async function dirtied(room: Room): Promise<void> {
  await worked(room, "dirty");
  writeFileSync(join(room.app, ".worktrees/rally-1/cache.ignored"), "ignored\n");
}

export const STORIES: readonly Story[] = [
  { name: "onboard a clone", given: nothing, line: ["onboard", REPO] },
  { name: "dispatch an issue", given: nothing, line: [...DISPATCH, "finish"] },
  {
    name: "dispatch a task",
    given: nothing,
    line: ["dispatch", "task", "Tidy up", "--agent", "scripted", "--model", "finish"],
    taken: "SELECT 1 FROM dispatches",
  },
  { name: "notice an end", given: unnoticed, line: ["refresh"] },
  {
    name: "continue",
    given: worked,
    line: ["continue", "1", "and the empty password"],
    taken: "SELECT 1 FROM runs WHERE message IS NOT NULL",
  },
  {
    name: "continue while it works",
    given: nothing,
    live: atTheGate,
    line: ["continue", "1", "and the empty password"],
    taken: "SELECT 1 FROM messages",
    after: opens,
  },
  {
    name: "attach",
    given: worked,
    line: ["attach", "1"],
    seated: true,
    taken: "SELECT 1 FROM runs WHERE role = 'attached' AND pid IS NOT NULL",
    // Whoever died before the agent had the terminal leaves a run that says so, and sits down again.
    apart: /^(run|journal|replay|starts|folder of run) /,
    besides: [
      "SELECT count(*) AS sat FROM runs WHERE role = 'attached' AND pid IS NOT NULL",
      "SELECT count(*) AS untold FROM runs WHERE role = 'attached' AND pid IS NULL AND coalesce(outcome, 'ok') = 'ok'",
      "SELECT count(DISTINCT session) AS sessions FROM runs WHERE session IS NOT NULL",
      "SELECT r.session = d.session AS same FROM runs r JOIN dispatches d WHERE r.role = 'worker'",
    ],
  },
  {
    name: "retry",
    given: (room) => worked(room, "crash"),
    line: ["retry", "1"],
    taken: "SELECT 1 FROM runs WHERE id = 2",
  },
  {
    name: "continue without the worktree",
    given: async (room) => {
      await worked(room);
      rmSync(join(room.app, ".worktrees/rally-1"), { recursive: true });
    },
    line: ["continue", "1", "once more"],
    taken: "SELECT 1 FROM runs WHERE id = 2",
  },
  { name: "push", given: worked, line: ["push", "1"] },
  {
    name: "push with a commit",
    given: (room) => worked(room, "dirty"),
    line: ["push", "1", "--commit", "Keep it"],
    taken: "SELECT 1 FROM journal WHERE event = 'push'",
  },
  { name: "open a pull request", given: worked, line: ["pr", "1"] },
  {
    name: "post a review",
    given: reviewed,
    line: ["review", "1", "--post"],
    taken: "SELECT 1 FROM journal WHERE event = 'review_posted'",
  },
  { name: "notice a merge", given: merged, line: ["refresh"] },
  {
    name: "clean what is done",
    given: async (room) => {
      await merged(room);
      await settle(room);
    },
    line: ["clean", "--yes"],
  },
  { name: "clean by force", given: dirtied, line: ["clean", "1", "--force", "--yes"] },
  {
    name: "undo a cleaning that died",
    given: dirtied,
    line: ["clean", "1", "--force", "--yes"],
    instead: ["undo", "1"],
    apart: /^(journal|replay|dispatch|cleaned|app refs.rally|folder of run)/,
  },
  { name: "clean what works", given: nothing, live: atTheGate, line: ["clean", "1", "--stop", "--yes"] },
  { name: "clean an orphan", given: orphan, line: ["clean", "--orphaned", "--force", "--yes"] },
  {
    name: "undo",
    given: async (room) => {
      await dirtied(room);
      await typed(room, ["clean", "1", "--force", "--yes"]);
    },
    line: ["undo", "1"],
  },
  {
    name: "undo from the archive",
    given: async (room) => {
      await dirtied(room);
      await typed(room, ["clean", "1", "--force", "--yes"]);
      rmSync(join(room.app, ".worktrees/.trash"), { recursive: true });
    },
    line: ["undo", "1"],
  },
  { name: "answer afterwards", given: (room) => worked(room, "ask"), line: ["answer", "1", "Refuse it."] },
  {
    name: "answer while it waits",
    config: "ask_wait_seconds: 30\n",
    given: nothing,
    live: asksAndWaits,
    line: ["answer", "1", "Refuse it."],
  },
  { name: "stop", given: nothing, live: atTheGate, line: ["stop", "1"] },
  { name: "dispatch behind walls", given: nothing, line: [...DISPATCH, "finish", "--sandbox", "bwrap"] },
  {
    name: "bring work home from behind walls",
    given: (room) => unnoticed(room, "--sandbox", "bwrap"),
    line: ["refresh"],
  },
  {
    name: "watch until nothing is left",
    given: async (room) => {
      await unnoticed(room);
      // Dispatched by somebody who died at once: it waits in line.
      await room.rally(["dispatch", "2", "--agent", "scripted", "--model", "ask"], { RALLY_FAULT_AT: "6" });
    },
    line: ["up", "--until-idle"],
  },
];

export function isPossible(story: Story): boolean {
  return !story.name.includes("walls") || existsSync("/usr/bin/bwrap");
}
