import { at, list, str } from "../json.ts";
import type { Answer } from "./call.ts";
import { chat } from "./chat.ts";
import { flat, INPUT_TOKENS, OUTPUT_TOKENS, type Protocol } from "./protocol.ts";
import type { Turn } from "./step.ts";
import { events, pieces } from "./stream.ts";

/** OpenAI's responses: codex speaks it. */
export const responses: Protocol = {
  read: (body) => ({
    turns: input(body).map(turn),
    tools: list(body, "tools").map((tool) => str(tool, "name") ?? str(tool, "type") ?? ""),
    model: str(body, "model") ?? "scripted",
    stream: at(body, "stream") === true,
  }),
  answer(asked, answer, id, body) {
    const item = itemOf(answer, id, isFreeText(body, answer));
    const done = response(asked.model, id, "completed", [item]);
    if (!asked.stream) return Response.json(done);
    return events((out) => {
      let sequence = 0;
      const send = (type: string, more: object) =>
        out.send({ type, sequence_number: sequence++, ...more }, type);
      send("response.created", { response: response(asked.model, id, "in_progress", []) });
      send("response.output_item.added", { output_index: 0, item: { ...item, ...EMPTY[item.type] } });
      for (const [type, more] of details(item)) send(type, more);
      send("response.output_item.done", { output_index: 0, item });
      send("response.completed", { response: done });
    });
  },
  broken: (asked, id) =>
    events((out) => {
      const begun = response(asked.model, id, "in_progress", []);
      out.send({ type: "response.created", sequence_number: 0, response: begun }, "response.created");
    }),
  error: chat.error,
};

type Item =
  | {
      readonly type: "message";
      readonly id: string;
      readonly role: "assistant";
      readonly content: readonly { type: "output_text"; text: string; annotations: readonly [] }[];
      readonly status: string;
    }
  | {
      readonly type: "function_call";
      readonly id: string;
      readonly call_id: string;
      readonly name: string;
      readonly arguments: string;
      readonly status: string;
    }
  | {
      readonly type: "custom_tool_call";
      readonly id: string;
      readonly call_id: string;
      readonly name: string;
      readonly input: string;
      readonly status: string;
    };

const EMPTY = {
  message: { status: "in_progress", content: [] },
  function_call: { status: "in_progress", arguments: "" },
  custom_tool_call: { status: "in_progress", input: "" },
} as const;

function itemOf(answer: Answer, id: string, freeText: boolean): Item {
  const status = "completed";
  if ("say" in answer) {
    const content = [{ type: "output_text" as const, text: answer.say, annotations: [] as const }];
    return { type: "message", id: `msg_${id}`, role: "assistant", status, content };
  }
  const { name, input: json, text } = answer.call;
  const call = { call_id: `call_${id}`, name, status };
  if (freeText)
    return { type: "custom_tool_call", id: `ctc_${id}`, ...call, input: text ?? JSON.stringify(json) };
  return { type: "function_call", id: `fc_${id}`, ...call, arguments: JSON.stringify(json) };
}

function details(item: Item): (readonly [string, object])[] {
  const where = { item_id: item.id, output_index: 0 };
  if (item.type === "function_call")
    return [
      ["response.function_call_arguments.delta", { ...where, delta: item.arguments }],
      ["response.function_call_arguments.done", { ...where, arguments: item.arguments }],
    ];
  if (item.type === "custom_tool_call")
    return [
      ["response.custom_tool_call_input.delta", { ...where, delta: item.input }],
      ["response.custom_tool_call_input.done", { ...where, input: item.input }],
    ];
  const text = item.content[0]?.text ?? "";
  return pieces(text).map((delta) => ["response.output_text.delta", { ...where, content_index: 0, delta }]);
}

function isFreeText(body: unknown, answer: Answer): boolean {
  if ("say" in answer) return false;
  const tool = list(body, "tools").find((candidate) => str(candidate, "name") === answer.call.name);
  return str(tool, "type") === "custom";
}

function input(body: unknown): readonly unknown[] {
  const found = at(body, "input");
  return typeof found === "string" ? [{ role: "user", content: found }] : list(body, "input");
}

function turn(item: unknown): Turn {
  const type = str(item, "type") ?? "message";
  if (type.endsWith("_call")) return { role: "assistant", text: "", calls: 1 };
  const role = str(item, "role");
  const text = flat(at(item, "content"));
  return { role: role === "user" || role === "assistant" ? role : "tool", text, calls: 0 };
}

function response(model: string, id: string, status: string, output: readonly unknown[]): object {
  const usage = {
    input_tokens: INPUT_TOKENS,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: OUTPUT_TOKENS,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: INPUT_TOKENS + OUTPUT_TOKENS,
  };
  return {
    id: `resp_${id}`,
    object: "response",
    created_at: 1_700_000_000,
    status,
    model,
    output,
    parallel_tool_calls: false,
    tool_choice: "auto",
    tools: [],
    error: null,
    incomplete_details: null,
    instructions: null,
    metadata: {},
    usage: status === "completed" ? usage : null,
  };
}
