import { type Reply, said } from "../app/reply.ts";
import { type Candidate, complete, type Wanted } from "../cli/complete.ts";
import { dispatchCandidates } from "../cli/complete-dispatches.ts";
import { completionScript, type Shell } from "../cli/completion.ts";
import type { Config } from "../config.ts";
import { COMMANDS } from "../domain/commands.ts";
import type { Parsed } from "../domain/grammar.ts";
import { arg, args } from "../domain/grammar-parsed.ts";
import type { Store } from "../store/open.ts";

/** `rally completion <shell>`: what the shell reads once. */
export function completionReply(parsed: Parsed): Reply {
  const shell = (arg(parsed, "shell") ?? "bash") as Shell;
  const script = completionScript(shell);
  return said([{ verbatim: script }], { shell, script });
}

/**
 * `rally __complete <words…>`: asked at every press of Tab, so it writes nothing, makes nothing, and offers less where
 * the home cannot be read.
 */
export async function completeReply(config: Config, parsed: Parsed): Promise<Reply> {
  const lines = await complete(COMMANDS, args(parsed, "words"), (wanted) => lookup(config, wanted));
  return said([{ verbatim: lines.map((line) => `${line}\n`).join("") }], lines);
}

/** What there is of it now, as this machine knows it; asked by the shells and by the palette. */
export async function lookup(config: Config, wanted: Wanted): Promise<readonly Candidate[]> {
  switch (wanted) {
    case "agent": {
      const { agentNames } = await import("../agents/registry.ts");
      return plain(agentNames(config));
    }
    case "setting": {
      const { SETTINGS } = await import("../config/settings.ts");
      const ofAgents = Object.keys(config.origin).filter((key) => key.startsWith("agents."));
      return plain([...Object.keys(SETTINGS), ...ofAgents]);
    }
    case "dispatch":
      return fromStore(config, dispatches);
    case "project":
      return fromStore(config, projects);
    // What could be dispatched only GitHub knows, and nobody waits for that at a press of Tab.
    case "target":
      return [];
  }
}

async function fromStore(
  config: Config,
  read: (store: Store) => Promise<readonly Candidate[]>,
): Promise<readonly Candidate[]> {
  const { readStore } = await import("../store/open.ts");
  const store = readStore(config.home);
  try {
    return await read(store);
  } finally {
    store.close();
  }
}

async function dispatches(store: Store): Promise<readonly Candidate[]> {
  const { dispatchNames } = await import("../store/names.ts");
  return dispatchCandidates(dispatchNames(store));
}

async function projects(store: Store): Promise<readonly Candidate[]> {
  const read = await import("../store/read.ts");
  return read.projects(store).map((row) => ({ value: row.repo ?? row.name, help: row.path }));
}

function plain(values: readonly string[]): Candidate[] {
  return values.map((value) => ({ value, help: "" }));
}
