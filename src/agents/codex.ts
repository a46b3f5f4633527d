import { join } from "node:path";
import type { Agent, LaunchRequest } from "./agent.ts";
import { failureOf } from "./failure.ts";
import { writeGate } from "./gate.ts";
import { type Json, list, num, str } from "./json.ts";
import { deniedFor, RUN_FOLDER } from "./policy.ts";
import { type Draft, deny, jsonReader, say, toolLabel } from "./reader.ts";

/** OpenAI's Codex CLI. Its settings go by `-c`, because `exec resume` knows no other way to name a sandbox. */
export const codex: Agent = {
  name: "codex",
  program: "codex",
  sessions: "theirs",
  variables: ["CODEX_HOME", "CODEX_API_KEY", "OPENAI_*"],
  state: [".codex"],
  leavesTempDir: false,
  launch: (request) => ({
    argv: [
      program(request),
      "exec",
      "--json",
      ...place(request),
      ...policy(request),
      ...(request.resume && request.session ? ["resume", request.session] : []),
      "-",
    ],
    stdin: request.prompt + placeNote(request),
    env: {},
  }),
  attach: (request) => ({
    argv: [
      program(request),
      ...place(request),
      ...policy(request),
      ...(request.resume && request.session ? ["resume", request.session] : []),
    ],
    stdin: "",
    env: {},
  }),
  reader: () => jsonReader(readEvent, readPlain),
};

function program(request: LaunchRequest): string {
  return request.config.command ?? codex.program;
}

function policy(request: LaunchRequest): string[] {
  const model = request.model ?? request.config.model ?? null;
  return [
    // Its plugins ask the network at every start, by a git that outlives it.
    "--disable",
    "plugins",
    ...sandbox(request),
    "-c",
    'approval_policy="never"',
    ...hook(request),
    ...(model ? ["-m", model] : []),
    ...(request.config.args ?? []),
  ];
}

/**
 * Its own sandbox cannot commit in a linked worktree, whose git dir lies outside, and cannot be nested in ours. So it
 * stands only where nothing but `.rally/run` is to be written, and no wall of ours stands around it.
 */
function sandbox(request: LaunchRequest): string[] {
  if (!isBoxed(request)) return ["-c", 'sandbox_mode="danger-full-access"'];
  return [
    "-c",
    'sandbox_mode="workspace-write"',
    "-c",
    "sandbox_workspace_write.exclude_slash_tmp=true",
    "-c",
    "sandbox_workspace_write.exclude_tmpdir_env_var=true",
  ];
}

function isBoxed(request: LaunchRequest): boolean {
  return request.mode === "read-only" && !request.walled;
}

/** The sandbox lets it write where it stands: in `.rally/run`, from where it can read all of the worktree. */
function place(request: LaunchRequest): string[] {
  return isBoxed(request) ? ["-C", join(request.worktree, RUN_FOLDER)] : [];
}

function placeNote(request: LaunchRequest): string {
  if (!isBoxed(request)) return "";
  return `\nYou stand in \`${RUN_FOLDER}\` of the worktree ${request.worktree}. Paths are meant from the worktree's root; only this folder can be written to, so \`${RUN_FOLDER}/REVIEW.md\` is \`REVIEW.md\` here.\n`;
}

/**
 * One hook before each tool, in TOML. A hook that nobody has reviewed runs only where all may; that is not done in its
 * own sandbox, because the checkout might bring hooks of its own, which run outside of it: there the network is refused.
 */
function hook(request: LaunchRequest): string[] {
  if (isBoxed(request)) return [];
  const command = JSON.stringify(writeGate(request.runDir, deniedFor(request), "exit"));
  const entry = `{ matcher = ".*", hooks = [{ type = "command", command = ${command}, timeout = 10 }] }`;
  return ["--dangerously-bypass-hook-trust", "-c", `hooks.PreToolUse=[${entry}]`];
}

/** A refusal is no event: it stands in plain text on stderr. */
function readPlain(line: string, draft: Draft): void {
  const refused = /blocked by PreToolUse hook: .*Command: (.+)$/.exec(line)?.[1];
  if (refused) deny(draft, `shell: ${refused}`);
}

function readEvent(event: Json, draft: Draft): void {
  switch (str(event, "type")) {
    case "thread.started":
      draft.session = str(event, "thread_id") ?? draft.session;
      return;
    case "turn.started":
      draft.verdict = null;
      return;
    case "item.started":
    case "item.completed":
      readItem(event, draft);
      return;
    case "turn.completed":
      draft.inputTokens += num(event, "usage", "input_tokens") ?? 0;
      draft.outputTokens += num(event, "usage", "output_tokens") ?? 0;
      draft.verdict = "ok";
      draft.failure = null;
      return;
    case "turn.failed":
      draft.verdict = "failed";
      draft.failure = failureOf(str(event, "error", "message") ?? "codex reported a failure");
      return;
    case "error":
      draft.failure = failureOf(str(event, "message") ?? "codex reported an error");
  }
}

function readItem(event: Json, draft: Draft): void {
  switch (str(event, "item", "type")) {
    case "agent_message":
      say(draft, str(event, "item", "text"));
      return;
    case "command_execution":
      draft.tool = toolLabel("shell", unwrapped(str(event, "item", "command")));
      if (str(event, "item", "status") === "declined") deny(draft, draft.tool);
      return;
    case "file_change": {
      const [first] = list(event, "item", "changes");
      draft.tool = toolLabel("edit", str(first, "path"));
      return;
    }
    case "mcp_tool_call":
      draft.tool = toolLabel(str(event, "item", "server"), str(event, "item", "tool"));
  }
}
/** It shows its commands as `/bin/bash -lc "…"`. */
function unwrapped(command: string | null): string | null {
  return /^\S*sh -l?c (["'])([\s\S]*)\1$/.exec(command ?? "")?.[2] ?? command;
}
