import type { Config } from "../config.ts";
import { allowedInRun } from "../domain/command.ts";
import type { Parsed } from "../domain/grammar.ts";
import { Problem } from "../domain/problem.ts";
import { inRun } from "../process/members.ts";

/**
 * Nothing ships without a human: from inside a run, told by its environment or by its ancestors, only what reads,
 * declares or asks is taken (safety.md 1). Throws `refused`.
 */
export function refuseAgents(config: Config, parsed: Parsed): void {
  if (allowedInRun(parsed.command, parsed.flags)) return;
  const run = config.env.run ?? inRun();
  if (run === null) return;
  throw new Problem("refused", `An agent cannot call rally ${parsed.command.name}: a person decides that.`, {
    hint: 'From inside a run: rally declare-stage <phase>, rally ask "…", and what only reads.',
  });
}
