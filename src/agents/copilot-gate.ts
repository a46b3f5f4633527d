import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { changing } from "../files.ts";
import type { LaunchRequest } from "./agent.ts";
import { writeGate } from "./gate.ts";
import { deniedFor } from "./policy.ts";

/**
 * A plugin folder of the run's own with one hook. It leaves COPILOT_HOME alone, which holds the person's login and
 * the sessions that a resume needs.
 */
export function copilotGate(request: LaunchRequest): string[] {
  const folder = join(request.runDir, "copilot-gate");
  const gate = writeGate(request.runDir, deniedFor(request), "json");
  const hook = { type: "command", bash: gate, timeoutSec: 10 };
  changing(folder, () => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(
      join(folder, "plugin.json"),
      JSON.stringify({
        name: "rally-gate",
        description: "Rally's policy",
        version: "1.0.0",
        hooks: "hooks.json",
      }),
    );
    writeFileSync(join(folder, "hooks.json"), JSON.stringify({ version: 1, hooks: { preToolUse: [hook] } }));
  });
  return ["--plugin-dir", folder];
}
