/** One thing typed, and what comes back. */
export type Step = {
  /** Of the command in its file, from 1. */
  readonly line: number;
  readonly command: string;
  readonly out: readonly string[];
  readonly err: readonly string[];
  readonly exit: number;
};

/** What the names in brackets stand for; everything else in an expected line is itself. */
const WILD: Readonly<Record<string, string>> = {
  /** How a run that has just been asked for stands: a fast one has ended, or asked, before the answer is printed. */
  moment: "(?:⏳ scripted working|❓ needs your answer|🟡 ready for review|🔴 failed: needs you)",
  /** What a run that is at work has come to: its stage once it has said one, what has changed so far, its age. */
  progress: "(?:~?(?:setup|coding|closeout) \\d+[smhd] )?(?:\\+\\d+ −\\d+\\*? )?\\d+[smhd]",
  sha: "[0-9a-f]{7,40}",
  age: "\\d+[smhd]",
  n: "\\d+",
  time: "\\d{4}-\\d\\d-\\d\\d[ T]\\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)?Z?",
  uuid: "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
};

/**
 * `$ ` what is typed, then its standard output as it stands; `2> ` a line of standard error, `? ` an exit code other
 * than 0. A line `...` stands for any lines. Comments (`# `) stand at the beginning or after an empty line.
 */
export function parse(text: string): Step[] {
  const steps: Step[] = [];
  let step: { line: number; command: string; out: string[]; err: string[]; exit: number } | null = null;
  let after = true;
  for (const [index, line] of text.split("\n").entries()) {
    if (line.startsWith("$ ")) {
      step = { line: index + 1, command: line.slice(2), out: [], err: [], exit: 0 };
      steps.push(step);
    } else if (line.startsWith("# ") && after) step = null;
    else if (step && line.startsWith("2> ")) step.err.push(line.slice(3));
    else if (step && /^\? \d+$/.test(line)) step.exit = Number(line.slice(2));
    else if (step) step.out.push(line);
    after = line === "" || step === null;
  }
  return steps;
}

/** Whether lines came back as expected; runs of spaces count as one, because columns are as wide as what is in them. */
export function matches(expected: readonly string[], said: string): boolean {
  const wanted = trimmed(expected.map(plain));
  const pattern = wanted.map((line) => (line === "..." ? "(?:.*\\n)*?" : `${lineOf(line)}\\n`)).join("");
  const lines = trimmed(said.split("\n").map(plain));
  return new RegExp(`^${pattern}$`).test(lines.map((line) => `${line}\n`).join(""));
}

function lineOf(line: string): string {
  return line
    .split(/\[([a-z]+)\]/)
    .map((part, index) => (index % 2 === 0 ? escaped(part) : (WILD[part] ?? escaped(`[${part}]`))))
    .join("");
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}

function plain(line: string): string {
  return line.replace(/\s+/g, " ").trim();
}

function trimmed(lines: readonly string[]): string[] {
  const kept = [...lines];
  while (kept.at(-1) === "") kept.pop();
  while (kept[0] === "") kept.shift();
  return kept;
}
