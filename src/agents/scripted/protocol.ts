import { list, str } from "../json.ts";
import type { Answer } from "./call.ts";
import type { Turn } from "./step.ts";

export type Asked = {
  readonly turns: readonly Turn[];
  readonly tools: readonly string[];
  readonly model: string;
  readonly stream: boolean;
};

/** How one API is spoken. Shapes only: what the model says is decided elsewhere. */
export type Protocol = {
  read(body: unknown): Asked;
  answer(asked: Asked, answer: Answer, id: string, body: unknown): Response;
  /** The beginning of an answer whose stream then ends. */
  broken(asked: Asked, id: string): Response;
  error(status: number, message: string): unknown;
};

/** The words of a message, whether they are a string, a list of parts, or a part. */
export function flat(content: unknown): string {
  if (typeof content === "string") return content;
  const parts = Array.isArray(content) ? content : list({ content: [content] }, "content");
  return parts.map((part) => (typeof part === "string" ? part : (str(part, "text") ?? ""))).join("\n");
}

export const INPUT_TOKENS = 100;
export const OUTPUT_TOKENS = 20;
