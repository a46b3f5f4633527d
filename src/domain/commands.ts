import type { Command, Flag } from "./command.ts";
import { HOME_COMMANDS } from "./commands-home.ts";
import { LOOK_COMMANDS } from "./commands-look.ts";
import { WORK_COMMANDS } from "./commands-work.ts";

/** Every command of every surface, one declaration each; those whose room is not built yet included. */
export const DECLARED: readonly Command[] = [...WORK_COMMANDS, ...LOOK_COMMANDS, ...HOME_COMMANDS];

/** What can be typed today. */
export const COMMANDS: readonly Command[] = DECLARED.filter((command) => !command.later).map((command) => ({
  ...command,
  flags: command.flags.filter((flag) => !flag.later),
}));

/** Flags that every command takes. */
export const GLOBAL_FLAGS: readonly Flag[] = [
  { name: "project", type: "text", value: "NAME", help: "the project: its name, or owner/repo" },
  {
    name: "dir",
    short: "C",
    type: "text",
    value: "DIR",
    shell: true,
    help: "act as if started in this folder",
  },
  { name: "json", type: "switch", shell: true, help: "print JSON" },
  { name: "help", short: "h", type: "switch", help: "say what the command does" },
];
