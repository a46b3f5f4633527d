import { at, list, str } from "../json.ts";
import type { Answer } from "./call.ts";
import { INPUT_TOKENS, OUTPUT_TOKENS, type Protocol } from "./protocol.ts";
import { events, pieces } from "./stream.ts";

/** Google's generateContent and streamGenerateContent: gemini speaks it. Whether it streams, the path says. */
export function gemini(model: string, stream: boolean): Protocol {
  return {
    read: (body) => ({
      turns: list(body, "contents").map((content) => ({
        role: str(content, "role") === "model" ? "assistant" : "user",
        text: list(content, "parts")
          .map((part) => str(part, "text") ?? "")
          .join("\n"),
        calls: list(content, "parts").filter((part) => at(part, "functionCall") !== undefined).length,
      })),
      tools: list(body, "tools").flatMap((tool) =>
        list(tool, "functionDeclarations").map((declared) => str(declared, "name") ?? ""),
      ),
      model,
      stream,
    }),
    answer(_, answer, id, body) {
      const shown = wantsJson(body) ? { say: ROUTING } : answer;
      if (!stream) return Response.json(chunk(model, id, [part(shown)], "STOP"));
      return events((out) => {
        if ("call" in shown) out.send(chunk(model, id, [part(shown)], "STOP"));
        else {
          const said = pieces(shown.say);
          said.forEach((text, index) => {
            out.send(chunk(model, id, [{ text }], index === said.length - 1 ? "STOP" : null));
          });
        }
      });
    },
    broken: (_, id) =>
      events((out) => {
        out.send(chunk(model, id, [{ text: "Broken" }], null));
      }),
    error: (status, message) => ({ error: { code: status, message, status: errorStatus(status) } }),
  };
}

/** It asks a small model which model to take, and wants JSON. */
const ROUTING = JSON.stringify({
  reasoning: "scripted",
  complexity_reasoning: "scripted",
  complexity_score: 50,
  model_choice: "flash",
  next_speaker: "user",
});

function wantsJson(body: unknown): boolean {
  const wanted = at(body, "generationConfig");
  return at(wanted, "responseJsonSchema") !== undefined || at(wanted, "responseSchema") !== undefined;
}

function part(answer: Answer): object {
  if ("say" in answer) return { text: answer.say };
  return { functionCall: { name: answer.call.name, args: answer.call.input } };
}

function chunk(model: string, id: string, parts: readonly object[], finish: string | null): object {
  return {
    candidates: [
      { content: { role: "model", parts }, index: 0, ...(finish ? { finishReason: finish } : {}) },
    ],
    modelVersion: model,
    responseId: id,
    usageMetadata: {
      promptTokenCount: INPUT_TOKENS,
      candidatesTokenCount: OUTPUT_TOKENS,
      totalTokenCount: INPUT_TOKENS + OUTPUT_TOKENS,
    },
  };
}

function errorStatus(status: number): string {
  if (status === 401) return "UNAUTHENTICATED";
  return status === 429 ? "RESOURCE_EXHAUSTED" : "INTERNAL";
}
