import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { changing } from "../files.ts";

/** How a hook says no: a JSON answer (copilot) or exit code 2 with the reason on stderr (claude). */
export type GateStyle = "json" | "exit";

/**
 * Writes the hook that an agent asks before each tool, and returns the command line that runs it. It sees through
 * `bash -c`, `env`, `$(which git)`, `git -C . push`: what a list of names alone lets pass. It is a help, no wall: a
 * script file, another language or a word in two pieces still passes.
 */
export function writeGate(runDir: string, denied: readonly string[], style: GateStyle): string {
  const path = join(runDir, "gate.sh");
  changing(path, () => {
    mkdirSync(runDir, { recursive: true });
    writeFileSync(path, gateScript(denied, style), { mode: 0o700 });
  });
  return `sh ${quote(path)}`;
}

function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/** POSIX sh: reads the hook's JSON on stdin and refuses it when a denied command stands where a command can stand. */
function gateScript(denied: readonly string[], style: GateStyle): string {
  const reason = "Rally's policy refuses this command: nothing leaves this machine without a person.";
  const refuse =
    style === "json"
      ? `printf '%s\\n' '${JSON.stringify({ permissionDecision: "deny", permissionDecisionReason: reason.replaceAll("'", "’") })}'; exit 0`
      : `printf '%s\\n' ${quote(reason)} >&2; exit 2`;
  return [
    "#!/bin/sh",
    `# Refused: ${denied.join(", ")}.`,
    "input=$(cat) || exit 0",
    `printf '%s' "$input" | LC_ALL=C grep -Eq ${quote(FILE_TOOL)} && exit 0`,
    `if printf '%s' "$input" | LC_ALL=C tr '\\n' ' ' | LC_ALL=C grep -Eq ${quote(pattern(denied))}; then`,
    `  ${refuse}`,
    "fi",
    "exit 0",
    "",
  ].join("\n");
}

/** Tools that write or read files: a document that speaks of `git push` runs nothing. */
const FILE_TOOL =
  '"tool_?[nN]ame" *: *"(create|edit|write|multi_?edit|notebook_?edit|apply_patch|str_replace[a-z_]*|view|read|Write|Edit|MultiEdit|NotebookEdit|Read)"';

/**
 * Where a command can stand: at the start of a JSON string, after an operator, a newline (`\n` in JSON), a quote after
 * `-c`, or a command that runs another. Between a command's words, options may stand. A POSIX extended expression.
 */
function pattern(denied: readonly string[]): string {
  const space = "([ \t]|\\\\[nt])";
  const start = `(: *\\\\*"|[;&|(\`{]|\\$\\(|\\\\n|-[a-z]*c${space}+\\\\?["'])`;
  const carrier =
    "((command|env|exec|sudo|nohup|nice|time|xargs|builtin|eval|setsid|then|do|else|which|timeout)([ \t]+([-+0-9][^ \t]*|[A-Za-z_]+=[^ \t]*))*[ \t]+|[A-Za-z_]+=[^ \t]*[ \t]+)*";
  const names = denied.map((name) => {
    const [first = "", ...rest] = name.split(" ").map(escaped);
    const option = "([ \t]+(-[cC][ \t]+[^ \t]+|-[^ \t]+))*";
    return [`${first}[)"'\`\\\\]*`, ...rest].join(`${option}[ \t]+`);
  });
  const end = "([ \t\"';&|)`<>\\\\]|$)";
  return `${start}[ \t]*${carrier}(\\$\\((which|command -v)[ \t]+|[^ \t"';&|]*/)?(${names.join("|")})${end}`;
}

function escaped(word: string): string {
  return word.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&").replaceAll("\\/", "/");
}
