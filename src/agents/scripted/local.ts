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
    case "codex":
      return { model: "gpt-5.5", env: { RALLY_SCRIPTED_KEY: KEY }, args: codexProvider(`${base}/v1`) };
    case "opencode":
      return {
        model: "scripted/scripted",
        env: {
          OPENCODE_CONFIG_CONTENT: JSON.stringify(opencodeProvider(`${base}/v1`)),
          OPENCODE_DISABLE_MODELS_FETCH: "1",
          OPENCODE_DISABLE_LSP_DOWNLOAD: "1",
        },
      };
    case "gemini":
      return {
        model: "gemini-2.5-flash",
        env: { GOOGLE_GENAI_USE_VERTEXAI: "true", GOOGLE_API_KEY: KEY, GOOGLE_VERTEX_BASE_URL: base },
      };
    default:
      return null;
  }
}

function codexProvider(url: string): string[] {
  const provider = `{ name = "scripted", base_url = ${JSON.stringify(url)}, env_key = "RALLY_SCRIPTED_KEY", wire_api = "responses" }`;
  return ["-c", 'model_provider="scripted"', "-c", `model_providers.scripted=${provider}`];
}

function opencodeProvider(url: string): object {
  const options = { baseURL: url, apiKey: KEY };
  const models = {
    scripted: { name: "Scripted", tool_call: true, limit: { context: 128_000, output: 8_000 } },
  };
  return { provider: { scripted: { npm: "@ai-sdk/openai-compatible", name: "Scripted", options, models } } };
}
