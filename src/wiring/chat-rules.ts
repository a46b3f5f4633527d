import { statSync } from "node:fs";
import type { Rules } from "../../bots/bot.ts";
import { type Config, loadConfig } from "../config.ts";

/**
 * What the configuration says of chats, read again when its file has changed: who is taken off a list is off it at once.
 * Null, which is said, while it cannot be read: then nobody may.
 */
export function chatRules(config: Config, say: (line: string) => void): Rules {
  let [seen, rules]: [string | null, ReturnType<Rules>] = [null, null];
  return () => {
    const now = stampOf(config.path);
    if (now === seen) return rules;
    seen = now;
    const { env, program } = config;
    const read = loadConfig({ env: env.all, cwd: env.cwd, program }, { lenient: true });
    rules = read.problem === null ? read.chat : null;
    if (read.problem !== null)
      say(`warning: ${read.problem.message} Until it can be read nobody may do anything in a chat.`);
    return rules;
  };
}

/** Another one for each content; `config set` writes a new file. */
function stampOf(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false, bigint: true });
  return stat ? `${stat.ino} ${stat.size} ${stat.mtimeNs} ${stat.ctimeNs}` : "";
}
