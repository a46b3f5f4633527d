import { at, list, str } from "../json.ts";
import type { Answer } from "./call.ts";
import { flat, INPUT_TOKENS, OUTPUT_TOKENS, type Protocol } from "./protocol.ts";
import type { Turn } from "./step.ts";
import { events, pieces } from "./stream.ts";

/** Anthropic's messages: claude speaks it. */
export const messages: Protocol = {
  read: (body) => ({
    turns: list(body, "messages").map((message) => {
      const content = at(message, "content");
      const parts = Array.isArray(content) ? content : [];
      return {
        role: roleOf(message, parts),
        text: words(content),
        calls: parts.filter((part) => str(part, "type") === "tool_use").length,
      };
    }),
    tools: list(body, "tools").map((tool) => str(tool, "name") ?? ""),
    model: str(body, "model") ?? "scripted",
    stream: at(body, "stream") === true,
  }),
  answer(asked, answer, id) {
    const reason = "call" in answer ? "tool_use" : "end_turn";
    const message = { ...empty(asked.model, id), content: [block(answer, id)], stop_reason: reason };
    if (!asked.stream) return Response.json(message);
    return events((out) => {
      const send = (type: string, more: object) => out.send({ type, ...more }, type);
      send("message_start", { message: empty(asked.model, id) });
      send("content_block_start", { index: 0, content_block: { ...block(answer, id), ...opened(answer) } });
      for (const delta of deltas(answer)) send("content_block_delta", { index: 0, delta });
      send("content_block_stop", { index: 0 });
      const usage = { output_tokens: OUTPUT_TOKENS };
      send("message_delta", { delta: { stop_reason: reason, stop_sequence: null }, usage });
      send("message_stop", {});
    });
  },
  broken: (asked, id) =>
    events((out) => {
      out.send({ type: "message_start", message: empty(asked.model, id) }, "message_start");
    }),
  error: (status, message) => ({ type: "error", error: { type: errorType(status), message } }),
};

/** What a tool answered comes in a message of the user's, sometimes with a note beside it: nobody has spoken. */
function roleOf(message: unknown, parts: readonly unknown[]): Turn["role"] {
  const role = str(message, "role");
  if (role === "assistant") return "assistant";
  if (role !== "user") return "tool";
  return parts.some((part) => str(part, "type") === "tool_result") ? "tool" : "user";
}

function words(content: unknown): string {
  if (!Array.isArray(content)) return flat(content);
  const said = content.filter((part) => str(part, "type") === "text").map((part) => str(part, "text") ?? "");
  return said.filter((text) => !text.startsWith("<system-reminder>")).join("\n");
}

function block(answer: Answer, id: string): object {
  if ("say" in answer) return { type: "text", text: answer.say };
  return { type: "tool_use", id: `toolu_${id}`, name: answer.call.name, input: answer.call.input };
}

function opened(answer: Answer): object {
  return "say" in answer ? { text: "" } : { input: {} };
}

function deltas(answer: Answer): object[] {
  if ("say" in answer) return pieces(answer.say).map((text) => ({ type: "text_delta", text }));
  const json = JSON.stringify(answer.call.input);
  return pieces(json).map((partial_json) => ({ type: "input_json_delta", partial_json }));
}

function empty(model: string, id: string) {
  return {
    id: `msg_${id}`,
    type: "message",
    role: "assistant",
    model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: {
      input_tokens: INPUT_TOKENS,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 0,
      output_tokens: OUTPUT_TOKENS,
    },
  };
}

function errorType(status: number): string {
  if (status === 401) return "authentication_error";
  return status === 429 ? "rate_limit_error" : "api_error";
}
