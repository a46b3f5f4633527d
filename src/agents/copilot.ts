import type { Agent, Launch, LaunchRequest } from "./agent.ts";
import { copilotGate } from "./copilot-gate.ts";
import { failureOf } from "./failure.ts";
import { type Json, num, str } from "./json.ts";
import { deniedFor, deniedTools, LOOKING, RUN_FOLDER } from "./policy.ts";
import { type Draft, deny, jsonReader, say, toolLabel } from "./reader.ts";

/** GitHub's Copilot CLI. Exit code 0 means nothing: after TERM its last line, too, says that all went well. */
export const copilot: Agent = {
  name: "copilot",
  program: "copilot",
  sessions: "ours",
  variables: ["COPILOT_*"],
  state: [".copilot", ".cache/copilot"],
  leavesTempDir: true,
  launch: (request) => ({
    argv: [...command(request), "--no-ask-user", "--output-format", "json", "--no-color", ...extra(request)],
    stdin: request.prompt,
    env: {},
  }),
  attach: (request): Launch => ({ argv: [...command(request), ...extra(request)], stdin: "", env: {} }),
  reader: copilotReader,
};

/**
 * `--session-id` would go on with a session, too, but silently begin a new one where it is lost; `--resume` fails
 * and so can be fallen back from.
 */
function command(request: LaunchRequest): string[] {
  const model = request.model ?? request.config.model ?? null;
  return [
    request.config.command ?? copilot.program,
    ...(request.session ? [`--${request.resume ? "resume" : "session-id"}=${request.session}`] : []),
    ...(model ? ["--model", model] : []),
    ...policy(request),
  ];
}

function policy(request: LaunchRequest): string[] {
  const denied = [
    ...deniedFor(request).map((name) => `shell(${name.includes(" ") ? name : `${name}:*`})`),
    ...deniedTools(request.deny),
  ];
  return [
    ...allowed(request),
    ...denied.map((name) => `--deny-tool=${name}`),
    ...(request.disallowTempDir ? ["--disallow-temp-dir"] : []),
    // Its own GitHub server would write to GitHub with the person's login.
    "--disable-builtin-mcps",
    ...copilotGate(request),
  ];
}

function allowed(request: LaunchRequest): string[] {
  if (request.mode === "read-only")
    return [
      ...LOOKING.map((name) => `--allow-tool=shell(${name})`),
      `--allow-tool=write(${request.worktree}/${RUN_FOLDER}/REVIEW.md)`,
    ];
  const everywhere = request.mode === "full" || request.walled;
  return ["--allow-all-tools", ...(everywhere ? ["--allow-all-paths"] : [])];
}

function extra(request: LaunchRequest): readonly string[] {
  return request.config.args ?? [];
}

function copilotReader() {
  let aborted = false;
  let billed = false;
  return jsonReader((event, draft) => {
    const type = str(event, "type");
    if (type === "abort") aborted = true;
    if (type === "assistant.usage" && !billed) {
      // The sum of the messages was an estimate until now.
      billed = true;
      draft.outputTokens = 0;
    }
    if (type === "assistant.message" && !billed)
      draft.outputTokens += num(event, "data", "outputTokens") ?? 0;
    if (type === "result") readResult(event, draft, aborted);
    else readEvent(type, event, draft);
  });
}

function readEvent(type: string | null, event: Json, draft: Draft): void {
  switch (type) {
    case "assistant.message":
      say(draft, str(event, "data", "content"));
      return;
    case "assistant.usage":
      draft.inputTokens += num(event, "data", "inputTokens") ?? 0;
      draft.outputTokens += num(event, "data", "outputTokens") ?? 0;
      return;
    case "tool.execution_start":
      draft.tool = toolLabel(
        str(event, "data", "toolName"),
        str(event, "data", "arguments", "command") ?? str(event, "data", "arguments", "path"),
      );
      return;
    case "tool.execution_complete":
      if (str(event, "data", "error", "code") === "denied") deny(draft, draft.tool);
      return;
    case "session.error":
      draft.failure = failed(event);
  }
}

function readResult(event: Json, draft: Draft, aborted: boolean): void {
  draft.session = str(event, "sessionId") ?? draft.session;
  const ok = num(event, "exitCode") === 0;
  draft.verdict = aborted ? "aborted" : ok ? "ok" : "failed";
  if (ok) draft.failure = null;
}

function failed(event: Json): NonNullable<Draft["failure"]> {
  const message = str(event, "data", "message") ?? "copilot reported an error";
  const found = failureOf(message, num(event, "data", "statusCode"));
  switch (str(event, "data", "errorType")) {
    case "authentication":
    case "authorization":
      return { ...found, kind: "auth" };
    case "quota":
      return { ...found, kind: "quota" };
    case "rate_limit":
      return { ...found, kind: found.kind === "quota" ? "quota" : "rate_limit" };
    case "context_limit":
      return { ...found, kind: "context" };
    default:
      return found;
  }
}
