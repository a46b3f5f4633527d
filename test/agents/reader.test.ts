import { expect, test } from "bun:test";
import { claude } from "../../src/agents/claude.ts";
import { copilot } from "../../src/agents/copilot.ts";
import { failureOf } from "../../src/agents/failure.ts";
import { feed } from "../../src/agents/feed.ts";
import { opencode } from "../../src/agents/opencode.ts";
import { plainReader } from "../../src/agents/reader.ts";
import { agentNamed } from "../../src/agents/registry.ts";
import { isSessionLost } from "../../src/agents/session.ts";
import { Problem } from "../../src/domain/problem.ts";

function read(agent: Parameters<typeof feed>[0], ...lines: readonly string[]) {
  const reader = feed(agent);
  for (const line of lines) reader.push(new TextEncoder().encode(`${line}\n`));
  return reader.finished();
}

test("a start-up failure in plain words has its kind", () => {
  const said = read(copilot.reader, "Error: No authentication information found.", "• Run 'gh auth login'");
  expect(said.failure?.kind).toBe("auth");
  expect(said.verdict).toBeNull();
  expect(read(claude.reader, "error: unknown option '--nonsense'").failure).toEqual({
    kind: "agent",
    message: "error: unknown option '--nonsense'",
  });
});

test("a warning before the first event is no failure once the agent has started", () => {
  const said = read(
    claude.reader,
    "error: the network is slow",
    '{"type":"system","subtype":"init","session_id":"s"}',
  );
  expect(said).toMatchObject({ failure: null, session: "s" });
});

test("a harmless warning alone is no failure: dying after it is a loss", () => {
  expect(read(copilot.reader, "(node:7) ExperimentalWarning: SQLite is experimental").failure).toBeNull();
});

test("claude: a result of subtype success with is_error is a failure", () => {
  const result = { type: "result", subtype: "success", is_error: true, api_error_status: 401, result: "no" };
  expect(read(claude.reader, JSON.stringify(result))).toMatchObject({
    verdict: "failed",
    failure: { kind: "auth" },
  });
});

test("claude: retries that end well leave no failure", () => {
  const retry = { type: "system", subtype: "api_retry", error_status: 529, error: "overloaded" };
  expect(read(claude.reader, JSON.stringify(retry)).failure?.kind).toBe("rate_limit");
  const ended = { type: "result", subtype: "success", is_error: false };
  expect(read(claude.reader, JSON.stringify(retry), JSON.stringify(ended))).toMatchObject({
    verdict: "ok",
    failure: null,
  });
});

test("copilot: a result with exit code 0 after an abort is aborted", () => {
  const said = read(
    copilot.reader,
    '{"type":"abort","data":{"reason":"user_abort"}}',
    '{"type":"result","exitCode":0}',
  );
  expect(said.verdict).toBe("aborted");
});

test("opencode: its last step is its verdict, and a further step takes it back", () => {
  const stop = '{"type":"step_finish","sessionID":"s","part":{"reason":"stop"}}';
  expect(read(opencode.reader, stop).verdict).toBe("ok");
  expect(read(opencode.reader, stop, '{"type":"step_start","sessionID":"s"}').verdict).toBeNull();
});

test("a line of more than 4 Mi characters is dropped, and the next is read", () => {
  const reader = feed(copilot.reader);
  const piece = new TextEncoder().encode(
    `{"type":"assistant.message","data":{"content":"${"x".repeat(1_000_000)}`,
  );
  for (let i = 0; i < 6; i++) reader.push(piece);
  reader.push(new TextEncoder().encode('"}}\n{"type":"result","exitCode":0}\n'));
  expect(reader.finished()).toMatchObject({ words: null, verdict: "ok" });
});

test("a plain agent's last line is its last words, without colours", () => {
  expect(read(plainReader, "one", "\u001b[32mtwo\u001b[0m", "").words).toBe("two");
});

test("failures get their kind by status and by words", () => {
  const kinds = [
    ["Payment Required: insufficient_quota", 402, "quota"],
    ["You exceeded your current quota", 429, "quota"],
    ["slow down", 429, "rate_limit"],
    ["prompt is too long: 300000 tokens", 400, "context"],
    ["The model gpt-9 does not exist", 404, "model"],
    ["boom", 503, "network"],
    ["connect ECONNREFUSED 127.0.0.1:1", null, "network"],
    ["Not logged in · Please run /login", null, "auth"],
    ["Classic Personal Access Tokens (ghp_) are not supported by Copilot", null, "auth"],
    ["something odd", null, "agent"],
  ] as const;
  for (const [message, status, kind] of kinds)
    expect([message, failureOf(message, status).kind]).toEqual([message, kind]);
});

test("a lost session is told from other failures", () => {
  const lost = [
    "Error: No session, task, or name matched 'x'.",
    "No conversation found with session ID: x",
    "Error: thread/resume: thread/resume failed: no rollout found for thread id x (code -32600)",
    "Error: Session not found",
    'Error resuming session: Invalid session identifier "x".',
  ];
  const reading = (message: string) => ({ ...read(plainReader), failure: failureOf(message), verdict: null });
  for (const message of lost) expect([message, isSessionLost(reading(message))]).toEqual([message, true]);
  expect(isSessionLost(reading("HTTP 401"))).toBe(false);
});

test("an unknown agent is a problem that names the nearest; a configured one is an agent", () => {
  expect(() => agentNamed("copilto", { agents: {} })).toThrow('There is no agent "copilto".');
  try {
    agentNamed("copilto", { agents: {} });
  } catch (error) {
    expect(error instanceof Problem && [error.code, error.hint]).toEqual([
      "missing",
      expect.stringContaining("copilot?"),
    ]);
  }
  expect(() => agentNamed("constructor", { agents: {} })).toThrow("There is no agent");
  expect(agentNamed("house", { agents: { house: { command: "x" } } }).sessions).toBe("none");
});
