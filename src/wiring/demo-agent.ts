import { existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { agentNamed } from "../agents/registry.ts";
import { localModel } from "../agents/scripted/local.ts";
import { startModel } from "../agents/scripted/model.ts";
import type { Script } from "../agents/scripted/step.ts";
import type { Config } from "../config.ts";
import { Problem } from "../domain/problem.ts";
import { onPath } from "../process/path.ts";
import type { Stage } from "./demo-stage.ts";

/** Who does the main job. */
export type DemoAgent = { readonly name: string; readonly sentence: string; stop(): Promise<void> };

/** Those that were seen to work in a home without a login, in the order in which they are looked for. */
const REAL = ["copilot", "claude", "codex"] as const;
const SCRIPTED = "scripted";

/** The agent that was asked for, else the first real one on the PATH, else the scripted one. Throws `usage`, `missing`. */
export function chosenAgent(config: Config, wanted: string | null): string {
  const found = REAL.find((name) => onPath(name, config.env.path) !== null);
  if (wanted === null) return found ?? SCRIPTED;
  const { name, program } = agentNamed(wanted, { agents: {} });
  if (name !== SCRIPTED && localModel(name, "") === null)
    throw new Problem("usage", `The demo cannot be shown with ${name}.`, {
      hint: `rally demo --agent ${SCRIPTED}`,
    });
  if (onPath(program, config.env.path) === null)
    throw new Problem("missing", `${name} is not installed: there is no ${program} on the PATH.`, {
      hint: `rally demo --agent ${SCRIPTED}`,
    });
  return name;
}

/** Writes the demo's configuration, and starts the model that a real agent is to talk to: on loopback, by a script. */
export function setAgent(config: Config, stage: Stage, name: string): DemoAgent {
  const pace = { [SCRIPTED]: { env: { RALLY_SCRIPTED_PACE: "0.3" } } };
  const model = name === SCRIPTED ? null : startModel({ scripts: { work: WORK } });
  const real = model ? { [name]: localModel(name, model.base("work")) } : {};
  const settings = {
    github: { api_url: `memory:${join(stage.root, "github")}` },
    notify: "none",
    // The port of the person's own page is left alone.
    web: { port: 0 },
    agents: { ...pace, ...real },
  };
  // JSON is YAML.
  writeFileSync(join(stage.home, "config.yaml"), `${JSON.stringify(settings, null, 2)}\n`, { mode: 0o600 });
  if (model) lendCache(config, stage);
  return {
    name,
    sentence: model
      ? `Issue 41 is done by the real ${name}, which talks to a scripted model here; the rest by scripted agents.`
      : "The agents are scripted ones: real processes without a model.",
    stop: async () => model?.stop(),
  };
}

/** Copilot unpacks itself into a cache below its home, which takes long; the demo's home borrows the caller's. */
function lendCache(config: Config, stage: Stage): void {
  const theirs = join(config.env.home, ".cache", "copilot");
  const cache = join(stage.env.HOME ?? stage.root, ".cache");
  if (!existsSync(theirs)) return;
  mkdirSync(cache, { recursive: true });
  symlinkSync(theirs, join(cache, "copilot"));
}

const WORK: Script = [
  {
    sh: "test -f NOTES.md || printf '# Notes\\n\\n' >NOTES.md; echo '- an empty password is refused' >>NOTES.md",
  },
  { sh: "git add NOTES.md && git commit --quiet --message 'Refuse an empty password'" },
  { say: "Done and committed." },
];
