import { loadConfig, processEnv } from "../config.ts";
import { Problem } from "../domain/problem.ts";
import { configured, type PlatformName, runOne } from "./bots.ts";
import { armFaults } from "./faults.ts";
import { program } from "./program.ts";
import { makeWorld } from "./world.ts";

const NEEDS: Readonly<Record<PlatformName, string>> = {
  slack: "SLACK_BOT_TOKEN and SLACK_APP_TOKEN",
  telegram: "TELEGRAM_BOT_TOKEN",
};

/** `bun run bots/slack`: one bot by itself, until Ctrl-C. Gives the exit code. */
export async function botAlone(name: PlatformName): Promise<number> {
  const say = (line: string) => void process.stderr.write(`${line}\n`);
  try {
    const config = loadConfig({ ...processEnv(), program: program() });
    armFaults(config.env.all);
    if (!configured(config).includes(name))
      throw new Problem("config", `${name} has no token.`, {
        hint: `set ${NEEDS[name]}, or rally config set chat.${name}.bot_token <token>; see docs/${name}.md`,
      });
    const stop = new AbortController();
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());
    const world = makeWorld(config);
    const end = await runOne(world, name, { say, signal: stop.signal });
    world.store.close();
    return end === "stopped" ? 0 : 1;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    say(error.message);
    if (error.hint) say(`hint: ${error.hint}`);
    return error.exit;
  }
}
