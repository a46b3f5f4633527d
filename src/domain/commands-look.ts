import type { Arg, Command, Surface } from "./command.ts";

const EVERYWHERE: readonly Surface[] = ["cli", "chat", "palette"];
const SHELL: readonly Surface[] = ["cli"];
const DISPATCH: Arg = { name: "d", kind: "dispatch" };

const LOOKING = { group: "look", role: "viewer", reads: true, surfaces: EVERYWHERE } as const;
const TIDYING = { group: "tidy", role: "operator", reads: false, surfaces: EVERYWHERE } as const;

/** What shows dispatches, and what removes them. */
export const LOOK_COMMANDS: readonly Command[] = [
  {
    ...LOOKING,
    name: "status",
    args: [],
    flags: [
      { name: "all", type: "switch", help: "also what has been done for more than a day" },
      { name: "watch", type: "switch", shell: true, help: "keep showing it" },
    ],
    summary: "Show every dispatch, what needs you first",
    examples: ["rally status", "rally status --watch", "rally status --json"],
  },
  {
    ...LOOKING,
    name: "show",
    args: [DISPATCH],
    flags: [],
    summary: "Show all about one, and the facts behind its state",
    examples: ["rally show 7", "rally show '#42'"],
  },
  {
    ...LOOKING,
    name: "log",
    args: [DISPATCH],
    flags: [
      { name: "follow", short: "f", type: "switch", shell: true, help: "go on as it grows" },
      { name: "raw", type: "switch", shell: true, help: "the agent's output as it was written" },
      { name: "run", type: "number", value: "N", help: "an earlier run of the dispatch" },
    ],
    summary: "Show what the agent said and did",
    examples: ["rally log 7", "rally log 7 -f"],
  },
  {
    ...LOOKING,
    name: "diff",
    args: [DISPATCH],
    flags: [{ name: "stat", type: "switch", help: "only the files and how much of each changed" }],
    summary: "Show what changed since the base",
    examples: ["rally diff 7", "rally diff 7 --stat"],
  },
  {
    ...LOOKING,
    name: "path",
    args: [DISPATCH],
    flags: [],
    surfaces: SHELL,
    summary: "Print the path of its worktree",
    examples: ['cd "$(rally path 7)"'],
  },
  {
    ...LOOKING,
    name: "review",
    args: [DISPATCH],
    flags: [
      {
        name: "edit",
        type: "switch",
        shell: true,
        writes: true,
        role: "operator",
        help: "open it in your editor",
      },
      {
        name: "post",
        type: "switch",
        writes: true,
        role: "operator",
        help: "put it on GitHub as one review comment, at the head that was reviewed",
      },
    ],
    summary: "Show the review of a pull request dispatch",
    examples: ["rally review 8", "rally review 8 --post"],
  },
  {
    ...LOOKING,
    name: "sessions",
    args: [],
    flags: [{ name: "active", type: "switch", help: "only those of live runs" }],
    summary: "List the agents' sessions",
    examples: ["rally sessions --active"],
  },
  {
    ...LOOKING,
    name: "history",
    args: [{ ...DISPATCH, optional: true }],
    flags: [],
    summary: "Show the journal: who changed what, when and why",
    examples: ["rally history", "rally history 7"],
  },
  {
    ...TIDYING,
    name: "clean",
    args: [{ ...DISPATCH, many: true, optional: true }],
    flags: [
      { name: "done", type: "switch", not: ["all", "orphaned"], help: "what is done" },
      { name: "all", type: "switch", not: ["orphaned"], help: "every dispatch that is not live" },
      { name: "orphaned", type: "switch", help: "worktrees of Rally's that have no record" },
      { name: "archive", type: "switch", help: "also the archived copies of what was cleaned before" },
      { name: "stop", type: "switch", not: ["orphaned"], help: "stop a live run first" },
      { name: "dry-run", type: "switch", help: "say what would be removed, and remove nothing" },
      {
        name: "force",
        type: "switch",
        role: "admin",
        help: "remove also what exists nowhere else; it is kept under refs/rally/archive",
      },
      { name: "yes", short: "y", type: "switch", help: "answer the question with yes; overrides no safety" },
    ],
    summary: "Remove worktree, branch and record of what is over",
    more: "Without a dispatch it proposes what is safe: merged, or nothing in it that exists nowhere else.",
    examples: ["rally clean", "rally clean 7", "rally clean --orphaned --dry-run"],
  },
  {
    ...TIDYING,
    name: "undo",
    args: [DISPATCH],
    flags: [{ name: "branch", type: "text", value: "B", help: "bring it back on a branch of this name" }],
    summary: "Bring a cleaned dispatch back",
    examples: ["rally undo 7"],
  },
  {
    ...TIDYING,
    name: "refresh",
    args: [],
    flags: [],
    summary: "Look at processes, git and GitHub now",
    examples: ["rally refresh"],
  },
];
