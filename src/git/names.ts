import { Problem } from "../domain/problem.ts";
import { mainAt, type RepoAt } from "./admin.ts";
import { git } from "./git.ts";
import { remoteNames } from "./remote-names.ts";

/** Lower case, ASCII, words joined by `-`, about 40 characters, cut at a word; never empty, safe in a ref and a path. */
export function slug(title: string): string {
  const words = fold(title)
    .toLowerCase()
    .replace(/['’`]/g, "")
    .replace(/[^a-z0-9]+/g, "-")
    .split("-")
    .filter((word) => word !== "");
  let text = "";
  for (const word of words) {
    if (text !== "" && text.length + 1 + word.length > 40) break;
    text = text === "" ? word.slice(0, 40) : `${text}-${word}`;
  }
  return text === "" ? "work" : text;
}

const LETTERS: Record<string, string> = {
  ß: "ss",
  æ: "ae",
  Æ: "ae",
  œ: "oe",
  Œ: "oe",
  ø: "o",
  Ø: "o",
  đ: "d",
  Đ: "d",
  ð: "d",
  þ: "th",
  ł: "l",
  Ł: "l",
  ı: "i",
};

function fold(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .replace(/[ßæÆœŒøØđĐðþłŁı]/gu, (letter) => LETTERS[letter] ?? "");
}

/** The rules of `git check-ref-format --branch`, without a process. */
export function isBranchName(name: string): boolean {
  if (name === "" || name === "@" || name === "HEAD" || name.startsWith("-") || name.length > 200)
    return false;
  if (/[\p{Cc} ~^:?*[\\]|\.\.|@\{|\/\/|\.$|^\/|\/$/u.test(name)) return false;
  return name.split("/").every((part) => !part.startsWith(".") && !part.endsWith(".lock"));
}

/** Throws Problem `usage` for a name that git would not take. */
export function checkBranchName(name: string): void {
  if (!isBranchName(name)) {
    throw new Problem("usage", `"${name}" cannot be a branch's name.`, {
      hint: "use letters, digits, - and /",
    });
  }
}

/**
 * `wanted`, or with `-2`, `-3`…: a name that is no branch here, none that a remote was last seen with, none on the
 * remote now (asked for five seconds at most; out of reach is no failure), and none of `taken`.
 */
export async function freeBranch(
  repo: RepoAt,
  wanted: string,
  options: { readonly remote: string | null; readonly taken?: readonly string[] },
): Promise<string> {
  checkBranchName(wanted);
  const [listed, far] = await Promise.all([
    git(mainAt(repo), ["for-each-ref", "--format=%(refname)", "refs/heads", "refs/remotes"]),
    options.remote === null ? [] : remoteNames(repo, options.remote, wanted, REMOTE_SECONDS),
  ]);
  const names = new Set<string>();
  for (const name of [...(options.taken ?? []), ...far]) names.add(name.toLowerCase());
  for (const ref of listed.split("\n")) {
    if (ref.startsWith("refs/heads/")) names.add(ref.slice("refs/heads/".length).toLowerCase());
    else if (ref.startsWith("refs/remotes/")) {
      // The remote's own name may hold a slash: every tail may be the branch.
      const parts = ref.slice("refs/remotes/".length).split("/");
      for (let i = 1; i < parts.length; i++) names.add(parts.slice(i).join("/").toLowerCase());
    }
  }
  refuseParent(wanted, names);
  const isFree = (name: string) =>
    !names.has(name.toLowerCase()) && ![...names].some((one) => one.startsWith(`${name.toLowerCase()}/`));
  for (let n = 1; n < 10_000; n++) {
    const name = n === 1 ? wanted : `${wanted}-${n}`;
    if (isFree(name)) return name;
  }
  throw new Problem("conflict", `All names like ${wanted} are taken.`, {
    hint: "name another with --branch",
  });
}

const REMOTE_SECONDS = 5;

/** A branch `rally` makes every `rally/…` impossible: git keeps refs as files. */
function refuseParent(wanted: string, names: ReadonlySet<string>): void {
  const parts = wanted.split("/");
  for (let i = 1; i < parts.length; i++) {
    const parent = parts.slice(0, i).join("/");
    if (names.has(parent.toLowerCase())) {
      const hint = `git branch -m ${parent} ${parent}-old, or name another with --branch`;
      throw new Problem("conflict", `A branch named ${parent} exists, so git cannot make ${wanted}.`, {
        hint,
      });
    }
  }
}
