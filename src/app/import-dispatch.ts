import { existsSync, lstatSync } from "node:fs";
import { sep } from "node:path";
import { Problem } from "../domain/problem.ts";
import { adminDir, headOf, mainAt, type RepoAt, realParent, repoAt } from "../git/admin.ts";
import { heads } from "../git/branch.ts";
import { ensureExcluded } from "../git/exclude.ts";
import { gitResult } from "../git/git.ts";
import { withRepoLock } from "../git/lock.ts";
import { readOwner, writeOwner } from "../git/owner.ts";
import { openRepo } from "../git/repo.ts";
import { commandOf } from "../process/members.ts";
import { look } from "../runs/work.ts";
import { importDispatch as keep } from "../store/admit.ts";
import { dispatchRow, projects } from "../store/read.ts";
import { record } from "../store/record.ts";
import type { ProjectRow } from "../store/rows.ts";
import { homeId } from "../store/settings.ts";
import { snapshot } from "../store/snapshot.ts";
import { write } from "../store/write.ts";
import type { World } from "../world.ts";
import type { EarlierDispatch } from "./import-read.ts";

/**
 * Adopts a dispatch of the earlier tool with its worktree as it is: nothing is moved, reset or stopped. Repeatable: one
 * that is here already is only marked. Gives why not, or null.
 */
export async function importDispatch(world: World, earlier: EarlierDispatch): Promise<string | null> {
  const path = await realParent(earlier.worktree);
  const owner = ownerOf(projects(world.store), earlier, path);
  if (!owner) return `its project${earlier.repo ? ` ${earlier.repo}` : ""} is not known`;
  try {
    const repo = await repoAt(owner.path);
    const place = await placeOf(world, repo, earlier, path);
    if ("why" in place) return place.why;
    const id =
      keptAs(world, path) ?? (await adopt(world, { owner, repo, earlier, path, branch: place.branch }));
    await mark(world, repo, place.dir, id);
    await lookOnce(world, id, owner);
    return null;
  } catch (error) {
    if (error instanceof Problem) return error.message;
    throw error;
  }
}

/** The project whose checkout it is in, else the one of its name. */
function ownerOf(all: readonly ProjectRow[], { repo }: EarlierDispatch, path: string): ProjectRow | null {
  const around = all.filter((row) => path.startsWith(row.path + sep));
  const innermost = around.sort((a, b) => b.path.length - a.path.length)[0];
  if (innermost) return innermost;
  const [only, second] = all.filter((row) => repo !== null && row.repo?.toLowerCase() === repo.toLowerCase());
  return only && !second ? only : null;
}

type Place = { readonly branch: string; readonly dir: string | null };

/** Proves that it is a linked worktree of this repository, or that its branch is there to make it again from. */
async function placeOf(
  world: World,
  repo: RepoAt,
  earlier: EarlierDispatch,
  path: string,
): Promise<Place | { readonly why: string }> {
  const all = await heads(repo);
  const dir = await adminDir(repo, path);
  const head = dir === null ? null : await headOf(dir);
  const current = head !== null && "ref" in head ? head.ref.replace(/^refs\/heads\//, "") : null;
  const branch = [earlier.branch, current].find((name) => name !== null && all.has(`refs/heads/${name}`));
  const there = existsSync(path);
  if (there && (dir === null || lstatSync(path).isSymbolicLink()))
    return { why: `${path} is no worktree of ${repo.root}` };
  if (!branch) return { why: there ? `${path} is on no branch` : "its worktree and its branch are gone" };
  const mark = dir === null ? null : await readOwner(dir);
  if (mark === "unreadable" || (mark !== null && mark.home !== homeId(world.store)))
    return { why: `${path} belongs to another Rally` };
  return { branch, dir };
}

function keptAs(world: World, path: string): number | null {
  return snapshot(world.store).find((view) => view.worktree === path)?.id ?? null;
}

type Adopted = {
  readonly owner: ProjectRow;
  readonly repo: RepoAt;
  readonly earlier: EarlierDispatch;
  readonly path: string;
  readonly branch: string;
};

async function adopt(world: World, { owner, repo, earlier, path, branch }: Adopted): Promise<number> {
  const { config, store } = world;
  const base = await baseOf(owner, repo, branch);
  const by = { actor: "rally", at: world.now() };
  const { kind, number, title, session, status } = earlier;
  const place = kind === "pr" ? "pull" : "issues";
  const url = owner.repo && number ? `https://${owner.host}/${owner.repo}/${place}/${number}` : null;
  const row = {
    projectId: owner.id,
    kind,
    number,
    title,
    url,
    task: kind === "task" ? title : null,
    session,
    branch,
    worktree: path,
    ...base,
    agent: "copilot",
    mode: config.mode,
    sandbox: config.sandbox.kind,
    ...outcomeOf(earlier, by.at),
  };
  return write(store, "adopt", () => {
    const id = keep(store, by, row);
    record(store, by, [
      { layer: "fact", event: "worktree_made", dispatchId: id, data: { path, branch, imported: true } },
      ...(status === "upstream" ? [{ layer: "dispatch", id, on: "upstream" } as const] : []),
    ]);
    return id;
  });
}

/** What the earlier tool called ready is; what it thought at work is not followed here, and a person has to look. */
function outcomeOf({ status, pid }: EarlierDispatch, at: number) {
  if (status !== "implementing") return { outcome: "ok", outcomeAt: at } as const;
  const running = pid !== null && /copilot/i.test(commandOf(pid));
  const detail = running
    ? `the earlier Rally's agent (process ${pid}) may still be at work in it`
    : "the earlier Rally never saw its agent end";
  return { outcome: "lost", outcomeAt: at, outcomeDetail: detail } as const;
}

/** Where the work left the default branch; unknown where there is none. */
async function baseOf(owner: ProjectRow, repo: RepoAt, branch: string) {
  const name = (await openRepo(repo.root)).defaultBranchGuess;
  const names = name === null ? [] : owner.remote === null ? [name] : [`${owner.remote}/${name}`, name];
  for (const base of names) {
    const asked = await gitResult(mainAt(repo), ["merge-base", `refs/heads/${branch}`, base, "--"]);
    const sha = asked.stdout.trim();
    if (asked.code === 0 && sha !== "") return { base, baseSha: sha };
  }
  return {};
}

/** Our mark, where nobody has put one, so that no other home takes it for an orphan. */
async function mark(world: World, repo: RepoAt, dir: string | null, dispatch: number): Promise<void> {
  if (dir === null) return;
  if ((await readOwner(dir)) === null) await writeOwner(dir, { home: homeId(world.store), dispatch });
  await withRepoLock(repo, () => ensureExcluded(repo));
}

/** So that the first look at the list says what is in it; where git cannot, the next tick asks again. */
async function lookOnce(world: World, id: number, owner: ProjectRow): Promise<void> {
  const row = dispatchRow(world.store, id);
  if (row)
    await look(world, row, owner).catch((error) => world.log.warn("import.look", { message: String(error) }));
}
