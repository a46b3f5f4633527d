import { at, list, str } from "../json.ts";
import type { Answer } from "./call.ts";
import { flat, INPUT_TOKENS, OUTPUT_TOKENS, type Protocol } from "./protocol.ts";
import { events, pieces } from "./stream.ts";

/** OpenAI's chat completions: copilot and opencode speak it. */
export const chat: Protocol = {
  read: (body) => ({
    turns: list(body, "messages").map((message) => {
      const role = str(message, "role");
      return {
        role: role === "assistant" || role === "user" ? role : "tool",
        text: flat(at(message, "content")),
        calls: list(message, "tool_calls").length,
      };
    }),
    tools: list(body, "tools").map((tool) => str(tool, "function", "name") ?? str(tool, "name") ?? ""),
    model: str(body, "model") ?? "scripted",
    stream: at(body, "stream") === true,
  }),
  answer: (asked, answer, id) =>
    asked.stream ? streamed(asked.model, answer, id) : whole(asked.model, answer, id),
  broken: (asked, id) =>
    events((out) => {
      out.send(chunk(asked.model, id, { role: "assistant", content: "Broken" }));
    }),
  error: (status, message) => ({ error: { message, type: errorType(status), code: `${status}` } }),
};

const USAGE = {
  prompt_tokens: INPUT_TOKENS,
  completion_tokens: OUTPUT_TOKENS,
  total_tokens: INPUT_TOKENS + OUTPUT_TOKENS,
};

function streamed(model: string, answer: Answer, id: string): Response {
  return events((out) => {
    out.send(chunk(model, id, { role: "assistant", content: "" }));
    if ("call" in answer) {
      const { name, input } = answer.call;
      out.send(
        chunk(model, id, {
          tool_calls: [{ index: 0, id: `call_${id}`, type: "function", function: { name, arguments: "" } }],
        }),
      );
      for (const piece of pieces(JSON.stringify(input)))
        out.send(chunk(model, id, { tool_calls: [{ index: 0, function: { arguments: piece } }] }));
      out.send(chunk(model, id, {}, "tool_calls"));
    } else {
      for (const piece of pieces(answer.say)) out.send(chunk(model, id, { content: piece }));
      out.send(chunk(model, id, {}, "stop"));
    }
    out.send({ ...base(model, id, "chat.completion.chunk"), choices: [], usage: USAGE });
    out.send("[DONE]");
  });
}

function whole(model: string, answer: Answer, id: string): Response {
  const call = "call" in answer ? answer.call : null;
  const message = call
    ? {
        role: "assistant",
        content: null,
        tool_calls: [
          {
            id: `call_${id}`,
            type: "function",
            function: { name: call.name, arguments: JSON.stringify(call.input) },
          },
        ],
      }
    : { role: "assistant", content: "say" in answer ? answer.say : "" };
  const choices = [{ index: 0, finish_reason: call ? "tool_calls" : "stop", message }];
  return Response.json({ ...base(model, id, "chat.completion"), choices, usage: USAGE });
}

function chunk(model: string, id: string, delta: unknown, finish: string | null = null): unknown {
  return {
    ...base(model, id, "chat.completion.chunk"),
    choices: [{ index: 0, delta, finish_reason: finish }],
  };
}

function base(model: string, id: string, object: string) {
  return { id: `chatcmpl-${id}`, object, created: 1_700_000_000, model };
}

function errorType(status: number): string {
  if (status === 401) return "authentication_error";
  return status === 429 ? "rate_limit_error" : "api_error";
}
