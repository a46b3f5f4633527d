/** What a person reads of one event of an agent: who, and the words. `joins`: the rest of the entry before it. */
export type Entry = {
  readonly who: "told" | "says" | "runs" | "got" | "error";
  readonly words: string;
  readonly joins?: true;
};

type Json = Readonly<Record<string, unknown>>;

/**
 * The entries of an event in the shape of copilot, claude, codex, gemini or opencode; none where it says nothing or
 * repeats; null where no such shape is known.
 */
export function entriesOf(event: Json): readonly Entry[] | null {
  const type = text(event.type);
  if (isObject(event.data)) return ofCopilot(type, event.data);
  if (isObject(event.item)) return ofCodex(type, event.item);
  if (isObject(event.part)) return ofOpencode(event.part);
  if (isObject(event.message) && (type === "assistant" || type === "user"))
    return list(event.message.content).flatMap((part) => (isObject(part) ? ofClaude(type, part) : []));
  if (type === "result" && event.is_error === false) return [];
  return ofGemini(type, event);
}

function ofCopilot(type: string, data: Json): readonly Entry[] | null {
  switch (type) {
    case "user.message":
      return entry("told", data.content);
    case "assistant.message":
      return entry("says", data.content);
    case "tool.execution_start":
      return entry("runs", call(data.toolName, data.arguments));
    case "tool.execution_complete":
      return entry("got", at(data, "error", "message") ?? at(data, "result", "content"));
    case "session.error":
      return entry("error", data.message);
    default:
      return /^(model|assistant|tool|session)\./.test(type) ? [] : null;
  }
}

function ofCodex(type: string, item: Json): readonly Entry[] {
  const isDone = type === "item.completed";
  switch (item.type) {
    case "agent_message":
      return isDone ? entry("says", item.text) : [];
    case "command_execution":
      return isDone ? entry("got", item.aggregated_output) : entry("runs", item.command);
    case "file_change":
      return isDone
        ? []
        : list(item.changes).flatMap((change) => entry("runs", `edit ${at(change, "path") ?? ""}`));
    case "error":
      // Codex warns of a flag that Rally starts it with.
      return text(item.message).includes("--dangerously-bypass-hook-trust")
        ? []
        : entry("error", item.message);
    default:
      return [];
  }
}

function ofOpencode(part: Json): readonly Entry[] {
  if (part.type === "text") return entry("says", part.text);
  if (part.type !== "tool") return [];
  const result = at(part, "state", "error") ?? at(part, "state", "output");
  return [...entry("runs", call(part.tool, at(part, "state", "input"))), ...entry("got", result)];
}

function ofClaude(type: string, part: Json): readonly Entry[] {
  if (part.type === "text") return entry(type === "user" ? "told" : "says", part.text);
  if (part.type === "tool_use") return entry("runs", call(part.name, part.input));
  if (part.type !== "tool_result") return [];
  const parts = list(part.content).map((each) => text(at(each, "text")));
  return entry("got", typeof part.content === "string" ? part.content : parts.join("\n"));
}

function ofGemini(type: string, event: Json): readonly Entry[] | null {
  if (type === "message" && event.role === "user") return entry("told", event.content);
  if (type === "message" && event.role === "assistant") {
    const isRest = event.delta === true;
    const words = text(event.content);
    return isRest && words !== "" ? [{ who: "says", words, joins: true }] : entry("says", words);
  }
  if (type === "tool_use" && "tool_name" in event)
    return entry("runs", call(event.tool_name, event.parameters));
  if (type === "tool_result" && "tool_id" in event)
    return entry("got", at(event, "error", "message") ?? event.output);
  return null;
}

function entry(who: Entry["who"], words: unknown): readonly Entry[] {
  const said = text(words).trim();
  return said === "" ? [] : [{ who, words: said }];
}

/** `bash git status`, `create src/app.ts`: a tool and what it is about. */
function call(name: unknown, input: unknown): string {
  const about = ["command", "cmd", "path", "file_path", "filePath", "pattern", "query", "url"];
  const found = about.map((key) => at(input, key)).find((value) => typeof value === "string");
  return [text(name), text(found)].filter((part) => part !== "").join(" ");
}

function at(value: unknown, ...keys: readonly string[]): unknown {
  return keys.reduce((inner: unknown, key) => (isObject(inner) ? inner[key] : undefined), value);
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
