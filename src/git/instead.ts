import { mkdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { passing } from "../boundary.ts";
import { isAgentFile, isAgentFolder } from "../domain/agent-files.ts";
import { Problem } from "../domain/problem.ts";
import type { Time } from "../domain/words.ts";
import { mainAt, type RepoAt, worktreeAt } from "./admin.ts";
import { type GitAt, git, gitBytes, gitResult } from "./git.ts";
import { type BaseEntry, type BaseFile, baseEntries, baseFile, isInnerLink } from "./instead/base.ts";
import { digest, isObject, place, standing, takeAway } from "./instead/files.ts";
import {
  asInput,
  changedSince,
  type Entry,
  entriesOf,
  type Placed,
  readable,
  readPlaced,
  setLooked,
  writePlaced,
} from "./instead/kept.ts";
import { withRepoLock } from "./lock.ts";
import { snapshotWork } from "./snapshot.ts";
import { ownName, sweepAbandoned } from "./temporary.ts";
import { TRASH } from "./trash-entry.ts";

export type Instead = {
  /** Paths of the head where the base's file stands now, or nothing, as the base has none. */
  readonly replaced: readonly string[];
  /** Paths that only the base has: they stay out, as git would show them as new files of the worktree. */
  readonly left: readonly string[];
  /** Where the worktree is kept as it was, because somebody had changed one of those files. */
  readonly keptAs: string | null;
};

/**
 * Puts the base's configuration of agents into a worktree in place of the head's (safety.md 6). The index keeps what the
 * head has, and git is told not to look at those files: nothing shows as a change, and nothing is committed. No link is
 * written through. In a sparse checkout, where git would look all the same, the files are taken away instead. Repeated
 * at any time, also after a crash, it ends the same. Throws `conflict` where such a file is in conflict, `refused` where
 * a folder or link is in the way; the agent must not be started then.
 */
export async function configureFromBase(
  repo: RepoAt,
  options: Keeping & { readonly base: string },
): Promise<Instead> {
  const at = await worktreeAt(repo, options.worktree);
  if (at === null) throw new Problem("missing", `There is no worktree ${options.worktree} any more.`);
  return withRepoLock(repo, async () => {
    const all = await entriesOf(at);
    const base = await baseEntries(repo, options.base);
    const { sparse, ignoreCase } = await traits(at);
    const placed = readPlaced(at.gitDir);
    const wanted = await wantedOf(repo, options, { all, base, placed, sparse });
    await putBack(
      at,
      Object.keys(placed).filter((name) => !wanted.has(name)),
    );
    const keptAs = await keepChanged(
      repo,
      at,
      options,
      all.filter(({ name }) => wanted.has(name)),
    );
    await writePlaced(at.gitDir, digests(wanted, ignoreCase));
    // Before the files: at no moment does any of it show as a change.
    await setLooked(at, [...wanted.keys()], { looked: false, effect: "instead" });
    await putFiles(options.worktree, wanted);
    const own = new Set(all.map(({ name }) => name));
    return {
      replaced: [...wanted.keys()].map(readable),
      left: [...base.keys()].filter((name) => !own.has(name)).map(readable),
      keptAs,
    };
  });
}

/** Puts the head's own files back, but for what somebody has changed; git looks at all of them again. */
export async function configureFromHead(at: GitAt): Promise<void> {
  const names = Object.keys(readPlaced(at.gitDir));
  if (names.length === 0) return;
  await putBack(at, names);
  await writePlaced(at.gitDir, {});
}

type Keeping = {
  readonly worktree: string;
  readonly dispatch: number;
  readonly at: Time;
  /** Told of the ref that the worktree is kept as, before it is made. */
  readonly keeps?: (ref: string) => void;
};

type Wanted = ReadonlyMap<string, BaseFile | null>;
type Found = {
  readonly all: readonly Entry[];
  readonly base: ReadonlyMap<string, BaseEntry>;
  readonly placed: Placed;
  readonly sparse: boolean;
};

/** What is to stand where the head has something else than the base. */
async function wantedOf(
  repo: RepoAt,
  { base: commit, worktree }: { readonly base: string; readonly worktree: string },
  { all, base, placed, sparse }: Found,
): Promise<Wanted> {
  const wanted = new Map<string, BaseFile | null>();
  for (const entry of all) {
    const { name, mode, oid } = entry;
    const isFile = mode.startsWith("100");
    if (!(isFile ? isAgentFile : isAgentFolder)(readable(name))) continue;
    if (entry.stage > 0) throw inConflict(worktree, name);
    const theirs = base.get(name);
    const isSame = theirs?.oid === oid && theirs.mode === mode;
    if (isSame && (mode !== "120000" || (await isInnerLink(repo, entry, base)))) continue;
    // Left out by the checkout's own patterns.
    const isLeftOut = sparse && entry.skipped && !(name in placed);
    if (isLeftOut && standing(worktree, name).kind === "absent") continue;
    const isOut = sparse || theirs === undefined;
    wanted.set(name, isOut ? null : await baseFile(repo, commit, name, theirs));
  }
  return wanted;
}

/** What is neither as Rally placed it nor as the branch has it is somebody's work: the whole tree is kept first. */
async function keepChanged(
  repo: RepoAt,
  at: GitAt,
  options: Keeping,
  entries: readonly Entry[],
): Promise<string | null> {
  const { worktree, dispatch } = options;
  const placed = readPlaced(at.gitDir);
  const apart = entries.filter(({ name, oid }) => {
    const now = standing(worktree, name);
    if (now.kind === "absent" || now.kind === "other" || isObject(now, oid)) return false;
    return !(name in placed) || digest(now) !== placed[name];
  });
  const hidden = apart.filter(({ name, skipped }) => skipped && !(name in placed)).map(({ name }) => name);
  await setLooked(at, hidden, { looked: true, effect: "instead" });
  if (apart.length === 0 || !(await isSeenChanged(at, apart))) return null;
  const { commit } = await snapshotWork(repo, { worktree, dispatch, at: options.at });
  const ref = `refs/rally/archive/${dispatch}/configuration-${commit.slice(0, 12)}`;
  options.keeps?.(ref);
  await git(mainAt(repo), ["update-ref", "--", ref, commit], { effect: "archive" });
  return ref;
}

/** With the repository's filters, too: line ends that differ are no change. */
async function isSeenChanged(at: GitAt, apart: readonly Entry[]): Promise<boolean> {
  const changed = new Set(await changedSince(at));
  if (apart.some(({ name }) => changed.has(name))) return true;
  const listed = await gitBytes(at, ["diff-files", "--name-only", "-z", "--ignore-submodules=all"]);
  const names = new Set(Buffer.from(listed.stdout).toString("latin1").split("\0"));
  return listed.code !== 0 || listed.truncated || apart.some(({ name }) => names.has(name));
}

/** Where case is folded, a name that is to be empty may be the one that the base's file stands at. */
function digests(wanted: Wanted, ignoreCase: boolean): Placed {
  const of = (file: BaseFile) => digest({ kind: "file", bytes: file.bytes });
  const twins = new Map<string, string | null>();
  for (const [name, file] of wanted) if (file !== null) twins.set(name.toLowerCase(), of(file));
  const empty = (name: string) => (ignoreCase ? (twins.get(name.toLowerCase()) ?? null) : null);
  return Object.fromEntries(
    [...wanted].map(([name, file]) => [name, file === null ? empty(name) : of(file)]),
  );
}

/** What must not be there goes first: on a file system that folds case it may be what is to be written. */
async function putFiles(worktree: string, wanted: Wanted): Promise<void> {
  const trash = join(dirname(worktree), TRASH);
  const prefix = `${basename(worktree)}.draft.`;
  await sweepAbandoned(trash, prefix);
  await mkdir(trash, { recursive: true });
  for (const [name, file] of wanted) {
    if (file === null && standing(worktree, name).kind !== "absent")
      await passing("file", "instead-remove", async () => takeAway(worktree, name));
  }
  for (const [name, file] of wanted) {
    if (file === null || digest(standing(worktree, name)) === digest({ kind: "file", ...file })) continue;
    const draft = join(trash, ownName(prefix));
    await passing("file", "instead-write", async () => place(worktree, name, { ...file, draft }));
  }
}

async function putBack(at: GitAt, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  const own = new Set((await entriesOf(at)).map(({ name }) => name));
  const changed = new Set(await changedSince(at));
  const known = names.filter((name) => own.has(name));
  const args = [
    "checkout-index",
    "--force",
    "--quiet",
    "--index",
    "--ignore-skip-worktree-bits",
    "-z",
    "--stdin",
  ];
  const ours = known.filter((name) => !changed.has(name));
  if (ours.length > 0) await git(at, args, { stdin: asInput(ours), effect: "instead-back" });
  await setLooked(at, known, { looked: true, effect: "instead" });
}

async function traits(at: GitAt): Promise<{ readonly sparse: boolean; readonly ignoreCase: boolean }> {
  const isOn = async (key: string) =>
    (await gitResult(at, ["config", "--type=bool", "--get", key])).stdout.trim() === "true";
  return { sparse: await isOn("core.sparseCheckout"), ignoreCase: await isOn("core.ignoreCase") };
}

function inConflict(worktree: string, name: string): Problem {
  return new Problem("conflict", `${JSON.stringify(readable(name))} is in conflict.`, {
    hint: `Solve it in ${worktree}, or undo the merge there.`,
  });
}
