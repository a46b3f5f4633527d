import { ATTENTION_CODES } from "../../src/domain/attention.ts";
import { DISPLAY_RULES, ICONS } from "../../src/domain/display.ts";
import { PROBLEMS } from "../../src/domain/problem.ts";
import { DISPATCH_TABLE, RUN_TABLE } from "../../src/domain/tables.ts";
import { DECLARABLE_STAGES, STAGES } from "../../src/domain/words.ts";
import { INVARIANTS, LATER, testsOfInvariants } from "./invariants.ts";
import { agentNames, commandNames } from "./names.ts";

/** The parts of ARCHITECTURE.md that the code writes: the name between its markers, and what stands there. */
export async function sections(): Promise<Record<string, string>> {
  return {
    run: steps(RUN_TABLE),
    dispatch: steps(DISPATCH_TABLE),
    display: table(
      ["#", "display", "when (the first that holds)"],
      DISPLAY_RULES.map((rule, i) => [`${i + 1}`, `${ICONS[rule.display]} ${rule.display}`, rule.says]),
    ),
    invariants: await invariants(),
    words: [
      `Stages: ${STAGES.map(code).join(" < ")} (declared by workers: ${DECLARABLE_STAGES.map(code).join(", ")}).`,
      `Attention: ${ATTENTION_CODES.map(code).join(", ")}.`,
      `Problems and exit codes: ${Object.entries(PROBLEMS)
        .map(([name, { exit }]) => `${code(name)} ${exit}`)
        .join(", ")}; a bug 70; Ctrl-C 130.`,
      `Commands: ${list(await commandNames())}.`,
      `Agents: ${list(await agentNames())}.`,
    ].join("\n\n"),
  };
}

const BEGIN = (name: string): string => `<!-- generated ${name} -->`;
const END = "<!-- end -->";

/** The document with each generated part put in its place. Throws where a marker is missing. */
export function fill(document: string, parts: Record<string, string>): string {
  let filled = document;
  for (const [name, text] of Object.entries(parts)) {
    const begin = filled.indexOf(BEGIN(name));
    const end = filled.indexOf(END, begin);
    if (begin < 0 || end < 0) throw new Error(`There is no place for "${name}".`);
    filled = `${filled.slice(0, begin)}${BEGIN(name)}\n${text}\n${filled.slice(end)}`;
  }
  return filled;
}

async function invariants(): Promise<string> {
  const tests = await testsOfInvariants();
  const all = Object.entries(INVARIANTS).map(([number, text]) => ({
    number,
    text,
    paths: tests.get(Number(number)) ?? [],
    later: LATER.includes(Number(number)),
  }));
  const where = (paths: readonly string[]): string =>
    paths.map((path) => code(path.replace(/^test\//, ""))).join(", ") || "not yet";
  const rows = all.filter(({ paths, later }) => !later || paths.length > 0);
  const rest = all.filter((each) => !rows.includes(each)).map(({ number, text }) => `${number} ${text}`);
  return [
    table(
      ["#", "what always holds", "tested in `test/`"],
      rows.map(({ number, text, paths }) => [number, text, where(paths)]),
    ),
    ...(rest.length > 0 ? [`\nWith the board: ${rest.join("; ")}.`] : []),
  ].join("\n");
}

type Step = { on: string; from: readonly (string | null)[]; to: string | null; who: string };

function steps(rows: readonly Step[]): string {
  const state = (name: string | null): string => name ?? "∅";
  return table(
    ["event", "from", "to", "who"],
    rows.map((row) => [code(row.on), row.from.map(state).join(", "), state(row.to), row.who]),
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

function code(name: string): string {
  return `\`${name}\``;
}

function list(names: readonly string[]): string {
  return names.length > 0 ? names.map(code).join(", ") : "none yet";
}
