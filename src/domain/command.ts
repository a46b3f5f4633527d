/** Who may say it: viewer reads, operator works, admin does the rest. */
const ROLES = ["viewer", "operator", "admin"] as const;
export type Role = (typeof ROLES)[number];

/** `cli`: a shell's words; `chat` and `palette`: a line, whose text argument is its raw rest. */
const SURFACES = ["cli", "chat", "palette"] as const;
export type Surface = (typeof SURFACES)[number];

export type Arg = {
  readonly name: string;
  /** `text` is one word in a shell and the raw rest of the line elsewhere. The others say what can be completed. */
  readonly kind: "dispatch" | "target" | "project" | "path" | "command" | "setting" | "word" | "text";
  readonly optional?: true;
  /** Takes all words that are left; only the last. */
  readonly many?: true;
  readonly of?: readonly string[];
};

export type Flag = {
  readonly name: string;
  readonly short?: string;
  /** `switch` has no value. `list` may be given again. */
  readonly type: "switch" | "text" | "number" | "list";
  /** What stands for the value in the usage. */
  readonly value?: string;
  readonly of?: readonly string[];
  /** `--no-<name>`: `also` beside the plain one, `only` where that is the default. */
  readonly no?: "also" | "only";
  readonly help: string;
  /** Flags that say the opposite, or another thing: given together, they are refused. */
  readonly not?: readonly string[];
  /** Reads or opens something on the machine where Rally runs, so it is for a shell alone. */
  readonly shell?: true;
  /** The role that it needs, where that is more than its command's. */
  readonly role?: Role;
  /** With it, a command that only reads does more. */
  readonly writes?: true;
  readonly later?: true;
};

export type Command = {
  /** The words that it is called by: `status`, `dispatch pr`. */
  readonly name: string;
  readonly args: readonly Arg[];
  readonly flags: readonly Flag[];
  /** One line, no full stop. */
  readonly summary: string;
  readonly more?: string;
  readonly examples: readonly string[];
  readonly group: "work" | "look" | "ship" | "tidy" | "home" | "agents";
  readonly role: Role;
  /** Changes nothing that matters, so an agent's run may call it. */
  readonly reads: boolean;
  /** For an agent in its worktree. */
  readonly agents?: true;
  readonly surfaces: readonly Surface[];
  readonly hidden?: true;
  /** Its room is not built yet: declared, not listed. */
  readonly later?: true;
  /** All that follows is arguments, flags included. */
  readonly raw?: true;
};

/** `rally dispatch pr <n>… [--agent A] …`, without the flags that all have. */
export function usage(command: Command): string {
  const args = command.args.map(argUsage);
  const flags = command.flags.map((flag) => `[${flagUsage(flag)}]`);
  return [`rally ${command.name}`, ...args, ...flags].join(" ");
}

function argUsage(arg: Arg): string {
  const name = arg.of ? arg.of.join("|") : arg.kind === "text" ? `"<${arg.name}>"` : `<${arg.name}>`;
  const many = arg.many ? `${name}…` : name;
  return arg.optional ? `[${many}]` : many;
}

/** `-f, --follow` is written `--follow` here; the help has both. */
function flagUsage(flag: Flag): string {
  const plain = flag.type === "switch" ? `--${flag.name}` : `--${flag.name} ${valueName(flag)}`;
  if (flag.no === "only") return `--no-${flag.name}`;
  return flag.no === "also" ? `${plain}|--no-${flag.name}` : plain;
}

export function valueName(flag: Flag): string {
  return flag.of ? flag.of.join("|") : (flag.value ?? flag.name.toUpperCase());
}

/** Whether a run's agent may call it: what only reads, and what is made for agents (safety: nothing ships without a human). */
export function allowedInRun(command: Command, flags: Readonly<Record<string, unknown>>): boolean {
  if (command.agents) return true;
  return command.reads && !command.flags.some((flag) => flag.writes && Object.hasOwn(flags, flag.name));
}

/** The role that a line needs: its command's, or a flag's where that is more. */
export function roleOf(command: Command, flags: Readonly<Record<string, unknown>>): Role {
  const needed = command.flags.filter((flag) => flag.role && Object.hasOwn(flags, flag.name));
  const ranks = [command.role, ...needed.map((flag) => flag.role ?? command.role)].map((role) =>
    ROLES.indexOf(role),
  );
  return ROLES[Math.max(...ranks)] ?? "admin";
}
