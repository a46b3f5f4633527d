import type { Door } from "../../boundary.ts";
import { Problem } from "../../domain/problem.ts";
import { type RunResult, runBytes } from "../../process.ts";

/** Which git dir a plumbing command works on. Nothing is discovered, and no settings but its own are read. */
export type GitPlace = {
  readonly gitDir: string;
  readonly commonDir?: string;
  readonly worktree?: string;
  readonly indexFile?: string;
  /** Where objects are instead of in the git dir, and where else they may be. */
  readonly objects?: string;
  readonly borrowed?: readonly string[];
  readonly shallowFile?: string;
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
};

export type PlumbOptions = {
  /** Text is one character a byte, as in what comes back; a file is read as it is. */
  readonly stdin?: string | { readonly file: string };
  readonly door?: { readonly door: Door; readonly name: string };
  /** Exit codes that are an answer; without it only 0 is. */
  readonly codes?: readonly number[];
};

/**
 * One git command under the settings that keep it from running or fetching anything. Its output has one character a
 * byte, because names need not be UTF-8. Throws `git` with what git says where its code is not one of the answers,
 * `missing` where there is no git.
 */
export async function plumb(
  place: GitPlace,
  args: readonly string[],
  options: PlumbOptions = {},
): Promise<RunResult> {
  const { stdin } = options;
  const result = await runBytes(["git", ...QUIET.flatMap((setting) => ["-c", setting]), ...args], {
    cwd: place.gitDir,
    env: environment(place),
    timeoutMs: place.timeoutMs,
    maxBytes: MAX_BYTES,
    ...(stdin === undefined
      ? {}
      : { stdin: typeof stdin === "string" ? Buffer.from(stdin, "latin1") : stdin }),
    ...(options.door === undefined ? {} : { door: options.door }),
  });
  const isAnswer = result.code !== null && (options.codes ?? [0]).includes(result.code);
  if (isAnswer && !result.timedOut && !result.truncated) {
    return { ...result, stdout: Buffer.from(result.stdout).toString("latin1") };
  }
  const said = result.stderr.trim().split("\n").slice(-3).join("; ");
  const why = result.timedOut
    ? `took longer than ${place.timeoutMs} ms`
    : said || `ended with ${result.code}`;
  throw new Problem("git", `git ${args[0]} in ${place.gitDir}: ${why}.`);
}

/** A text as git's output and input have it here: one character a byte. */
export function byBytes(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}

/** Hooks and monitors are programs; caches in an index or a commit graph may be what an agent made up. */
const QUIET = [
  "core.hooksPath=/dev/null",
  "core.fsmonitor=false",
  "core.untrackedCache=false",
  "core.splitIndex=false",
  "core.commitGraph=false",
  "core.alternateRefsCommand=false",
  "index.sparse=false",
  "protocol.allow=never",
  "gc.auto=0",
  "maintenance.auto=false",
];

const MAX_BYTES = 256 * 1024 * 1024;

function environment(place: GitPlace): Record<string, string> {
  const { commonDir, worktree, indexFile, objects, borrowed, shallowFile } = place;
  return {
    PATH: place.env.PATH ?? "",
    LC_ALL: "C",
    GIT_DIR: place.gitDir,
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_ATTR_NOSYSTEM: "1",
    GIT_NO_REPLACE_OBJECTS: "1",
    GIT_NO_LAZY_FETCH: "1",
    GIT_OPTIONAL_LOCKS: "0",
    GIT_TERMINAL_PROMPT: "0",
    ...(commonDir === undefined ? {} : { GIT_COMMON_DIR: commonDir }),
    ...(worktree === undefined ? {} : { GIT_WORK_TREE: worktree }),
    ...(indexFile === undefined ? {} : { GIT_INDEX_FILE: indexFile }),
    ...(objects === undefined ? {} : { GIT_OBJECT_DIRECTORY: objects }),
    ...(borrowed === undefined ? {} : { GIT_ALTERNATE_OBJECT_DIRECTORIES: borrowed.map(quoted).join(":") }),
    ...(shallowFile === undefined ? {} : { GIT_SHALLOW_FILE: shallowFile }),
  };
}

/** As git reads a list of paths: in double quotes, so that a colon in a path does not end it. */
function quoted(path: string): string {
  return `"${path.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
}
