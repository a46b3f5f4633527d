import { Problem } from "../domain/problem.ts";
import type { Agent, AgentConfig, LaunchRequest } from "./agent.ts";
import { deniedFor } from "./policy.ts";
import { plainReader } from "./reader.ts";

/**
 * An agent that only the configuration knows: `agents.<name>.command` and `args`, with `{context}`, `{worktree}`,
 * `{session}` and `{model}` filled in. The prompt comes on stdin, mode and refused commands in its environment
 * (`RALLY_MODE`, `RALLY_DENY` with one command a line), also when it goes on. It can go on where it takes `{session}`.
 */
export function customAgent(name: string, config: AgentConfig): Agent {
  const command = config.command;
  if (!command)
    throw new Problem("config", `The agent "${name}" has no command.`, {
      hint: `rally config set agents.${name}.command <program>`,
    });
  const resumable = [command, ...(config.args ?? [])].some((word) => word.includes("{session}"));
  return {
    name,
    program: command,
    sessions: resumable ? "ours" : "none",
    variables: [],
    state: [],
    leavesTempDir: false,
    launch: (request) => ({
      argv: [command, ...(config.args ?? [])].map((word) => fill(word, name, request)),
      stdin: request.prompt,
      env: { RALLY_MODE: request.mode, RALLY_DENY: deniedFor(request).join("\n") },
    }),
    attach: () => null,
    reader: plainReader,
  };
}

function fill(word: string, name: string, request: LaunchRequest): string {
  const values: Readonly<Record<string, string | null>> = {
    context: request.context,
    worktree: request.worktree,
    session: request.session,
    model: request.model ?? request.config.model ?? null,
  };
  return word.replace(/\{(context|worktree|session|model)\}/g, (_, key: string) => {
    const value = values[key] ?? null;
    if (value !== null) return value;
    throw new Problem("config", `The agent "${name}" wants {${key}}, but there is none.`, {
      hint:
        key === "model"
          ? `rally config set agents.${name}.model <model>`
          : `rally config get agents.${name}.args`,
    });
  });
}
