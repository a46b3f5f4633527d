import type { Block, Reply, Row } from "../app/reply.ts";
import { tone } from "../app/reply.ts";
import { type Arg, type Command, type Flag, type Surface, usage, valueName } from "../domain/command.ts";
import { GLOBAL_FLAGS } from "../domain/commands.ts";
import { nearest } from "../domain/grammar-nearest.ts";
import { Problem } from "../domain/problem.ts";

/** `rally --help`: every command in a line, by what it is for. */
export function helpReply(declared: readonly Command[], surface: Surface = "cli"): Reply {
  const shown = declared.filter((command) => !command.hidden && command.surfaces.includes(surface));
  const rows = GROUPS.flatMap(([group, title]): Row[] => {
    const of = shown.filter((command) => command.group === group);
    if (of.length === 0) return [];
    return [{ heading: "" }, { heading: [tone(title, "strong")] }, ...of.map(commandRow)];
  });
  const text: Block[] = [
    "Rally hands issues and pull requests to agents, each in a worktree of its own.",
    "",
    [tone("usage  ", "dim"), "rally <command> [flags]"],
    { table: { columns: COLUMNS, rows } },
    "",
    "<d> is a dispatch: its number 7, or #42, owner/repo#42, pr#12 where that is one.",
    "Everything takes --project <name|owner/repo>, -C <dir>, --json, --help.",
    ["More: ", tone("rally help <command>", "accent")],
  ];
  return { text, json: shown.map(commandJson) };
}

/** `rally help <command>`. Throws Problem `usage` for one that is not there. */
export function commandHelp(declared: readonly Command[], words: readonly string[]): Reply {
  const name = words.join(" ");
  const command = declared.find((candidate) => candidate.name === name);
  const inner = declared.filter((candidate) => candidate.name.startsWith(`${name} `));
  if (!command && inner.length === 0) throw unknownCommand(declared, name);
  if (!command)
    return {
      text: [{ table: { columns: COLUMNS, rows: inner.map(commandRow) } }],
      json: inner.map(commandJson),
    };
  const text: Block[] = [
    `${command.summary}.`,
    ...(command.more ? ["", command.more] : []),
    "",
    [tone("usage", "strong")],
    ...[command, ...inner].map(usageBlock),
    "",
    [tone("flags", "strong")],
    { table: { columns: COLUMNS, rows: [...command.flags, ...GLOBAL_FLAGS].map(flagRow) } },
    "",
    [tone("examples", "strong")],
    ...command.examples.map((example) => [tone(`  ${example}`, "accent")] as const),
  ];
  return { text, json: commandJson(command) };
}

function unknownCommand(declared: readonly Command[], name: string): Problem {
  const near = nearest(
    name,
    declared.filter((command) => !command.hidden).map((command) => command.name),
  );
  const meant = near ? `; did you mean ${near}?` : ".";
  return new Problem("usage", `There is no command "${name}"${meant}`, {
    hint: near ? `rally help ${near}` : "rally help",
  });
}

const GROUPS: readonly (readonly [Command["group"], string])[] = [
  ["work", "hand out work"],
  ["look", "look"],
  ["ship", "ship"],
  ["tidy", "tidy up"],
  ["home", "set up and run"],
  ["agents", "for agents, in their worktree"],
];

const COLUMNS = [{}, { min: 24, wrap: true }] as const;

function usageBlock(command: Command): Block {
  const hang = `  rally ${command.name} `.length;
  return { table: { columns: [], rows: [{ below: usage(command), indent: 2, hang }] } };
}

function commandRow(command: Command): Row {
  const words = [command.name, ...command.args.map(argName)].join(" ");
  return [`  ${words}`, command.summary];
}

function argName(arg: Arg): string {
  const name = arg.kind === "text" ? `"${arg.name}"` : `<${arg.name}>`;
  const many = arg.many ? `${name}…` : name;
  return arg.optional ? `[${many}]` : many;
}

function flagRow(flag: Flag): Row {
  const name = flag.no === "only" ? `--no-${flag.name}` : `--${flag.name}`;
  const both = flag.no === "also" ? `${name}, --no-${flag.name}` : name;
  const short = flag.short ? `-${flag.short}, ` : "    ";
  return [`  ${short}${both}${flag.type === "switch" ? "" : ` ${valueName(flag)}`}`, flag.help];
}

function commandJson(command: Command) {
  const { name, summary, role, reads, examples } = command;
  const flags = command.flags.map((flag) => ({ name: flag.name, type: flag.type, help: flag.help }));
  return { name, usage: usage(command), summary, role, reads, flags, examples };
}
