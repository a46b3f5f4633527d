import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** The real programs that the live tests run, in the versions that were measured. */
export const CLIS = {
  copilot: { package: "@github/copilot", version: "1.0.102", bin: "copilot" },
  claude: { package: "@anthropic-ai/claude-code", version: "2.1.328", bin: "claude" },
  codex: { package: "@openai/codex", version: "0.169.0", bin: "codex" },
  opencode: { package: "opencode-ai", version: "1.18.33", bin: "opencode" },
  gemini: { package: "@google/gemini-cli", version: "0.61.0", bin: "gemini" },
} as const;
export type CliName = keyof typeof CLIS;

export const CLI_NAMES = Object.keys(CLIS) as CliName[];

/** What every run of the tests takes; `RALLY_LIVE_AGENTS` names others, or `all`, or `none`. */
const USUAL: readonly CliName[] = ["copilot", "claude"];

/** Why this one is not run, in words; null where it is. */
export function whyNot(name: CliName): string | null {
  const asked = process.env.RALLY_LIVE_AGENTS;
  const wanted: readonly string[] = asked?.split(",").map((each) => each.trim()) ?? USUAL;
  if (!wanted.includes(name) && !wanted.includes("all"))
    return asked === undefined
      ? "bun run test:agents runs all of them"
      : `RALLY_LIVE_AGENTS (${asked}) leaves it out`;
  return cliBin(name) ? null : `it is absent: bun test/agents/live/install.ts ${name}`;
}

/** Outside the project: 100 to 400 MB each. */
export function cliCache(): string {
  return join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "rally-test-agents");
}

export function cliFolder(name: CliName): string {
  return join(cliCache(), `${name}-${CLIS[name].version}`);
}

/** The folder that holds the program, to be put on PATH; null when it is not installed. */
export function cliBin(name: CliName): string | null {
  const bin = join(cliFolder(name), "node_modules", ".bin");
  return existsSync(join(bin, CLIS[name].bin)) ? bin : null;
}
