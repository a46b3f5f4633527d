import type { Arg, Command, Flag, Surface } from "./command.ts";
import { DECLARABLE_STAGES, MODES, SANDBOXES } from "./words.ts";

const EVERYWHERE: readonly Surface[] = ["cli", "chat", "palette"];
const SHELL: readonly Surface[] = ["cli"];
const DISPATCH: Arg = { name: "d", kind: "dispatch" };

const COMMIT: Flag = {
  name: "commit",
  type: "text",
  value: "MSG",
  help: "commit what is not committed yet, with this message, first",
};

const TRUST_AGAIN: Flag = {
  name: "trust",
  type: "switch",
  no: "also",
  help: "trust what is new in the pull request; --no-trust: the agent may only read",
};

const TRUST_AT: Flag = {
  name: "head",
  type: "text",
  value: "COMMIT",
  help: "trust only this one as the head of the pull request",
};

const DISPATCH_FLAGS: readonly Flag[] = [
  { name: "agent", type: "text", value: "A", help: "the agent that does it" },
  { name: "model", type: "text", value: "M", help: "the model that the agent uses" },
  { name: "base", type: "text", value: "B", help: "the branch to start from" },
  { name: "branch", type: "text", value: "B", help: "the name of the new branch" },
  {
    name: "prompt-file",
    type: "text",
    value: "F",
    shell: true,
    help: "what the agent is told, instead of the usual prompt",
  },
  {
    name: "trust",
    type: "switch",
    no: "also",
    help: "trust the text of the target; --no-trust: the agent may only read",
  },
  { name: "mode", type: "text", of: MODES, help: "what the agent may do" },
  { name: "sandbox", type: "text", of: SANDBOXES, help: "the wall around the agent" },
  { name: "wait", type: "switch", shell: true, help: "wait until the agent's run has ended" },
];

const DISPATCHING = {
  flags: DISPATCH_FLAGS,
  group: "work",
  role: "operator",
  reads: false,
  surfaces: EVERYWHERE,
} as const;

const ON_ONE = { group: "work", role: "operator", reads: false, surfaces: EVERYWHERE } as const;

/** What moves a dispatch on. */
export const WORK_COMMANDS: readonly Command[] = [
  {
    ...DISPATCHING,
    name: "dispatch",
    flags: [...DISPATCH_FLAGS, TRUST_AT],
    args: [{ name: "target", kind: "target", many: true, optional: true }],
    summary: "Hand issues or pull requests to an agent",
    more: "Each gets a worktree of its own. Without a target, on a terminal: pick open issues or pull requests.",
    examples: [
      "rally dispatch 42",
      "rally dispatch acme/app#42 --agent claude",
      "rally dispatch 42 43 --base develop",
    ],
  },
  {
    ...DISPATCHING,
    name: "dispatch issue",
    args: [{ name: "n", kind: "target", many: true }],
    summary: "Hand issues to an agent",
    examples: ["rally dispatch issue 42"],
  },
  {
    ...DISPATCHING,
    name: "dispatch pr",
    flags: [...DISPATCH_FLAGS, TRUST_AT],
    args: [{ name: "n", kind: "target", many: true }],
    summary: "Have pull requests reviewed by an agent",
    examples: ["rally dispatch pr 12"],
  },
  {
    ...DISPATCHING,
    name: "dispatch task",
    args: [{ name: "text", kind: "text" }],
    summary: "Hand a task in your own words to an agent",
    more: "A task needs no GitHub.",
    examples: ['rally dispatch task "make the tests faster"'],
  },
  {
    ...ON_ONE,
    name: "continue",
    args: [DISPATCH, { name: "message", kind: "text", optional: true }],
    flags: [
      {
        name: "from-pr",
        type: "switch",
        help: "tell the agent the unresolved review threads and failing checks of the pull request",
      },
      { name: "withdraw", type: "switch", not: ["from-pr"], help: "take back what is kept to be told" },
      TRUST_AGAIN,
      TRUST_AT,
    ],
    summary: "Go on in the same session, with a message",
    more: "While a run is live or queued, the message is kept and starts the next run. After a stop it waits for you.",
    examples: ['rally continue 7 "also handle the empty password"', "rally continue 7 --from-pr"],
  },
  {
    ...ON_ONE,
    name: "answer",
    args: [DISPATCH, { name: "text", kind: "text" }],
    flags: [],
    summary: "Answer the question that an agent asked",
    examples: ['rally answer 7 "use the second one"'],
  },
  {
    ...ON_ONE,
    name: "attach",
    args: [DISPATCH],
    flags: [{ name: "stop", type: "switch", help: "stop a live run first" }],
    surfaces: SHELL,
    summary: "Sit down at the agent's session yourself",
    examples: ["rally attach 7"],
  },
  {
    ...ON_ONE,
    name: "stop",
    args: [DISPATCH],
    flags: [],
    summary: "Stop the agent's run, or take it out of the line",
    examples: ["rally stop 7"],
  },
  {
    ...ON_ONE,
    name: "retry",
    args: [DISPATCH],
    flags: [TRUST_AGAIN, TRUST_AT],
    summary: "Start the task again, in a new session",
    more: "The worktree stays as it is.",
    examples: ["rally retry 7"],
  },
  {
    ...ON_ONE,
    name: "upstream",
    args: [DISPATCH],
    flags: [],
    summary: "Mark it as waiting on upstream",
    more: "Upstream is whatever it waits for: CI, a review, a release. resume takes it back.",
    examples: ["rally upstream 7"],
  },
  {
    ...ON_ONE,
    name: "resume",
    args: [DISPATCH],
    flags: [],
    summary: "Take it back from upstream",
    examples: ["rally resume 7"],
  },
  {
    ...ON_ONE,
    name: "push",
    args: [DISPATCH],
    flags: [COMMIT],
    group: "ship",
    summary: "Push its branch",
    examples: ["rally push 7", 'rally push 7 --commit "Fix login timeout"'],
  },
  {
    ...ON_ONE,
    name: "pr",
    args: [DISPATCH],
    flags: [
      { name: "draft", type: "switch", help: "as a draft" },
      { name: "title", type: "text", value: "TITLE", help: "its title" },
      { name: "body-file", type: "text", value: "F", shell: true, help: "its description, from a file" },
      COMMIT,
    ],
    group: "ship",
    summary: "Push its branch and open a pull request",
    examples: ["rally pr 7", "rally pr 7 --draft"],
  },
  {
    name: "declare-stage",
    args: [{ name: "phase", kind: "word", of: DECLARABLE_STAGES }],
    flags: [],
    group: "agents",
    role: "operator",
    reads: false,
    agents: true,
    surfaces: SHELL,
    summary: "Say which stage the work has reached",
    examples: ["rally declare-stage coding"],
  },
  {
    name: "ask",
    args: [{ name: "question", kind: "text" }],
    flags: [],
    group: "agents",
    role: "operator",
    reads: false,
    agents: true,
    surfaces: SHELL,
    summary: "Ask a person, and wait a while for the answer",
    examples: ['rally ask "Keep the old endpoint?"'],
  },
];
