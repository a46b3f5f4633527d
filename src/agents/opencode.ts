import type { Agent, LaunchRequest } from "./agent.ts";
import { failureOf } from "./failure.ts";
import { type Json, num, str } from "./json.ts";
import { deniedFor, LOOKING, RUN_FOLDER } from "./policy.ts";
import { type Draft, deny, jsonReader, say, toolLabel } from "./reader.ts";

/** opencode. It believes PWD more than its working directory, and writes no last line. */
export const opencode: Agent = {
  name: "opencode",
  program: "opencode",
  sessions: "theirs",
  variables: [
    "OPENCODE_*",
    "ANTHROPIC_API_KEY",
    "OPENAI_API_KEY",
    "OPENROUTER_API_KEY",
    "GEMINI_API_KEY",
    "GROQ_API_KEY",
  ],
  state: [".local/share/opencode", ".local/state/opencode", ".config/opencode", ".cache/opencode"],
  leavesTempDir: false,
  launch: (request) => ({
    argv: [program(request), "run", "--dir", request.worktree, "--format", "json", ...session(request)],
    stdin: request.prompt,
    env: policy(request),
  }),
  attach: (request) => ({
    argv: [program(request), request.worktree, ...session(request)],
    stdin: "",
    env: policy(request),
  }),
  reader: () => jsonReader(readEvent),
};

function program(request: LaunchRequest): string {
  return request.config.command ?? opencode.program;
}

function session(request: LaunchRequest): string[] {
  const model = request.model ?? request.config.model ?? null;
  return [
    ...(request.resume && request.session ? ["--session", request.session] : []),
    ...(model ? ["-m", model] : []),
    ...(request.config.args ?? []),
  ];
}

/** Merged over what the person's own configuration says. Of the rules that match a command, the last one counts. */
function policy(request: LaunchRequest): Record<string, string> {
  const looks = request.mode === "read-only";
  const bash: Record<string, string> = { "*": looks ? "deny" : "allow" };
  if (looks) for (const name of LOOKING) Object.assign(bash, { [name]: "allow", [`${name} *`]: "allow" });
  for (const name of deniedFor(request)) for (const glob of globs(name)) bash[glob] = "deny";
  const web = request.mode === "full" ? "allow" : "deny";
  const permission = {
    bash,
    edit: looks ? { "*": "deny", [`*${RUN_FOLDER}/*`]: "allow" } : "allow",
    webfetch: web,
    websearch: web,
    external_directory: request.mode === "full" || request.walled ? "allow" : "deny",
    question: "deny",
  };
  return { OPENCODE_PERMISSION: JSON.stringify(permission), OPENCODE_DISABLE_AUTOUPDATE: "1" };
}

/** The command itself, by its path, behind an option like `git -C .`, and inside `bash -c`, `env` or `xargs`. */
function globs(name: string): string[] {
  const [first = "", ...rest] = name.split(" ");
  const loose = [first, ...rest].join(" *");
  return [
    name,
    `${name} *`,
    ...(rest.length > 0 ? [`${loose}`, `${loose} *`] : []),
    `*/${loose}`,
    `*/${loose} *`,
    `* -*c *${loose}*`,
    `env *${loose}*`,
    `xargs *${loose}*`,
    `*$(*${first}*) *${rest.join(" *")}`.trimEnd(),
  ];
}

function readEvent(event: Json, draft: Draft): void {
  draft.session = str(event, "sessionID") ?? draft.session;
  switch (str(event, "type")) {
    case "step_start":
      draft.verdict = null;
      return;
    case "text":
      say(draft, str(event, "part", "text"));
      return;
    case "tool_use":
      readTool(event, draft);
      return;
    case "step_finish":
      draft.inputTokens += tokens(event, "input") + (num(event, "part", "tokens", "cache", "read") ?? 0);
      draft.outputTokens += tokens(event, "output");
      draft.costUsd = (draft.costUsd ?? 0) + (num(event, "part", "cost") ?? 0);
      if (str(event, "part", "reason") === "stop") draft.verdict = "ok";
      return;
    case "error":
      draft.verdict = "failed";
      draft.failure = failureOf(
        str(event, "error", "data", "message") ?? str(event, "error", "name") ?? "opencode reported an error",
        num(event, "error", "data", "statusCode"),
      );
  }
}

function readTool(event: Json, draft: Draft): void {
  const input =
    str(event, "part", "state", "input", "command") ?? str(event, "part", "state", "input", "filePath");
  draft.tool = toolLabel(str(event, "part", "tool"), input);
  const error = str(event, "part", "state", "error") ?? "";
  if (/rule which prevents|rejected permission|permission denied by/i.test(error)) deny(draft, draft.tool);
}

function tokens(event: Json, name: string): number {
  return num(event, "part", "tokens", name) ?? 0;
}
