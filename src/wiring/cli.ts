import type { Reply } from "../app/reply.ts";
import { print, printProblem } from "../cli/print.ts";
import { type Terminal, terminal } from "../cli/terminal.ts";
import { secretsOf } from "../config/secrets.ts";
import { type Config, loadConfig, processEnv } from "../config.ts";
import { COMMANDS } from "../domain/commands.ts";
import { type Parsed, parseLine } from "../domain/grammar.ts";
import { on } from "../domain/grammar-parsed.ts";
import { redact } from "../redact.ts";
import { armFaults } from "./faults.ts";
import { program } from "./program.ts";

/** The command line: words in, printed reply and exit code out. Help and the like need no home and no world. */
export async function main(words: readonly string[]): Promise<number> {
  const config = loadConfig({ ...processEnv(), program: program() }, { lenient: true });
  armFaults(config.env.all);
  const screen = terminal(config.env);
  const secrets = secretsOf(config);
  const options = { debug: config.env.debug, redact: (text: string) => redact(text, secrets) };
  try {
    const alone = words.length === 0 && screen.inTty && screen.outTty ? "dashboard" : "status";
    const parsed = parseLine(COMMANDS, words, { surface: "cli", alone });
    const reply = (await worldless(config, parsed, screen)) ?? (await worldly(config, parsed, screen));
    return await print(reply, screen, { ...options, json: on(parsed, "json") });
  } catch (error) {
    return printProblem(error, screen, options);
  }
}

/** These never come to the door that all others go through. */
const AT_HOME = /^(config set|demo)$/;

/** What works without a home, and with a broken one. */
async function worldless(config: Config, parsed: Parsed, screen: Terminal): Promise<Reply | null> {
  const { name } = parsed.command;
  if (parsed.help || name === "help") {
    const { commandHelp, helpReply } = await import("../cli/help.ts");
    if (parsed.help) return commandHelp(COMMANDS, name.split(" "));
    return parsed.args.command ? commandHelp(COMMANDS, parsed.args.command) : helpReply(COMMANDS);
  }
  if (name === "version") return (await import("./version.ts")).versionReply();
  if (AT_HOME.test(name)) (await import("../app/refuse-agents.ts")).refuseAgents(config, parsed);
  if (name.startsWith("config")) return (await import("./config-command.ts")).configReply(config, parsed);
  if (name === "completion") return (await import("./complete.ts")).completionReply(parsed);
  if (name === "__complete") return (await import("./complete.ts")).completeReply(config, parsed);
  if (name === "doctor") return (await import("./doctor.ts")).doctorCommand(config, parsed, screen);
  if (name === "demo") return (await import("./demo.ts")).demoReply(config, parsed);
  return null;
}

async function worldly(config: Config, parsed: Parsed, screen: Terminal): Promise<Reply> {
  const { runCommand } = await import("./run-command.ts");
  return runCommand(config, parsed, screen);
}
