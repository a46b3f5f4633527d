import { type GitAt, git, gitBytes, gitProblem } from "./git.ts";
import { revealChanged } from "./instead/kept.ts";
import { splitNames, untrackedNames } from "./untracked.ts";

/**
 * Puts the whole tree, untracked files included and ignored ones not, into an index (the worktree's own unless
 * another is named). By names that git listed, never by `add -A`: nested repositories are not entered.
 */
export async function stageTree(
  at: GitAt,
  options: { readonly index?: string; readonly effect?: string } = {},
) {
  await revealChanged(at, options);
  const list = ["diff-files", "--name-status", "-z", "--no-renames", "--ignore-submodules=all"];
  const changed = await gitBytes(at, list, options.index === undefined ? {} : { index: options.index });
  if (changed.code !== 0 || changed.truncated) throw gitProblem(list, changed);
  const untracked = await untrackedNames(at, options.index);
  const gone: Uint8Array[] = [];
  const there: Uint8Array[] = [untracked.stdin];
  const rows = splitNames(changed.stdout);
  for (let i = 0; i + 1 < rows.length; i += 2) {
    const name = rows[i + 1];
    if (name !== undefined) (rows[i]?.[0] === DELETED ? gone : there).push(name, NUL);
  }
  const config = [["core.safecrlf", "false"]] as const;
  const put = async (flags: readonly string[], names: readonly Uint8Array[]) => {
    const stdin = Buffer.concat(names);
    if (stdin.length > 0)
      await git(at, ["update-index", "-z", ...flags, "--stdin"], { ...options, config, stdin });
  };
  // What is gone goes first: a folder may have become a file or a link of the same name.
  await put(["--force-remove"], gone);
  await put(["--add", "--remove", "--replace"], there);
}

const NUL = new Uint8Array([0]);
const DELETED = "D".charCodeAt(0);
