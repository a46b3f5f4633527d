import { Problem } from "../domain/problem.ts";

/** `owner/name` taken apart. Throws `usage` for anything that GitHub would not have as a name. */
export function split(repo: string): { readonly owner: string; readonly repo: string } {
  const match = /^([A-Za-z0-9](?:[A-Za-z0-9-_]*))\/([A-Za-z0-9._-]{1,100})$/.exec(repo);
  const [, owner, name] = match ?? [];
  if (owner && name && name !== "." && name !== "..") return { owner, repo: name };
  throw new Problem("usage", `"${repo.slice(0, 100)}" is no repository on GitHub.`, {
    hint: "write owner/repo",
  });
}

/** Throws `usage` for a number that no issue has. */
export function numbered(number: number): number {
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new Problem("usage", `${number} is no number of an issue or pull request.`, {
    hint: "they begin with 1: rally dispatch 42",
  });
}

/** `branch` of the repository itself, or `owner:branch` of a fork. */
export function headOf(repo: string, head: string): { readonly owner: string; readonly branch: string } {
  const colon = head.indexOf(":");
  if (colon < 0) return { owner: split(repo).owner, branch: head };
  return { owner: head.slice(0, colon), branch: head.slice(colon + 1) };
}
