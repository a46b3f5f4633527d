import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { examine } from "../app/doctor.ts";
import { refuseAgents } from "../app/refuse-agents.ts";
import type { Reply } from "../app/reply.ts";
import { progress } from "../cli/progress.ts";
import type { Terminal } from "../cli/terminal.ts";
import type { Config } from "../config.ts";
import type { Parsed } from "../domain/grammar.ts";
import { textFlag } from "../domain/grammar-parsed.ts";
import { Problem } from "../domain/problem.ts";
import { setGitEnvironment } from "../git/environment.ts";
import type { Log } from "../log.ts";
import { openStore, type Store } from "../store/open.ts";
import { asking } from "./ask-chat.ts";

/** `rally doctor`: with a broken config, a damaged or newer database, a read-only home, and without any home. */
export async function doctorCommand(config: Config, parsed: Parsed, screen: Terminal): Promise<Reply> {
  refuseAgents(config, parsed);
  setGitEnvironment(config.env.all);
  const store = opened(config);
  const file = textFlag(parsed, "backup");
  const from = resolve(config.env.cwd, textFlag(parsed, "dir") ?? ".");
  const shows = progress(screen);
  shows.say("looking at the machine, the home, the agents, GitHub and the projects");
  try {
    return await examine(
      { config, store, now: () => Date.now(), log: SILENT, ask: asking(config, SILENT) },
      file === null ? null : resolve(from, file),
    );
  } finally {
    shows.done();
    if (store !== null && !(store instanceof Problem)) store.close();
  }
}

/** What it has to say, it says. */
const SILENT: Log = { debug: () => {}, warn: () => {}, error: () => {} };

/** A look at a machine makes no home on it. */
function opened(config: Config): Store | Problem | null {
  if (!existsSync(join(config.home, "rally.db"))) return null;
  try {
    return openStore(config.home, { readOnly: true });
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}
