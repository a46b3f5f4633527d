import { readFileSync } from "node:fs";
import { nearest } from "../domain/grammar-nearest.ts";
import { Problem } from "../domain/problem.ts";
import { earlierSettings } from "./earlier.ts";
import { isMapping, type Rule } from "./rules.ts";
import { AGENT_SETTINGS, SETTINGS } from "./settings.ts";

/** What the file says, by key (`limits.run_minutes`, `agents.copilot.model`), checked; and the first thing wrong with it. */
export type FileValues = {
  readonly values: ReadonlyMap<string, unknown>;
  /** Where a key came from, if not from itself. */
  readonly from: ReadonlyMap<string, string>;
  readonly problem: Problem | null;
};

const NOTHING: FileValues = { values: new Map(), from: new Map(), problem: null };

/** Reads and checks config.yaml. A missing file is fine. Never throws: what is wrong is in `problem`. */
export function readConfigFile(path: string): FileValues {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    if (isMissing(cause)) return NOTHING;
    return { ...NOTHING, problem: new Problem("config", `${path} cannot be read.`, { cause }) };
  }
  return checkConfigText(text, path);
}

/** The same for text that is not in the file yet. */
export function checkConfigText(text: string, path: string): FileValues {
  const parsed = parse(text, path);
  if (parsed instanceof Problem) return { ...NOTHING, problem: parsed };
  const check = new Check(text, path);
  const earlier = earlierSettings(parsed);
  for (const { key, value, said } of earlier.settings) check.take(key, value, SETTINGS[key], said);
  if (earlier.wrong) check.refuse(earlier.wrong.said, earlier.wrong.value, earlier.wrong.allowed);
  check.section("", parsed, earlier.keys);
  return { values: check.values, from: check.from, problem: check.problem };
}

function parse(text: string, path: string): Record<string, unknown> | Problem {
  try {
    const value: unknown = Bun.YAML.parse(text);
    if (value === null || value === undefined) return {};
    if (isMapping(value)) return value;
    return new Problem("config", `${path} is not a mapping of settings.`, { hint: "rally config path" });
  } catch (cause) {
    const line = isMapping(cause) || cause instanceof Error ? lineOfError(cause) : "";
    const why = cause instanceof Error ? cause.message.replace(/^YAML Parse error: /, "") : "not YAML";
    return new Problem("config", `${path}${line} is not valid YAML: ${why}.`, {
      cause,
      hint: `edit ${path}`,
    });
  }
}

function lineOfError(cause: object): string {
  return "line" in cause && typeof cause.line === "number" && cause.line > 0 ? `:${cause.line}` : "";
}

/** Walks the mapping, takes what is right, and keeps the first thing that is wrong. */
class Check {
  readonly values = new Map<string, unknown>();
  readonly from = new Map<string, string>();
  problem: Problem | null = null;

  constructor(
    private readonly text: string,
    private readonly path: string,
  ) {}

  section(prefix: string, mapping: Record<string, unknown>, passOver: readonly string[]): void {
    for (const [name, value] of Object.entries(mapping)) {
      const key = prefix + name;
      if (passOver.includes(key)) continue;
      const rule: Rule<unknown> | undefined = Object.hasOwn(SETTINGS, key)
        ? SETTINGS[key as keyof typeof SETTINGS]
        : undefined;
      if (rule) this.take(key, value, rule);
      else if (key === "agents") this.agents(value);
      else if (SECTIONS.includes(key)) this.inner(key, value);
      else this.unknown(key, KEYS);
    }
  }

  take(key: string, value: unknown, rule: Rule<unknown>, said = key): void {
    const read = rule.read(value);
    if (read === undefined) {
      this.refuse(said, rule.secret ? "…" : value, rule.allowed);
      return;
    }
    this.values.set(key, read);
    if (said === key) this.from.delete(key);
    else this.from.set(key, said);
  }

  refuse(key: string, value: unknown, allowed: string): void {
    this.problem ??= new Problem(
      "config",
      `${this.at(key)}: ${key} is ${shown(value)}, but it must be ${allowed}.`,
      { hint: `rally config set ${key} <value>, or edit ${this.path}` },
    );
  }

  private inner(name: string, value: unknown): void {
    if (value === null) return;
    if (isMapping(value)) this.section(`${name}.`, value, []);
    else this.refuse(name, value, "a mapping of settings");
  }

  private agents(value: unknown): void {
    if (value === null) return;
    if (!isMapping(value)) this.refuse("agents", value, "a mapping of agents");
    else for (const [agent, settings] of Object.entries(value)) this.agent(agent, settings);
  }

  private agent(agent: string, settings: unknown): void {
    if (settings === null) return;
    if (!isMapping(settings)) {
      this.refuse(`agents.${agent}`, settings, "a mapping of command, args, env, model");
      return;
    }
    const known = Object.keys(AGENT_SETTINGS).map((name) => `agents.${agent}.${name}`);
    for (const [name, item] of Object.entries(settings)) {
      const key = `agents.${agent}.${name}`;
      if (Object.hasOwn(AGENT_SETTINGS, name))
        this.take(key, item, AGENT_SETTINGS[name as keyof typeof AGENT_SETTINGS]);
      else this.unknown(key, known);
    }
  }

  private unknown(key: string, known: readonly string[]): void {
    const near = nearest(key, known);
    const meant = near ? `; did you mean ${near}?` : ".";
    this.problem ??= new Problem("config", `${this.at(key)}: there is no setting ${printable(key)}${meant}`, {
      hint: near ? `edit ${this.path}` : "rally config",
    });
  }

  private at(key: string): string {
    const line = lineOf(this.text, key.split("."));
    return line === null ? this.path : `${this.path}:${line}`;
  }
}

const KEYS = [...Object.keys(SETTINGS), "agents"];
/** `chat.slack.bot_token` stands in `chat` and in `chat.slack`. */
const SECTIONS = [...new Set(KEYS.flatMap(sectionsOf))];

function sectionsOf(key: string): string[] {
  const names = key.split(".").slice(0, -1);
  return names.map((_, index) => names.slice(0, index + 1).join("."));
}

/** The line on which a key stands, where the file is written in blocks; null where that cannot be told. */
function lineOf(text: string, path: readonly string[]): number | null {
  const lines = text.split("\n");
  let from = 0;
  let outer = -1;
  for (const name of path) {
    const found = lines.findIndex((line, index) => {
      const match = /^(\s*)(["']?)([^"'#:]+)\2\s*:/.exec(line);
      return index >= from && match?.[3] === name && (match[1] ?? "").length > outer;
    });
    if (found < 0) return null;
    outer = /^\s*/.exec(lines[found] ?? "")?.[0].length ?? 0;
    from = found + 1;
  }
  return from;
}

function shown(value: unknown): string {
  const json = typeof value === "object" && value !== null ? JSON.stringify(value) : undefined;
  const text = json ?? (typeof value === "string" ? `"${value}"` : String(value));
  return printable(text.length > 60 ? `${text.slice(0, 59)}…` : text);
}

function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be printed.
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, "?");
}

function isMissing(cause: unknown): boolean {
  return cause instanceof Error && "code" in cause && cause.code === "ENOENT";
}
