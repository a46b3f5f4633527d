import { readFileSync, realpathSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { type Place, place } from "./place.ts";
import { matches, parse, type Step } from "./transcript.ts";

const STEP_MS = 40_000;

export type Said = { readonly out: string; readonly err: string; readonly exit: number };

/** Where the typing goes on: what `cd` and `export` changed is kept from line to line. */
type Shell = { cwd: string; env: Record<string, string> };

/**
 * Types a transcript into a fresh place, line by line, and stops at the first line that does not come back as it
 * should: gives that one, in words; null when all did.
 */
export async function play(file: string): Promise<string | null> {
  return inPlace(async (at, shell) => {
    for (const step of parse(readFileSync(file, "utf8"))) {
      const said = await type(shell, step.command);
      if (asExpected(at, step, said)) continue;
      return `${file}:${step.line}\n${shown(at, step, said)}--- expected\n${wanted(step)}`;
    }
    return null;
  });
}

/** The same file with what came back today in it, what differs from day to day made a pattern. To be read before it is kept. */
export async function written(file: string): Promise<string> {
  const text = readFileSync(file, "utf8");
  const lines = text.split("\n");
  return inPlace(async (at, shell) => {
    let to = "";
    for (const step of parse(text)) {
      to += comments(lines, step.line - 2);
      const said = await type(shell, step.command);
      const kept = asExpected(at, step, said);
      to += kept ? `$ ${step.command}\n${wanted(step)}` : patterned(shown(at, step, said));
      if (!to.endsWith("\n\n")) to += "\n";
    }
    return `${to.trimEnd()}\n`;
  });
}

/** The comment that ends at a line. */
function comments(lines: readonly string[], last: number): string {
  let at = last;
  while (at >= 0 && (lines[at] === "" || lines[at]?.startsWith("# "))) at -= 1;
  const found = lines.slice(at + 1, last + 1).filter((line) => line !== "");
  return found.length > 0 ? `${found.join("\n")}\n\n` : "";
}

function patterned(text: string): string {
  return text
    .replace(/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, "[uuid]")
    .replace(/\b\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?Z?/g, "[time]")
    .replace(/\b(?=[0-9]*[a-f])(?=[a-f]*[0-9])[0-9a-f]{7,40}\b/g, "[sha]")
    .replace(/(?<![\w-])\d+s\b/g, "[age]")
    .replace(/\b(pid|process) \d+/g, "$1 [n]");
}

async function inPlace<T>(work: (at: Place, shell: Shell) => Promise<T>): Promise<T> {
  const at = await place();
  try {
    return await work(at, { cwd: at.repo, env: { ...at.env } });
  } finally {
    at.close();
  }
}

function asExpected(at: Place, step: Step, said: Said): boolean {
  return (
    said.exit === step.exit &&
    matches(step.out, named(at, said.out)) &&
    matches(step.err, named(at, said.err))
  );
}

async function type(shell: Shell, command: string): Promise<Said> {
  const cd = /^cd (\S+)$/.exec(command)?.[1];
  const set = /^export (\w+)=(.*)$/.exec(command);
  const value = (text: string) => text.replace(/\$(\w+)/g, (_, name: string) => shell.env[name] ?? "");
  if (cd) shell.cwd = resolve(shell.cwd, value(cd));
  else if (set?.[1]) shell.env[set[1]] = value(set[2] ?? "");
  else return spawn(shell, command);
  return { out: "", err: "", exit: 0 };
}

async function spawn(shell: Shell, command: string): Promise<Said> {
  const child = Bun.spawn(["sh", "-c", command], {
    cwd: shell.cwd,
    env: shell.env,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    timeout: STEP_MS,
    killSignal: "SIGKILL",
  });
  const [out, err, exit] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { out, err, exit };
}

/** Folders by their names, whichever they are today. */
function named(at: Place, text: string): string {
  return [at.dir, realpathSync(at.dir)].reduce((said, dir) => said.replaceAll(dir, "$TOP"), text);
}

function shown(at: Place, step: Step, said: Said): string {
  const err = named(at, said.err)
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => `2> ${line}\n`);
  const exit = said.exit === 0 ? "" : `? ${said.exit}\n`;
  const out = named(at, said.out).trimEnd();
  return `$ ${step.command}\n${out}${out === "" ? "" : "\n"}${err.join("")}${exit}\n`;
}

function wanted(step: Step): string {
  const exit = step.exit === 0 ? "" : `? ${step.exit}\n`;
  const out = step.out.join("\n").trimEnd();
  return `${out}${out === "" ? "" : "\n"}${step.err.map((line) => `2> ${line}\n`).join("")}${exit}`;
}

if (import.meta.main) {
  const [how, ...files] = Bun.argv.slice(2);
  for (const file of files)
    if (how === "write") writeFileSync(file, await written(file));
    else process.stdout.write(`${(await play(file)) ?? `${file}: as expected`}\n`);
}
