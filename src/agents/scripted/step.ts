/** What the model does in one turn. Every new message of a person begins the script again. */
export type Step =
  /** Calls the agent's shell tool. */
  | { readonly sh: string }
  /** Calls the agent's tool that writes files; the path is relative to the agent's working directory. */
  | { readonly write: string; readonly content: string }
  /** Calls a tool by its own name. */
  | { readonly tool: string; readonly input: Record<string, unknown> }
  /** Speaks, and so ends the turn. */
  | { readonly say: string }
  /** Answers with an HTTP error. */
  | { readonly error: number; readonly message?: string }
  /** Keeps the connection open and says nothing. */
  | { readonly hang: true }
  /** Ends the stream in the middle of an answer. */
  | { readonly cut: true };

export type Script = readonly Step[];

/** One message of the conversation so far, whatever the protocol calls it. */
export type Turn = {
  readonly role: "user" | "assistant" | "tool";
  readonly text: string;
  readonly calls: number;
};

/** The step that is due: one for each assistant turn with tool calls since a person last spoke. */
export function stepFor(script: Script, turns: readonly Turn[]): Step {
  const spoken = turns.findLastIndex((turn) => turn.role === "user" && isPerson(turn.text));
  const made = turns.slice(spoken + 1).filter((turn) => turn.role === "assistant" && turn.calls > 0).length;
  return script[made] ?? { say: "That is all." };
}

function isPerson(text: string): boolean {
  const words = text.trim();
  return words !== "" && !words.startsWith("<system-reminder>") && !words.startsWith("<environment_context>");
}
