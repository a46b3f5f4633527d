import { nearest } from "../domain/grammar-nearest.ts";
import { Problem } from "../domain/problem.ts";
import type { Agent, AgentConfig } from "./agent.ts";
import { claude } from "./claude.ts";
import { codex } from "./codex.ts";
import { copilot } from "./copilot.ts";
import { customAgent } from "./custom.ts";
import { gemini } from "./gemini.ts";
import { opencode } from "./opencode.ts";
import { scripted } from "./scripted.ts";

/** Every agent that Rally knows by itself, in the order in which they are looked for. */
export const agents: Readonly<Record<string, Agent>> = { copilot, claude, codex, opencode, gemini, scripted };

type Configured = { readonly agents: Readonly<Record<string, AgentConfig>> };

/**
 * The agent of that name: a known one, or one that the configuration gives a command. Throws `missing`, naming the
 * nearest known one, for any other name.
 */
export function agentNamed(name: string, config: Configured): Agent {
  const known = Object.hasOwn(agents, name) ? agents[name] : undefined;
  if (known) return known;
  const custom = Object.hasOwn(config.agents, name) ? config.agents[name] : undefined;
  if (custom?.command) return customAgent(name, custom);
  const names = agentNames(config);
  const near = nearest(name, names);
  throw new Problem("missing", `There is no agent "${name}".`, {
    hint: near
      ? `Did you mean ${near}? Known: ${names.join(", ")}.`
      : `Known: ${names.join(", ")}; any other with rally config set agents.${name}.command <program>`,
  });
}

/** What a person can choose: the known ones and the configured ones. */
export function agentNames(config: Configured): readonly string[] {
  const configured = Object.keys(config.agents).filter((name) => config.agents[name]?.command);
  return [...new Set([...Object.keys(agents), ...configured])];
}
