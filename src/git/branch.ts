import { Problem } from "../domain/problem.ts";
import { adminDirs, headOf, mainAt, type RepoAt, worktreeOf } from "./admin.ts";
import { tipOf } from "./base.ts";
import { git, gitResult } from "./git.ts";

/** All branches and remote-tracking branches with their commits, by one process. */
export async function heads(repo: RepoAt): Promise<Map<string, string>> {
  const format = "--format=%(objectname) %(refname)";
  const text = await git(mainAt(repo), ["for-each-ref", format, "refs/heads", "refs/remotes"]);
  const found = new Map<string, string>();
  for (const line of text.split("\n")) {
    const cut = line.indexOf(" ");
    if (cut > 0) found.set(line.slice(cut + 1), line.slice(0, cut));
  }
  return found;
}

/**
 * The commits of these full ref names, by one process; those that are not there are left out. Each is looked up by its
 * name, where `for-each-ref` would read all refs beside it, too: with a thousand of them four times as slow.
 */
export async function tipsOf(repo: RepoAt, refs: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (refs.length === 0) return new Map();
  const stdin = refs.map((ref) => `${ref}^{commit}\n`).join("");
  const text = await git(mainAt(repo), ["cat-file", "--batch-check=%(objectname)"], { stdin });
  const lines = text.split("\n");
  return new Map(
    refs.flatMap((ref, at) => {
      const sha = lines[at] ?? "";
      return /^[0-9a-f]{40,64}$/.test(sha) ? [[ref, sha] as const] : [];
    }),
  );
}

/** Where a branch is checked out; null where it is not. */
export async function placeOf(repo: RepoAt, branch: string): Promise<string | null> {
  const ref = `refs/heads/${branch}`;
  const main = await headOf(repo.commonDir);
  if (repo.bare !== true && main !== null && "ref" in main && main.ref === ref) return repo.root;
  for (const dir of await adminDirs(repo)) {
    const head = await headOf(dir);
    if (head !== null && "ref" in head && head.ref === ref) return (await worktreeOf(dir)) ?? dir;
  }
  return null;
}

/** Rally deletes, and pushes, no others. */
export function isOurs(branch: string): boolean {
  return /^rally\/./.test(branch);
}

/**
 * Deletes a branch of Rally's while its tip is still `tip`. False: it was gone already. Throws `refused` for any other
 * name, `conflict` where it moved or is checked out.
 */
export async function deleteBranch(repo: RepoAt, branch: string, tip: string): Promise<boolean> {
  if (!isOurs(branch)) {
    throw new Problem("refused", `Rally deletes only branches named rally/…, not ${branch}.`, {
      hint: `git branch -d ${branch}`,
    });
  }
  return removeRef(repo, branch, tip);
}

/** The same for a branch whose making is being undone, whatever its name. */
export async function removeRef(repo: RepoAt, branch: string, tip: string): Promise<boolean> {
  const ref = `refs/heads/${branch}`;
  const now = await tipOf(repo, ref);
  if (now === null) return false;
  const moved = () =>
    new Problem("conflict", `${branch} has moved since it was looked at; it was left alone.`, {
      hint: "rally status",
    });
  if (now !== tip) throw moved();
  const place = await placeOf(repo, branch);
  if (place !== null) {
    throw new Problem("conflict", `${branch} is checked out in ${place}; it was left alone.`, {
      hint: `git -C ${place} switch <other>`,
    });
  }
  const result = await gitResult(mainAt(repo), ["update-ref", "-d", ref, tip], { effect: "branch-delete" });
  if (result.code === 0) return true;
  if ((await tipOf(repo, ref)) === null) return false;
  throw moved();
}
