import type { Agent } from "../agents/agent.ts";
import type { World } from "../world.ts";
import type { Subject } from "./start.ts";
import type { Ready } from "./worktree.ts";

type Command = { readonly argv: readonly string[]; readonly env: Readonly<Record<string, string>> };
export type Walls = {
  readonly on: boolean;
  readonly warnings: readonly string[];
  readonly around: (command: Command) => Command;
};

export async function walled(_world: World, _subject: Subject, _ready: Ready, _agent: Agent): Promise<Walls> {
  return { on: false, warnings: [], around: (command) => command };
}
