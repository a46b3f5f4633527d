import type { Step } from "./step.ts";

/** A tool call as the model would make it. `text` is set for tools that take free text in place of JSON. */
export type Call = {
  readonly name: string;
  readonly input: Record<string, unknown>;
  readonly text: string | null;
};

export type Answer = { readonly call: Call } | { readonly say: string };

type Shape = (step: { readonly sh: string }) => Record<string, unknown>;
type FileShape = (path: string, content: string) => Record<string, unknown>;

const SHELLS: Readonly<Record<string, Shape>> = {
  bash: ({ sh }) => ({ command: sh, description: "A scripted step" }),
  Bash: ({ sh }) => ({ command: sh, description: "A scripted step" }),
  exec_command: ({ sh }) => ({ cmd: sh, yield_time_ms: 20_000 }),
  shell_command: ({ sh }) => ({ command: sh }),
  shell: ({ sh }) => ({ command: ["bash", "-c", sh] }),
  run_shell_command: ({ sh }) => ({ command: sh, description: "A scripted step" }),
};

const WRITERS: Readonly<Record<string, FileShape>> = {
  create: (path, content) => ({ path, file_text: content }),
  Write: (path, content) => ({ file_path: path, content }),
  write: (path, content) => ({ filePath: path, content }),
  write_file: (path, content) => ({ file_path: path, content }),
};

/** Puts a step on to whichever tools the agent offers. A step for which it has no tool is said in words. */
export function answerFor(step: Step, tools: readonly string[], cwd: string | null): Answer {
  if ("say" in step) return { say: step.say };
  if ("tool" in step) return { call: { name: step.tool, input: step.input, text: null } };
  if ("sh" in step) return shell(step.sh, tools);
  if ("write" in step) return write(step.write, step.content, tools, cwd);
  return { say: "" };
}

function shell(sh: string, tools: readonly string[]): Answer {
  const name = tools.find((tool) => Object.hasOwn(SHELLS, tool));
  const shape = name ? SHELLS[name] : undefined;
  if (!name || !shape) return { say: `No shell among ${tools.join(", ") || "no tools"}.` };
  return { call: { name, input: shape({ sh }), text: null } };
}

function write(path: string, content: string, tools: readonly string[], cwd: string | null): Answer {
  if (tools.includes("apply_patch")) {
    const patch = patchThatAdds(path, content);
    return { call: { name: "apply_patch", input: { input: patch }, text: patch } };
  }
  const name = tools.find((tool) => Object.hasOwn(WRITERS, tool));
  const shape = name ? WRITERS[name] : undefined;
  const full = path.startsWith("/") || !cwd ? path : `${cwd}/${path}`;
  if (name && shape) return { call: { name, input: shape(full, content), text: null } };
  return shell(`cat >'${path}' <<'SCRIPTED'\n${content.replace(/\n$/, "")}\nSCRIPTED\n`, tools);
}

function patchThatAdds(path: string, content: string): string {
  const lines = content
    .replace(/\n$/, "")
    .split("\n")
    .map((line) => `+${line}`);
  return `*** Begin Patch\n*** Add File: ${path}\n${lines.join("\n")}\n*** End Patch\n`;
}

const NAMED_CWD = [
  /working directory:?\s*`?(\/[^\s`<]+)/i,
  /current working directory is:?\s*`?(\/[^\s`<]+)/i,
  /<cwd>\s*(\/[^<]+?)\s*<\/cwd>/,
  /workspace directories?:?\s*-?\s*`?(\/[^\s`<]+)/i,
];

/** Where the agent says that it works: all of them tell their model. */
export function workingDirectory(text: string): string | null {
  for (const pattern of NAMED_CWD) {
    const found = pattern.exec(text)?.[1];
    if (found) return found.replace(/[.,]$/, "");
  }
  return null;
}
