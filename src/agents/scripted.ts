import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Problem } from "../domain/problem.ts";
import { changing } from "../files.ts";
import type { Agent, LaunchRequest } from "./agent.ts";
import { failureOf } from "./failure.ts";
import { type Json, num, str } from "./json.ts";
import { deniedFor } from "./policy.ts";
import { type Draft, deny, jsonReader, say, toolLabel } from "./reader.ts";
import { MOODS, type Mood, SCRIPT } from "./scripted/script.ts";

/**
 * The agent of the demo and of the tests: a real process without a model, a plain POSIX shell script. Its mood is
 * the model's name: `rally dispatch 42 --agent scripted --model crash`. `RALLY_SCRIPTED_PACE` are the seconds between
 * its steps.
 */
export const scripted: Agent = {
  name: "scripted",
  program: "sh",
  sessions: "ours",
  variables: ["RALLY_SCRIPTED_PACE"],
  state: [],
  leavesTempDir: false,
  launch: (request) => ({ argv: command(request), stdin: request.prompt, env: environment(request) }),
  attach: (request) => ({ argv: [...command(request), "attach"], stdin: "", env: environment(request) }),
  reader: () => jsonReader(readEvent),
};

function command(request: LaunchRequest): string[] {
  const script = join(request.runDir, "scripted.sh");
  changing(script, () => {
    mkdirSync(request.runDir, { recursive: true });
    writeFileSync(script, SCRIPT, { mode: 0o700 });
  });
  const way = request.resume ? "resume" : "new";
  return [request.config.command ?? "sh", script, mood(request), request.session ?? "none", way];
}

function mood(request: LaunchRequest): Mood {
  const wanted = request.model ?? request.config.model ?? "finish";
  const found = MOODS.find((name) => name === wanted);
  if (found) return found;
  throw new Problem("usage", `The scripted agent has no mood "${wanted}".`, {
    hint: `Known: ${MOODS.join(", ")}.`,
  });
}

function environment(request: LaunchRequest): Record<string, string> {
  return { RALLY_MODE: request.mode, RALLY_DENY: deniedFor(request).join("\n") };
}

function readEvent(event: Json, draft: Draft): void {
  switch (str(event, "type")) {
    case "start":
      draft.session = str(event, "session");
      return;
    case "words":
      say(draft, str(event, "text"));
      return;
    case "tool":
      draft.tool = toolLabel(str(event, "name"), str(event, "input"));
      return;
    case "denied":
      deny(draft, str(event, "what"));
      return;
    case "usage":
      draft.inputTokens += num(event, "input") ?? 0;
      draft.outputTokens += num(event, "output") ?? 0;
      draft.costUsd = (draft.costUsd ?? 0) + (num(event, "cost") ?? 0);
      return;
    case "end":
      draft.verdict = str(event, "verdict") === "ok" ? "ok" : "failed";
      if (draft.verdict === "failed") draft.failure = failureOf(str(event, "message") ?? "it failed");
  }
}
