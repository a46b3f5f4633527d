import {
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, isAbsolute, join, resolve } from "node:path";
import { passing } from "../boundary.ts";
import { Problem } from "../domain/problem.ts";
import type { Mode } from "../domain/words.ts";
import { byBytes, type GitPlace, plumb } from "./cell/plumbing.ts";
import { type Settings, settings } from "./cell/settings.ts";

export type CellRequest = {
  /** The run's own folder: the cell becomes `runDir/git`, what is known of it `runDir/git.json` (out of its reach). */
  readonly runDir: string;
  /** The repository's git dir, and the worktree's own in it; absolute. */
  readonly commonDir: string;
  readonly gitDir: string;
  readonly worktree: string;
  /** The dispatch's branch, short: `rally/42-fix-login`. The worktree stands on it. */
  readonly branch: string;
  /** `read-only`: nothing of the cell can be written either, so that there is nothing to bring home. */
  readonly mode: Mode;
  /** PATH, and HOME for the person's name and settings. */
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
};

/** A git dir that stands in for the repository's inside the walls, and how it is put there. */
export type Cell = {
  readonly dir: string;
  /** The commit on which the branch stood. */
  readonly tip: string;
  readonly binds: readonly { readonly from: string; readonly to: string; readonly writable: boolean }[];
  /** Variables that the agent's environment needs. */
  readonly env: Readonly<Record<string, string>>;
};

/** What must be known to bring a cell home, also by another process after a crash. */
export type CellRecord = {
  readonly commonDir: string;
  readonly gitDir: string;
  readonly worktree: string;
  readonly branch: string;
  readonly tip: string;
  /** All that the refs of the cell named at first; the repository has it. */
  readonly known: readonly string[];
};

/**
 * Makes the git dir of a run (safety.md, point 3): settings without programs, no remotes, no hooks, the refs as packed
 * copies, the worktree's own files, and the repository's objects to be read. Nothing of the repository is written.
 * May be repeated until the agent has started. Throws `conflict` where the worktree does not stand on its branch or
 * the run has started, `missing` where worktree or branch are gone.
 */
export async function makeCell(request: CellRequest): Promise<Cell> {
  const { runDir, commonDir, gitDir, branch } = request;
  if (existsSync(join(runDir, "pid"))) throw new Problem("conflict", "The run has its cell and has started.");
  checkWorktree(request);
  const place: GitPlace = { ...request, gitDir, commonDir };
  const [refs, config] = await Promise.all([readRefs(place), settings(place)]);
  const tip = refs.get(byBytes(`refs/heads/${branch}`));
  if (tip === undefined) throw new Problem("missing", `The branch ${branch} is gone.`);
  await passing("file", "cell", async () => {
    const making = join(runDir, "git.making");
    rmSync(making, { recursive: true, force: true });
    mkdirSync(making, { recursive: true, mode: 0o700 });
    fill(making, request, { refs, config, tip });
    const record: CellRecord = { ...pick(request), tip, known: [...new Set(refs.values())] };
    writeFileSync(join(runDir, "git.json"), JSON.stringify(record), { mode: 0o600 });
    rmSync(join(runDir, "git"), { recursive: true, force: true });
    renameSync(making, join(runDir, "git"));
  });
  const env = { GIT_CONFIG_GLOBAL: join(commonDir, GLOBAL), GIT_CONFIG_NOSYSTEM: "1" };
  return { dir: join(runDir, "git"), tip, binds: cellBinds(request), env };
}

export function readCellRecord(runDir: string): CellRecord {
  try {
    return JSON.parse(readFileSync(join(runDir, "git.json"), "utf8")) as CellRecord;
  } catch (cause) {
    throw new Problem("missing", `There is no cell in ${runDir}.`, { cause });
  }
}

/** The settings that git takes for the person's inside. */
const GLOBAL = "config.global";

/** Where the repository's objects are seen inside, beside the cell's own. */
const BORROWED = "objects.repository";

function cellBinds({ runDir, commonDir, mode }: CellRequest): Cell["binds"] {
  const objects = join(commonDir, "objects");
  const further = alternates(objects).map((path) => ({ from: path, to: path, writable: false }));
  return [
    { from: join(runDir, "git"), to: commonDir, writable: mode !== "read-only" },
    { from: objects, to: join(commonDir, BORROWED), writable: false },
    ...further,
  ];
}

type Contents = {
  readonly refs: ReadonlyMap<string, string>;
  readonly config: Settings;
  readonly tip: string;
};

function fill(dir: string, request: CellRequest, { refs, config, tip }: Contents): void {
  const { commonDir, gitDir, worktree, branch } = request;
  const admin = join("worktrees", basename(gitDir));
  for (const folder of ["objects/info", "objects/pack", "refs/heads", "info", BORROWED, `${admin}/logs`]) {
    mkdirSync(join(dir, folder), { recursive: true });
  }
  const borrowed = [`../${BORROWED}`, ...alternates(join(commonDir, "objects"))];
  const files: Record<string, string> = {
    config: config.config,
    [GLOBAL]: config.global,
    // Not on a branch, so that the worktree may switch to any.
    HEAD: `${tip}\n`,
    "objects/info/alternates": borrowed.map((path) => `${path}\n`).join(""),
    [`${admin}/HEAD`]: `ref: refs/heads/${branch}\n`,
    [`${admin}/commondir`]: "../..\n",
    [`${admin}/gitdir`]: `${worktree}/.git\n`,
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
  writeFileSync(
    join(dir, "packed-refs"),
    [...refs].map(([ref, sha]) => `${sha} ${ref}\n`).join(""),
    "latin1",
  );
  for (const name of ["info/exclude", "info/attributes", "shallow"]) {
    copyIfThere(join(commonDir, name), join(dir, name));
  }
  for (const name of ["index", "logs/HEAD", "info/sparse-checkout"]) {
    if (name.startsWith("info/")) mkdirSync(join(dir, admin, "info"), { recursive: true });
    copyIfThere(join(gitDir, name), join(dir, admin, name));
  }
}

function copyIfThere(from: string, to: string): void {
  if (existsSync(from)) copyFileSync(from, to);
}

/** The worktree is ours to hand over only while its `.git` is a file that names its git dir, on the right branch. */
function checkWorktree({ worktree, gitDir, branch }: CellRequest): void {
  const link = readRegular(join(worktree, ".git"))?.trim();
  if (link === undefined) throw new Problem("missing", `The worktree ${worktree} is gone.`);
  const named = link.replace(/^gitdir: /, "");
  if (real(resolve(worktree, named)) !== real(gitDir)) {
    throw new Problem("conflict", `The worktree ${worktree} belongs to another git dir: ${named}.`);
  }
  const head = readRegular(join(gitDir, "HEAD"))?.trim();
  if (head === `ref: refs/heads/${branch}`) return;
  throw new Problem("conflict", `The worktree ${worktree} is not on the branch ${branch}.`, {
    hint: `git -C ${worktree} switch ${branch}`,
  });
}

function real(path: string): string {
  return existsSync(path) ? realpathSync(path) : path;
}

function readRegular(path: string): string | undefined {
  try {
    const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      return fstatSync(file).isFile() ? readFileSync(file, "utf8") : undefined;
    } finally {
      closeSync(file);
    }
  } catch {
    return undefined;
  }
}

async function readRefs(place: GitPlace): Promise<Map<string, string>> {
  const wanted = ["refs/heads", "refs/remotes", "refs/tags"];
  const { stdout } = await plumb(place, ["for-each-ref", "--format=%(objectname) %(refname)", ...wanted]);
  const lines = stdout.split("\n").filter((line) => line !== "");
  return new Map(lines.map((line) => [line.slice(line.indexOf(" ") + 1), line.slice(0, line.indexOf(" "))]));
}

/** The object folders that the repository itself borrows from, all the way; git follows five steps. */
function alternates(objects: string, steps = 5): string[] {
  const text = readRegular(join(objects, "info/alternates")) ?? "";
  const paths = text
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#") && !line.startsWith('"'));
  const direct = paths.map((path) => (isAbsolute(path) ? path : resolve(objects, path))).filter(existsSync);
  return steps === 0 ? [] : [...new Set(direct.flatMap((path) => [path, ...alternates(path, steps - 1)]))];
}

function pick({ commonDir, gitDir, worktree, branch }: CellRequest): Omit<CellRecord, "tip" | "known"> {
  if (real(dirname(dirname(gitDir))) !== real(commonDir)) {
    throw new Problem("conflict", `${gitDir} is not a worktree's folder of ${commonDir}.`);
  }
  return { commonDir, gitDir, worktree, branch };
}
