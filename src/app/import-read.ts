import { existsSync, readFileSync, statSync } from "node:fs";
import { isAbsolute, join, normalize } from "node:path";
import { cleanLine } from "../agents/clean.ts";
import { Problem } from "../domain/problem.ts";
import type { Kind } from "../domain/words.ts";

/** A project of the earlier tool (`projects.yaml`). */
export type EarlierProject = {
  readonly name: string;
  readonly repo: string | null;
  readonly path: string;
  readonly fork: string | null;
};

/** One of its dispatches (`active.yaml`). */
export type EarlierDispatch = {
  /** What a person would know it by. */
  readonly name: string;
  readonly repo: string | null;
  readonly kind: Kind;
  readonly number: number | null;
  readonly title: string;
  readonly branch: string | null;
  readonly worktree: string;
  readonly status: "implementing" | "reviewing" | "upstream";
  readonly session: string | null;
  readonly pid: number | null;
};

export type Earlier = {
  readonly projects: readonly EarlierProject[];
  readonly dispatches: readonly EarlierDispatch[];
  /** Entries that could not be understood, a sentence each. */
  readonly left: readonly string[];
};

const FILES = ["projects.yaml", "active.yaml"] as const;
const MAX_BYTES = 8 * 1024 * 1024;

export function hasEarlier(home: string): boolean {
  return FILES.some((name) => existsSync(join(home, name)));
}

/** The earlier tool's two files as they are. Throws `config` where one is no YAML of that kind: then nothing is taken. */
export function readEarlier(home: string): Earlier {
  const left: string[] = [];
  const take = <T>(file: (typeof FILES)[number], list: string, read: (entry: Entry) => T | string): T[] =>
    entriesOf(join(home, file), list).flatMap((entry, index) => {
      const found = isEntry(entry) ? read(entry) : "it is no mapping";
      if (typeof found !== "string") return [found];
      left.push(`${file}, entry ${index + 1}: ${found}`);
      return [];
    });
  const projects = take("projects.yaml", "projects", projectOf);
  const dispatches = take("active.yaml", "dispatches", dispatchOf);
  return { projects, dispatches, left };
}

type Entry = Readonly<Record<string, unknown>>;

function entriesOf(path: string, list: string): readonly unknown[] {
  const value = parsed(path);
  if (value === null || value === undefined) return [];
  const entries = isEntry(value) ? (value[list] ?? []) : null;
  if (Array.isArray(entries)) return entries;
  throw unreadable(path, `it holds no list of ${list}`);
}

function parsed(path: string): unknown {
  if (!existsSync(path)) return null;
  if (statSync(path).size > MAX_BYTES) throw unreadable(path, "it is too large");
  try {
    return Bun.YAML.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.replace(/^YAML Parse error: /, "") : "not YAML";
    throw unreadable(path, `it is not valid YAML (${why})`, cause);
  }
}

function unreadable(path: string, why: string, cause?: unknown): Problem {
  return new Problem("config", `${path}, of the earlier Rally, was not imported: ${why}.`, {
    hint: "Mend it, and it is imported with the next command; or move it away.",
    cause,
  });
}

function projectOf(entry: Entry): EarlierProject | string {
  const path = text(entry.path);
  if (path === null || !isPlainPath(path)) return "its path is not absolute";
  const name = text(entry.name) ?? path.split("/").at(-1) ?? path;
  return { name, path, repo: repoOf(entry.repo), fork: repoOf(entry.fork) };
}

function dispatchOf(entry: Entry): EarlierDispatch | string {
  const name = text(entry.id) ?? "?";
  const worktree = text(entry.worktreePath);
  if (worktree === null || !isPlainPath(worktree)) return `${name} has no absolute worktreePath`;
  const kind = entry.type === "branch" ? "task" : entry.type;
  if (kind !== "issue" && kind !== "pr" && kind !== "task") return `${name} is of no known type`;
  const number = typeof entry.number === "number" && entry.number > 0 ? entry.number : null;
  if (kind !== "task" && (number === null || !Number.isSafeInteger(number))) return `${name} has no number`;
  const title = text(entry.title) ?? name;
  return {
    name,
    repo: repoOf(entry.repo),
    kind,
    number: kind === "task" ? null : number,
    title: cleanLine(title),
    branch: text(entry.branch),
    worktree,
    status: entry.status === "upstream" || entry.status === "reviewing" ? entry.status : "implementing",
    ...sessionOf(entry),
  };
}

/** `session_id` held the pid until the session was known. */
function sessionOf({ session_id: id, pid }: Entry): Pick<EarlierDispatch, "session" | "pid"> {
  const said = typeof id === "number" ? String(id) : text(id);
  const isPid = said !== null && /^\d+$/.test(said);
  const session = said !== null && !isPid && /^[A-Za-z0-9_-]{8,64}$/.test(said) ? said : null;
  const number = typeof pid === "number" ? pid : isPid ? Number(said) : null;
  return { session, pid: number !== null && Number.isSafeInteger(number) && number > 1 ? number : null };
}

function repoOf(value: unknown): string | null {
  const found = text(value);
  return found !== null && /^[\w.-]+\/[\w.-]+$/.test(found) ? found : null;
}

function isPlainPath(path: string): boolean {
  return isAbsolute(path) && normalize(path).replace(/\/$/, "") === path.replace(/\/$/, "");
}

function text(value: unknown): string | null {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
  return typeof value === "string" && value.trim() !== "" && !/[\u0000-\u001f\u007f]/.test(value)
    ? value
    : null;
}

function isEntry(value: unknown): value is Entry {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
