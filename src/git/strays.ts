import { lstat, readdir, readFile, readlink, realpath } from "node:fs/promises";
import { dirname, join } from "node:path";
import { run } from "../process.ts";
import {
  adminDir,
  adminDirs,
  gitFileTarget,
  headOf,
  INITIALIZING,
  lockReason,
  type RepoAt,
  realParent,
  worktreeAt,
  worktreeOf,
} from "./admin.ts";
import { tipOf } from "./base.ts";
import { countCommits } from "./history.ts";
import { readOwner } from "./owner.ts";
import { isInside } from "./repo.ts";
import { worktreeStatus } from "./status.ts";
import { TRASH } from "./trash-entry.ts";

export type Stray = {
  readonly worktree: string;
  /** Ours without a record: may be cleaned. Else foreign: listed with its reason, never touched. */
  readonly orphan: boolean;
  readonly branch: string | null;
  readonly dirty: boolean;
  /** Commits that no remote, tag or other branch has. */
  readonly unpushed: number;
  /** Why it is foreign; null for an orphan. */
  readonly why: string | null;
};

/** How Rally names its worktrees. */
const OURS = /^rally-(\d+|pr-\d+|task-\w[\w-]*)$/;

/**
 * What lies directly in the worktree root without a record in this home. An orphan is a worktree of this repository,
 * named as ours, with our mark or none, that no process is inside of; everything else is foreign. Links are not
 * followed; the main checkout is never in the list.
 */
export async function findStrays(
  repo: RepoAt,
  options: { readonly worktreeRoot: string; readonly home: string; readonly known: readonly string[] },
): Promise<Stray[]> {
  const root = options.worktreeRoot;
  const known = new Set(await Promise.all(options.known.map(realParent)));
  const isLink = (await lstat(root).catch(() => null))?.isSymbolicLink() ?? false;
  const names = (await readdir(root).catch(() => [])).filter((name) => name !== TRASH);
  const found = await Promise.all(names.map((name) => realParent(join(root, name))));
  const paths = [...found, ...(await halfCleaned(repo, root, options.home))].filter(
    (path) => !known.has(path) && path !== repo.root && !isInside(repo.root, path),
  );
  if (paths.length === 0) return [];
  const busy = await workingFolders();
  const strays: Stray[] = [];
  for (const path of paths.sort()) {
    const why = isLink
      ? "its folder is a symbolic link"
      : await whyForeign(repo, path, { home: options.home, busy });
    strays.push(await describe(repo, path, why));
  }
  return strays;
}

/** Git's records of ours whose folder is gone: a cleaning that died between the two moves goes on from there. */
async function halfCleaned(repo: RepoAt, root: string, home: string): Promise<string[]> {
  const real = await realpath(root).catch(() => root);
  const found: string[] = [];
  for (const dir of await adminDirs(repo)) {
    const path = await worktreeOf(dir);
    if (path === null || dirname(path) !== real || (await lstat(path).catch(() => null)) !== null) continue;
    const owner = await readOwner(dir);
    if (owner !== null && owner !== "unreadable" && owner.home === home) found.push(path);
  }
  return found;
}

async function whyForeign(
  repo: RepoAt,
  path: string,
  by: { readonly home: string; readonly busy: ReadonlyMap<string, number> | null },
): Promise<string | null> {
  const there = await lstat(path).catch(() => null);
  if (there?.isSymbolicLink()) return "it is a symbolic link";
  if (there !== null && !there.isDirectory()) return "it is not a folder";
  if (!OURS.test(path.slice(path.lastIndexOf("/") + 1))) return "it is not named as Rally names worktrees";
  const dir = await adminDir(repo, path);
  if (dir === null) return whyNone(path);
  const owner = await readOwner(dir);
  if (owner === "unreadable") return "its owner's mark cannot be read";
  if (owner !== null && owner.home !== by.home)
    return `it belongs to another Rally (dispatch ${owner.dispatch})`;
  const reason = await lockReason(dir);
  if (reason !== null && reason !== INITIALIZING) return `it is locked: ${reason || "no reason given"}`;
  if (by.busy === null) return "it cannot be told whether a program works in it";
  for (const [folder, pid] of by.busy) if (isInside(folder, path)) return `process ${pid} works in it`;
  return null;
}

async function whyNone(path: string): Promise<string> {
  const dot = await lstat(join(path, ".git")).catch(() => null);
  if (dot === null) return "it is no worktree";
  if (dot.isDirectory()) return "it is a repository of its own";
  const target = gitFileTarget(await readFile(join(path, ".git"), "utf8").catch(() => ""), path);
  return target === null ? "it is no worktree" : `git has no record of it (${target})`;
}

/** A foreign one is described by what its record says; nothing is run in it. */
async function describe(repo: RepoAt, path: string, why: string | null): Promise<Stray> {
  const there = await lstat(path).catch(() => null);
  const dir = there === null || there.isDirectory() ? await adminDir(repo, path) : null;
  const head = dir === null ? null : await headOf(dir);
  const ref = head !== null && "ref" in head ? head.ref : null;
  const branch = ref?.startsWith("refs/heads/") ? ref.slice("refs/heads/".length) : null;
  if (dir === null || why !== null)
    return { worktree: path, orphan: why === null, branch, dirty: false, unpushed: 0, why };
  const at = there === null ? null : await worktreeAt(repo, path);
  const status = at === null ? null : await worktreeStatus(at).catch(() => null);
  const tip = head === null ? null : await tipOf(repo, "ref" in head ? head.ref : head.sha);
  const stays = ["--remotes", "--tags", ...(branch === null ? [] : [`--exclude=${branch}`]), "--branches"];
  const unpushed = tip === null ? 0 : await countCommits(repo, [tip], stays);
  // What cannot be read may hold anything.
  return {
    worktree: path,
    orphan: true,
    branch,
    dirty: status?.dirty ?? there !== null,
    unpushed,
    why: null,
  };
}

/** Working directory → a process in it; null where it cannot be told. */
async function workingFolders(): Promise<Map<string, number> | null> {
  const found = new Map<string, number>();
  const pids = await readdir("/proc").catch(() => null);
  if (pids === null) return listOpen(found);
  const numbers = pids.filter((name) => /^\d+$/.test(name));
  await Promise.all(
    numbers.map(async (pid) => {
      const folder = await readlink(`/proc/${pid}/cwd`).catch(() => null);
      if (folder !== null) found.set(folder, Number(pid));
    }),
  );
  return found;
}

/** Where there is no /proc. */
async function listOpen(found: Map<string, number>): Promise<Map<string, number> | null> {
  const result = await run(["lsof", "-d", "cwd", "-F", "pn"], {
    cwd: "/",
    env: { PATH: "/usr/sbin:/usr/bin:/bin" },
    timeoutMs: 10_000,
    maxBytes: 8 * 1024 * 1024,
  }).catch(() => null);
  if (result === null || result.stdout === "") return null;
  let pid = 0;
  for (const line of result.stdout.split("\n")) {
    if (line.startsWith("p")) pid = Number(line.slice(1));
    else if (line.startsWith("n")) found.set(line.slice(1), pid);
  }
  return found;
}
