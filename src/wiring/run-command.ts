import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Handlers, handleParsed } from "../app/handle.ts";
import type { Reply } from "../app/reply.ts";
import { cleanLine } from "../cli/clean.ts";
import { progress } from "../cli/progress.ts";
import type { Terminal } from "../cli/terminal.ts";
import type { Config } from "../config.ts";
import type { Parsed } from "../domain/grammar.ts";
import { imported } from "../store/imported.ts";
import type { World } from "../world.ts";
import { makeWorld } from "./world.ts";

/** Commands that are wired to more rooms than the others. */
const WIRED: Handlers = {
  up: async () => (await import("./up.ts")).upCommand,
  down: async () => (await import("./up.ts")).downCommand,
  dashboard: async () => (await import("./dashboard.ts")).dashboardCommand,
  "chat test": async () => (await import("./chat-test.ts")).chatTest,
  open: async () => (await import("./open.ts")).openCommand,
};

/** SQLite blocks the screen while it waits, so the dashboard asks again instead. */
const DASHBOARD_BUSY_MS = 150;

/** Handles one parsed line in the real world, and leaves nothing of the progress line behind. */
export async function runCommand(config: Config, parsed: Parsed, screen: Terminal): Promise<Reply> {
  if (config.problem) throw config.problem;
  const world = makeWorld(config, {
    readOnly: parsed.command.reads,
    ...(parsed.command.name === "dashboard" ? { busyMs: DASHBOARD_BUSY_MS } : {}),
  });
  await takeOver(world, parsed, screen);
  const shows = progress(screen);
  try {
    const asker = screen.inTty && screen.errTty ? (await import("../cli/ask.ts")).terminalAsk(screen) : null;
    return await handleParsed(
      world,
      parsed,
      {
        actor: `cli:${config.env.user}`,
        surface: "cli",
        cwd: config.env.cwd,
        asker: asker && pausing(asker, shows.done),
        progress: shows.say,
      },
      WIRED,
    );
  } finally {
    shows.done();
  }
}

/** What an earlier Rally left in the home is taken over by the first command that a person types; it costs two looks. */
async function takeOver(world: World, parsed: Parsed, screen: Terminal): Promise<void> {
  const { home, env } = world.config;
  if (parsed.command.agents || env.run !== null) return;
  if (!existsSync(join(home, "projects.yaml")) && !existsSync(join(home, "active.yaml"))) return;
  if (imported(world.store)) return;
  const { importEarlier } = await import("../app/import.ts");
  for (const line of await importEarlier(world)) screen.err(`${cleanLine(line)}\n`);
}

type Asker = ReturnType<typeof import("../cli/ask.ts").terminalAsk>;

/** The progress line makes room for a question. */
function pausing(ask: Asker, pause: () => void): Asker {
  return {
    confirm: (question, options) => {
      pause();
      return ask.confirm(question, options);
    },
    pick: (question, choices, options) => {
      pause();
      return ask.pick(question, choices, options);
    },
  };
}
