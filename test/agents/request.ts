import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LaunchRequest } from "../../src/agents/agent.ts";

export const LONG_PROMPT = "A very long prompt. ".repeat(20_000);

/** A request as the heartbeat makes it, with a run folder that exists. */
export function request(more: Partial<LaunchRequest> = {}): LaunchRequest {
  return {
    worktree: "/home/ana/repo/.worktrees/rally-1",
    context: "/home/ana/repo/.worktrees/rally-1/.rally/run/context.md",
    prompt: LONG_PROMPT,
    session: "3b1f0d1e-7a54-4f6e-9f2b-0c9a1c1f4c11",
    resume: false,
    model: null,
    mode: "work",
    deny: ["terraform apply"],
    disallowTempDir: false,
    walled: false,
    runDir: mkdtempSync(join(tmpdir(), "rally-run-")),
    config: {},
    ...more,
  };
}
