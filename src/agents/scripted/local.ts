import type { AgentConfig } from "../agent.ts";

/** Never sent anywhere but to loopback. Agents hide its value in their output, so it is no word of its own. */
const KEY = "sk-rally-scripted-model-key";

/**
 * What the configuration says of an agent (`agents.<name>`) so that it works against the scripted model at `base`,
 * with no account and no network; null for agents that cannot be told.
 */
export function localModel(agent: string, base: string): AgentConfig | null {
  switch (agent) {
    case "copilot":
      return {
        env: {
          COPILOT_OFFLINE: "true",
          COPILOT_PROVIDER_BASE_URL: `${base}/v1`,
          COPILOT_PROVIDER_API_KEY: KEY,
          COPILOT_MODEL: "scripted",
        },
      };
    case "claude":
      return {
        env: {
          ANTHROPIC_BASE_URL: base,
          ANTHROPIC_API_KEY: KEY,
          CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
          CLAUDE_CODE_MAX_RETRIES: "1",
        },
      };
    default:
      return null;
  }
}
