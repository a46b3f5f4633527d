import { Problem } from "../domain/problem.ts";
import { redact, sentence } from "./sentence.ts";
import { type GitBytes, type GitOptions, type GitResult, spawnGit } from "./spawn.ts";
import { tame } from "./tame.ts";

/** A repository as git is told of it; never discovered, because what an agent can write could lead elsewhere. */
export type GitAt = {
  /** Of the worktree; equals `commonDir` for the main checkout. */
  readonly gitDir: string;
  /** Null: nothing is checked out, or it is not needed. */
  readonly workTree: string | null;
  readonly commonDir: string;
};

/** Runs git and gives its stdout. A failure is a Problem `git` with one sentence; its cause holds the rest. */
export async function git(at: GitAt, args: readonly string[], options: GitOptions = {}): Promise<string> {
  const result = await gitResult(at, args, options);
  if (result.code !== 0) throw gitProblem(args, result);
  if (result.truncated) throw new Problem("git", `git ${args[0] ?? ""} said more than Rally reads.`);
  return result.stdout;
}

/** The same where a failure is an answer, too. */
export async function gitResult(
  at: GitAt,
  args: readonly string[],
  options: GitOptions = {},
): Promise<GitResult> {
  const result = await gitBytes(at, args, options);
  return { ...result, stdout: new TextDecoder().decode(result.stdout) };
}

/** The same with bytes, for names that are no UTF-8. */
export async function gitBytes(
  at: GitAt,
  args: readonly string[],
  options: GitOptions = {},
): Promise<GitBytes> {
  const where: Record<string, string> = { GIT_DIR: at.gitDir, GIT_COMMON_DIR: at.commonDir };
  if (at.workTree !== null) where.GIT_WORK_TREE = at.workTree;
  if (options.index !== undefined) where.GIT_INDEX_FILE = options.index;
  const overrides = [...(await tame(at)).overrides, ...(options.config ?? [])];
  const bare = at.workTree === null;
  return spawnGit(bare ? ["--bare", ...args] : args, {
    ...options,
    cwd: at.workTree ?? at.commonDir,
    env: { ...where, ...options.env },
    config: overrides,
  });
}

export function gitProblem(args: readonly string[], result: Omit<GitResult, "stdout">): Problem {
  const what = args.find((arg) => !arg.startsWith("-")) ?? "git";
  const cause = new Error(redact(result.stderr).slice(0, 4000));
  if (result.timedOut) return new Problem("git", `git ${what} took too long and was stopped.`, { cause });
  return new Problem("git", `git ${what} failed: ${sentence(result.stderr)}`, { cause });
}

/** Splits `-z` output. */
export function fields(text: string): string[] {
  const parts = text.split("\0");
  if (parts.at(-1) === "") parts.pop();
  return parts;
}
