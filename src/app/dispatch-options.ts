import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { agentNamed } from "../agents/registry.ts";
import type { Parsed } from "../domain/grammar.ts";
import { args, choice, textFlag } from "../domain/grammar-parsed.ts";
import { Problem } from "../domain/problem.ts";
import { MODES, type Mode, SANDBOXES, type SandboxKind } from "../domain/words.ts";
import { checkBranchName } from "../git/names.ts";
import { onPath } from "../process/path.ts";
import type { ProjectRow } from "../store/rows.ts";
import type { World } from "../world.ts";
import type { Call } from "./call.ts";

/** What `rally dispatch` was told beside the target. */
export type DispatchOptions = {
  readonly agent: string | null;
  readonly model: string | null;
  readonly base: string | null;
  readonly branch: string | null;
  readonly instructions: string | null;
  readonly trust: boolean | null;
  /** The head of a pull request that `trust` is meant for. */
  readonly head: string | null;
  readonly mode: Mode | null;
  readonly sandbox: SandboxKind | null;
};

export function dispatchOptions(world: World, call: Call): DispatchOptions {
  const { parsed } = call;
  const file = textFlag(parsed, "prompt-file");
  refuseDistrusted(call);
  return {
    agent: textFlag(parsed, "agent"),
    model: textFlag(parsed, "model"),
    base: textFlag(parsed, "base"),
    branch: branchFlag(call),
    head: headFlag(call),
    instructions: file === null ? null : promptFile(world, resolve(call.cwd, file)),
    trust: choice(parsed, "trust"),
    mode: MODES.find((mode) => mode === textFlag(parsed, "mode")) ?? null,
    sandbox: SANDBOXES.find((kind) => kind === textFlag(parsed, "sandbox")) ?? null,
  };
}

/** What is not trusted only reads, so that no other mode can be asked for with it. Throws `usage`. */
function refuseDistrusted({ parsed }: Call): void {
  const mode = textFlag(parsed, "mode");
  if (choice(parsed, "trust") !== false || mode === null || mode === "read-only") return;
  throw new Problem(
    "usage",
    `With --no-trust the agent only reads, so --mode ${mode} cannot be meant, too.`,
    {
      hint: "Leave out one of them.",
    },
  );
}

/** Throws `usage`. */
function branchFlag({ parsed }: Call): string | null {
  const branch = textFlag(parsed, "branch");
  if (branch === null) return null;
  checkBranchName(branch);
  refuseSeveral(parsed, "branch", "branch");
  return branch;
}

/** Throws `usage`. */
function headFlag({ parsed }: Call): string | null {
  const head = textFlag(parsed, "head");
  if (head !== null) refuseSeveral(parsed, "head", "commit");
  return head;
}

/** One is for one target. */
function refuseSeveral(parsed: Parsed, flag: string, what: string): void {
  if ([...args(parsed, "target"), ...args(parsed, "n")].length <= 1) return;
  throw new Problem("usage", `--${flag} names one ${what}, but several targets were given.`, {
    hint: `Dispatch them one by one, or leave --${flag} out.`,
  });
}

/** The agent of this dispatch, known to be there: named, else the project's, else the configuration's, else the first that is installed. */
export function chosenAgent(
  world: World,
  owner: ProjectRow,
  options: Pick<DispatchOptions, "agent">,
): string {
  const { config } = world;
  const name = options.agent ?? owner.agent ?? config.agent;
  if (name === null) return firstInstalled(world);
  const agent = agentNamed(name, config);
  const program = config.agents[name]?.command ?? agent.program;
  if (onPath(program, config.env.path) !== null) return name;
  throw new Problem("agent", `The agent ${name} is not installed: there is no ${program} on the PATH.`, {
    hint: `Install it, or choose another: --agent <name>; rally doctor lists what is there.`,
  });
}

const PREFERRED = ["copilot", "claude", "codex", "opencode", "gemini"] as const;

function firstInstalled(world: World): string {
  const { config } = world;
  const found = PREFERRED.find((name) => {
    const program = config.agents[name]?.command ?? agentNamed(name, config).program;
    return onPath(program, config.env.path) !== null;
  });
  if (found) return found;
  throw new Problem("agent", `No agent is installed: none of ${PREFERRED.join(", ")} is on the PATH.`, {
    hint: "Install one (npm install -g @github/copilot), or set agents.<name>.command.",
  });
}

const PROMPT_MAX_BYTES = 256 * 1024;

function promptFile(world: World, path: string): string {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw new Problem("missing", `The prompt file ${path} cannot be read.`, {
      cause,
      hint: "--prompt-file <path>",
    });
  }
  if (text.trim() === "") throw new Problem("usage", `The prompt file ${path} is empty.`);
  const max = Math.min(PROMPT_MAX_BYTES, world.config.limits.contextMaxChars);
  if (text.length > max)
    throw new Problem("usage", `The prompt file ${path} is longer than ${max} characters.`);
  return text;
}
