import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { changing } from "../files.ts";
import type { Agent, LaunchRequest } from "./agent.ts";
import { failureOf } from "./failure.ts";
import { type Json, num, str } from "./json.ts";
import { deniedFor, LOOKING, RUN_FOLDER } from "./policy.ts";
import { type Draft, deny, jsonReader, say, toolLabel, WORDS_MAX_CHARS } from "./reader.ts";

/** Google's Gemini CLI. It refuses a folder that nobody trusts, and starts itself a second time unless told not to. */
export const gemini: Agent = {
  name: "gemini",
  program: "gemini",
  sessions: "ours",
  variables: [
    "GEMINI_*",
    "GOOGLE_API_KEY",
    "GOOGLE_GEMINI_BASE_URL",
    "GOOGLE_GENAI_USE_*",
    "GOOGLE_CLOUD_PROJECT",
    "GOOGLE_CLOUD_LOCATION",
  ],
  state: [".gemini"],
  leavesTempDir: false,
  launch: (request) => ({
    argv: [...command(request), "--output-format", "stream-json", ...(request.config.args ?? [])],
    stdin: request.prompt,
    env: ENV,
  }),
  attach: (request) => ({
    argv: [...command(request), ...(request.config.args ?? [])],
    stdin: "",
    env: ENV,
  }),
  reader: geminiReader,
};

/** The process that would start it again ignores TERM. */
const ENV = { GEMINI_CLI_NO_RELAUNCH: "true" };

function command(request: LaunchRequest): string[] {
  const model = request.model ?? request.config.model ?? null;
  return [
    request.config.command ?? gemini.program,
    "--approval-mode",
    "yolo",
    "--skip-trust",
    "--admin-policy",
    policyFile(request),
    ...(request.session ? [request.resume ? "--resume" : "--session-id", request.session] : []),
    ...(model ? ["--model", model] : []),
  ];
}

/** Rules of the highest tier, which neither the person's nor the checkout's can loosen. */
function policyFile(request: LaunchRequest): string {
  const path = join(request.runDir, "gemini-policy.toml");
  const text = rules(request).map(toml).join("\n");
  changing(path, () => {
    mkdirSync(request.runDir, { recursive: true });
    writeFileSync(path, text);
  });
  return path;
}

type Rule = {
  readonly tool: string;
  readonly pattern?: string;
  readonly decision: "allow" | "deny";
  readonly priority: number;
};

function rules(request: LaunchRequest): Rule[] {
  const refused = deniedFor(request).map(refusal);
  if (request.mode === "full") return refused;
  const web = ["web_fetch", "google_web_search"].map(
    (tool): Rule => ({ tool, decision: "deny", priority: 900 }),
  );
  if (request.mode === "work") return [...refused, ...web];
  const looks = LOOKING.map((name) => name.replaceAll("-", "\\-")).join("|");
  const review = `"file_path":"(${literal(request.worktree)}/)?${literal(RUN_FOLDER)}/REVIEW\\.md"`;
  const plain = `"command":"(${looks})( [^;&|<>\`$\\\\(){}"]*)?"`;
  return [
    ...refused,
    ...web,
    { tool: SHELL, pattern: plain, decision: "allow", priority: 500 },
    { tool: SHELL, pattern: ".", decision: "deny", priority: 400 },
    ...["write_file", "replace"].flatMap((tool): Rule[] => [
      { tool, pattern: review, decision: "allow", priority: 500 },
      { tool, pattern: ".", decision: "deny", priority: 400 },
    ]),
  ];
}

const SHELL = "run_shell_command";

function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** Its policy engine takes only simple expressions, tested against the arguments as JSON. */
function refusal(name: string): Rule {
  const start = `("command":"|[;&|(\`/"']|\\\\n|\\b(env|exec|sudo|nohup|xargs|command|which|eval|time)) *`;
  const [first = "", ...rest] = name.split(" ").map((word) => word.replace(/[.+]/g, "\\$&"));
  const words = [first, ...rest].join(rest.length > 0 ? "[^;&|]* " : "");
  return { tool: SHELL, pattern: `${start}${words}([^A-Za-z0-9_-]|$)`, decision: "deny", priority: 900 };
}

function toml(rule: Rule): string {
  return [
    "[[rule]]",
    `toolName = ${JSON.stringify(rule.tool)}`,
    ...(rule.pattern ? [`argsPattern = ${JSON.stringify(rule.pattern)}`] : []),
    `decision = "${rule.decision}"`,
    `priority = ${rule.priority}`,
    "",
  ].join("\n");
}

function geminiReader() {
  let said = "";
  const tools = new Map<string, string | null>();
  return jsonReader((event, draft) => {
    const type = str(event, "type");
    if (type === "message" && str(event, "role") === "assistant") {
      // Its words come in pieces; their blanks belong to them.
      said = (said + (str(event, "content") ?? "")).slice(0, WORDS_MAX_CHARS);
      say(draft, said);
      return;
    }
    said = "";
    if (type === "tool_use") {
      draft.tool = toolLabel(
        str(event, "tool_name"),
        str(event, "parameters", "command") ?? str(event, "parameters", "file_path"),
      );
      tools.set(str(event, "tool_id") ?? "", draft.tool);
    } else if (type === "tool_result") readToolResult(event, draft, tools);
    else readEvent(type, event, draft);
  });
}

function readToolResult(event: Json, draft: Draft, tools: Map<string, string | null>): void {
  const id = str(event, "tool_id") ?? "";
  if (str(event, "error", "type") === "policy_violation") deny(draft, tools.get(id) ?? null);
  tools.delete(id);
}

function readEvent(type: string | null, event: Json, draft: Draft): void {
  switch (type) {
    case "init":
      draft.session = str(event, "session_id") ?? draft.session;
      return;
    case "error":
      draft.failure = failureOf(str(event, "message") ?? "gemini reported an error");
      return;
    case "result":
      draft.inputTokens = num(event, "stats", "input_tokens") ?? draft.inputTokens;
      draft.outputTokens = num(event, "stats", "output_tokens") ?? draft.outputTokens;
      draft.verdict = str(event, "status") === "success" ? "ok" : "failed";
      draft.failure =
        draft.verdict === "ok"
          ? null
          : failureOf(str(event, "error", "message") ?? "gemini reported a failure");
  }
}
