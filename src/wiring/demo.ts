import { rmSync } from "node:fs";
import type { Reply } from "../app/reply.ts";
import { leaveTerminal } from "../app/terminal.ts";
import type { Config } from "../config.ts";
import type { Parsed } from "../domain/grammar.ts";
import { on, textFlag } from "../domain/grammar-parsed.ts";
import { onPath } from "../process/path.ts";
import { runHere } from "../process/quiet.ts";
import { stopChildren } from "../process.ts";
import { chosenAgent, type DemoAgent, setAgent } from "./demo-agent.ts";
import { strike } from "./demo-end.ts";
import { hands, type Parts, remark } from "./demo-hands.ts";
import { type Stage, setStage } from "./demo-stage.ts";
import { walk } from "./demo-walk.ts";

/**
 * `rally demo [--keep] [--agent A]`: the main job in a temporary home, each line typed a process of this very program.
 * Fails where anything does not come out as it should. Its processes are stopped and its folder is removed whatever
 * happens, Ctrl-C included; with `--keep` the folder stays.
 */
export async function demoReply(config: Config, parsed: Parsed): Promise<Reply> {
  const agent = chosenAgent(config, textFlag(parsed, "agent"));
  const parts = show(config, agent, on(parsed, "keep"));
  return { text: [], json: { agent }, stream: { how: "append", parts } };
}

async function* show(config: Config, agentName: string, keep: boolean): Parts {
  let from = Date.now();
  const interrupted = onSignals();
  let root = "";
  let stage: Stage | null = null;
  let agent: DemoAgent | null = null;
  try {
    stage = await setStage(config, (made) => {
      root = made;
    });
    agent = setAgent(config, stage, agentName);
    yield* walk(stage, hands(stage, config.program, interrupted.signal), agent);
    const walked = Date.now();
    if (process.stdin.isTTY && process.stdout.isTTY) yield* lookAround(config, stage);
    from += Date.now() - walked;
    yield remark("That was it. What still works is stopped.");
  } catch (error) {
    if (keep && stage && !interrupted.signal.aborted) yield remark(...kept(config, stage));
    throw error;
  } finally {
    if (stage) await strike(stage, hands(stage, config.program, new AbortController().signal));
    await agent?.stop();
    if (root !== "" && (!keep || !stage)) rmSync(root, { recursive: true, force: true });
    interrupted.raise();
  }
  const took = `Everything came out as it should, in ${Math.round((Date.now() - from) / 100) / 10} s.`;
  const rest = keep ? kept(config, stage) : [`${stage.root} is removed.`];
  yield remark(`${took} No process is left.`, ...rest);
}

/** As a shell counts: beyond it, the number of the signal. */
const ENDED_BY_SIGNAL = 128;

/** On a terminal, the dashboard of what was made, for as long as somebody wants to look. */
async function* lookAround(config: Config, stage: Stage): Parts {
  yield remark("Its dashboard comes next: look around, review, dispatch what is left. q ends the demo.");
  const code = await runHere([...config.program, "dashboard"], { cwd: stage.shop, env: stage.env });
  if (code <= ENDED_BY_SIGNAL) return;
  await leaveTerminal({ config }, code);
  yield remark("The dashboard was killed; the terminal is as it was before.");
}

/** How to look around in what is kept, and how to be rid of it. */
function kept(config: Config, stage: Stage): string[] {
  const rally = onPath("rally", config.env.path) ? "rally" : config.program.map(quoted).join(" ");
  return [
    "It is all kept. To look around:",
    `  RALLY_HOME=${quoted(stage.home)} ${rally} status`,
    "and to remove it:",
    `  rm -rf ${quoted(stage.root)}`,
  ];
}

function quoted(word: string): string {
  return /^[\w./:=@,+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

type Interrupted = { readonly signal: AbortSignal; raise(): void };

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** A signal ends the line that runs, so that the tidying begins at once; after it, the signal ends this process, too. */
function onSignals(): Interrupted {
  const stop = new AbortController();
  let by: NodeJS.Signals | null = null;
  for (const name of SIGNALS) {
    process.removeAllListeners(name);
    process.on(name, () => {
      by ??= name;
      stop.abort();
      stopChildren();
    });
  }
  return {
    signal: stop.signal,
    raise: () => {
      for (const name of SIGNALS) process.removeAllListeners(name);
      if (by) process.kill(process.pid, by);
    },
  };
}
