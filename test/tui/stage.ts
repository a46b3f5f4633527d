import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadConfig, processEnv } from "../../src/config.ts";
import { strike } from "../../src/wiring/demo-end.ts";
import { hands } from "../../src/wiring/demo-hands.ts";
import { type Stage, setStage } from "../../src/wiring/demo-stage.ts";

export const RALLY = [
  process.execPath,
  "--no-env-file",
  "--config=/dev/null",
  join(import.meta.dir, "../../src/main.ts"),
];

export type Theatre = {
  readonly stage: Stage;
  /** Runs a line and gives what it printed; throws where it fails. */
  readonly types: (...words: readonly string[]) => Promise<string>;
  /** Waits until each dispatch is shown so, for a bounded time. */
  readonly waits: (wanted: Parameters<ReturnType<typeof hands>["waits"]>[0]) => Promise<unknown>;
  /** No process and no file of it is left. */
  readonly end: () => Promise<void>;
};

/** The demo's shop in a folder of its own: a repository, a stand-in for GitHub, scripted agents. Nothing is dispatched yet. */
export async function theatre(paceSeconds = 0.2): Promise<Theatre> {
  const config = loadConfig(processEnv(), { lenient: true });
  const stage = await setStage(config, () => undefined);
  const settings = {
    github: { api_url: `memory:${join(stage.root, "github")}` },
    notify: "none",
    ask_trust: "never",
    sandbox: { kind: "none" },
    web: { port: 0 },
    agents: { scripted: { env: { RALLY_SCRIPTED_PACE: String(paceSeconds) } } },
  };
  writeFileSync(join(stage.home, "config.yaml"), JSON.stringify(settings), { mode: 0o600 });
  const doing = hands(stage, RALLY, new AbortController().signal);
  return {
    stage,
    types: async (...words) => {
      const done = await doing.quietly(words);
      if (done.code !== 0)
        throw new Error(`rally ${words.join(" ")}: ${done.code}\n${done.stdout}${done.stderr}`);
      return done.stdout;
    },
    waits: doing.waits,
    end: async () => {
      try {
        await strike(stage, doing);
      } finally {
        rmSync(stage.root, { recursive: true, force: true });
      }
    },
  };
}

/** Agents of every mood: one ready, one at work, one that crashed, one that asks, one that changed nothing, one silent. */
export async function fill({ types, waits }: Theatre): Promise<void> {
  await types("onboard", ".", "--agent", "scripted");
  const moods = { 41: "finish", 42: "slow", 43: "crash", 44: "ask", 45: "nothing", 46: "hang" };
  for (const [number, mood] of Object.entries(moods)) await types("dispatch", number, "--model", mood);
  await waits({ 1: "ready", 2: "working", 3: "needs_you", 4: "asking", 5: "needs_you", 6: "working" });
}
