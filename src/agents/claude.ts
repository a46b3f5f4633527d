import type { Agent, LaunchRequest } from "./agent.ts";
import { type AgentFailure, failureOf } from "./failure.ts";
import { writeGate } from "./gate.ts";
import { type Json, list, num, str } from "./json.ts";
import { deniedFor, deniedTools, LOOKING, RUN_FOLDER } from "./policy.ts";
import { type Draft, deny, jsonReader, say, toolLabel } from "./reader.ts";

/** Anthropic's Claude Code. An API failure ends with subtype `success` and `is_error` true: only the latter counts. */
export const claude: Agent = {
  name: "claude",
  program: "claude",
  sessions: "ours",
  variables: [
    "ANTHROPIC_*",
    "CLAUDE_CONFIG_DIR",
    "CLAUDE_CODE_OAUTH_TOKEN",
    "CLAUDE_CODE_USE_*",
    "CLAUDE_CODE_MAX_*",
    "CLAUDE_CODE_DISABLE_*",
    "DISABLE_AUTOUPDATER",
    "DISABLE_TELEMETRY",
    "DISABLE_ERROR_REPORTING",
    "API_TIMEOUT_MS",
  ],
  state: [".claude", ".claude.json", ".cache/claude", ".local/share/claude", ".local/state/claude"],
  leavesTempDir: false,
  launch: (request) => ({
    argv: [
      program(request),
      "-p",
      ...session(request),
      "--output-format",
      "stream-json",
      "--verbose",
      ...policy(request),
      ...(request.config.args ?? []),
    ],
    stdin: request.prompt,
    env: QUIET,
  }),
  attach: (request) => ({
    argv: [program(request), ...session(request), ...policy(request), ...(request.config.args ?? [])],
    stdin: "",
    env: QUIET,
  }),
  reader: () => jsonReader(readEvent),
};

/** A run must not replace the program that other runs use. */
const QUIET = { DISABLE_AUTOUPDATER: "1" };

const WORK_TOOLS = [
  "Bash",
  "Edit",
  "Write",
  "NotebookEdit",
  "Read",
  "Glob",
  "Grep",
  "Task",
  "TodoWrite",
] as const;

function program(request: LaunchRequest): string {
  return request.config.command ?? claude.program;
}

function session(request: LaunchRequest): string[] {
  const model = request.model ?? request.config.model ?? null;
  return [
    ...(request.session ? [request.resume ? "--resume" : "--session-id", request.session] : []),
    ...(model ? ["--model", model] : []),
  ];
}

function policy(request: LaunchRequest): string[] {
  const denied = deniedFor(request);
  const web = request.mode === "full" ? [] : ["WebFetch", "WebSearch"];
  const hook = { type: "command", command: writeGate(request.runDir, denied, "exit"), timeout: 10 };
  const settings = { hooks: { PreToolUse: [{ matcher: "*", hooks: [hook] }] } };
  return [
    "--permission-mode",
    request.mode === "read-only" ? "dontAsk" : "acceptEdits",
    "--allowedTools",
    ...allowed(request),
    "--disallowedTools",
    ...denied.map((name) => `Bash(${name}:*)`),
    ...web,
    ...deniedTools(request.deny),
    "--settings",
    JSON.stringify(settings),
  ];
}

function allowed(request: LaunchRequest): readonly string[] {
  if (request.mode === "full") return [...WORK_TOOLS, "WebFetch", "WebSearch"];
  if (request.mode === "work") return WORK_TOOLS;
  return [
    "Read",
    "Glob",
    "Grep",
    "Task",
    "TodoWrite",
    ...LOOKING.map((name) => `Bash(${name}:*)`),
    `Edit(/${RUN_FOLDER}/**)`,
    `Write(/${RUN_FOLDER}/**)`,
  ];
}

function readEvent(event: Json, draft: Draft): void {
  switch (str(event, "type")) {
    case "system":
      draft.session = str(event, "session_id") ?? draft.session;
      if (str(event, "subtype") === "api_retry")
        draft.failure = failureOf(retryMessage(event), num(event, "error_status"));
      return;
    case "assistant":
      readMessage(event, draft);
      return;
    case "result":
      readResult(event, draft);
  }
}

function readMessage(event: Json, draft: Draft): void {
  for (const part of list(event, "message", "content")) {
    if (str(part, "type") === "text") say(draft, str(part, "text"));
    if (str(part, "type") === "tool_use")
      draft.tool = toolLabel(
        str(part, "name"),
        str(part, "input", "command") ?? str(part, "input", "file_path") ?? str(part, "input", "pattern"),
      );
  }
}

function readResult(event: Json, draft: Draft): void {
  draft.session = str(event, "session_id") ?? draft.session;
  draft.costUsd = num(event, "total_cost_usd") ?? draft.costUsd;
  draft.inputTokens = tokens(event, "input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens");
  draft.outputTokens = tokens(event, "output_tokens");
  for (const denial of list(event, "permission_denials"))
    deny(
      draft,
      toolLabel(
        str(denial, "tool_name"),
        str(denial, "tool_input", "command") ?? str(denial, "tool_input", "file_path"),
      ),
    );
  if (event.is_error !== true) {
    draft.verdict = "ok";
    draft.failure = null;
    return;
  }
  const aborted = str(event, "terminal_reason")?.startsWith("aborted") === true;
  draft.verdict = aborted ? "aborted" : "failed";
  draft.failure = aborted ? null : failed(event);
}

function failed(event: Json): AgentFailure {
  const errors = list(event, "errors").filter((error) => typeof error === "string");
  const message = str(event, "result") ?? (errors.length > 0 ? errors.join("; ") : str(event, "subtype"));
  return failureOf(message ?? "claude reported an error", num(event, "api_error_status"));
}

function retryMessage(event: Json): string {
  return str(event, "error") ?? "the API does not answer as it should";
}

function tokens(event: Json, ...names: readonly string[]): number {
  return names.reduce((sum, name) => sum + (num(event, "usage", name) ?? 0), 0);
}
