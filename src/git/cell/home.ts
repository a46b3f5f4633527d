import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { passing } from "../../boundary.ts";
import { Problem } from "../../domain/problem.ts";
import { type CellRecord, readCellRecord } from "../cell.ts";
import { type CellRefs, readCellRefs, tidyObjects } from "./hostile.ts";
import { byBytes, type GitPlace, plumb } from "./plumbing.ts";
import { bringStaged, readStaged, type Staged } from "./staged.ts";

export type HomeRequest = {
  readonly runDir: string;
  /** Where commits are kept that the branch does not reach: `refs/rally/archive/<dispatch>/<run>`. */
  readonly keepUnder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
};

export type Home = {
  /** The commit on which the branch stands now. */
  readonly head: string;
  readonly moved: boolean;
  /** Other branches, stashes and loose ends of the run, and under which ref each is kept. */
  readonly kept: readonly { readonly ref: string; readonly commit: string; readonly was: string }[];
  /** `rebase`, `merge`, … that the run left in the middle; its files are in the worktree, its state is not. */
  readonly unfinished: string | null;
  /** What was staged came along, or had to be made anew from the branch (the index could not be read). */
  readonly staged: "kept" | "rebuilt";
};

/**
 * Brings home what a run committed and staged, after all its processes have ended: its objects through
 * `pack-objects | index-pack --strict`, which names every object by its content, then the one branch by
 * compare-and-set, then the worktree's index. Nothing that the run could write is run, followed or believed. May be
 * repeated after a crash at any point, and does nothing once it is done. Throws `conflict` where the branch was moved
 * from outside meanwhile (the run's commits are then under `keepUnder`), `git` or `refused` where objects are damaged
 * or the git dir was tampered with; the branch is then as it was, and the cell is left with all that is in it.
 */
export async function bringHome(request: HomeRequest): Promise<Home> {
  const done = join(request.runDir, "git.home.json");
  if (existsSync(done)) {
    // Whoever brought it home may have died before it could put this away.
    rmSync(cleanDir(request), { recursive: true, force: true });
    return JSON.parse(readFileSync(done, "utf8")) as Home;
  }
  try {
    return await bring(request, done);
  } catch (cause) {
    if (cause instanceof Problem || !(cause instanceof Error && "syscall" in cause)) throw cause;
    throw new Problem("other", `The run's work could not be brought home: ${cause.message}.`, { cause });
  }
}

async function bring(request: HomeRequest, done: string): Promise<Home> {
  const record = readCellRecord(request.runDir);
  const cell = join(request.runDir, "git");
  const admin = join("worktrees", basename(record.gitDir));
  await passing("file", "cell-tidy", async () => tidyObjects(cell));
  const refs = readCellRefs(cell, admin);
  const places = makePlaces(request, record, cell);
  const tip = await chooseTip(places.inside, record, refs);
  const loose = await looseEnds(places.inside, { record, refs, tip });
  const staged = await readStaged(places.inside, { cell, admin, tip });
  await transfer(request, places, {
    known: record.known,
    wanted: [tip, ...loose.map((each) => each.commit)],
    staged,
  });
  const kept = loose.map((each, at) => ({
    ...each,
    ref: `${request.keepUnder}/${at}-${plainName(each.was)}`,
  }));
  const head = await moveBranch(places.outside, request, { record, tip, kept });
  // Somebody else moved the branch, the run did not: the index is theirs.
  const index = head === tip ? await bringStaged(places.outside, { cell, admin, tip, staged }) : "kept";
  const home: Home = { head, moved: tip !== record.tip, kept, unfinished: refs.unfinished, staged: index };
  await passing("file", "cell-done", async () => {
    writeFileSync(`${done}.tmp`, JSON.stringify(home), { mode: 0o600 });
    renameSync(`${done}.tmp`, done);
    rmSync(cleanDir(request), { recursive: true, force: true });
  });
  return home;
}

type Places = {
  /** An empty git dir of ours, which reads the cell's objects before the repository's. */
  readonly inside: GitPlace;
  /** The repository, as the worktree's git dir. */
  readonly outside: GitPlace;
};

function cleanDir(request: HomeRequest): string {
  return join(request.runDir, "git.clean");
}

function makePlaces(request: HomeRequest, record: CellRecord, cell: string): Places {
  const { commonDir, gitDir, worktree } = record;
  const { env, timeoutMs } = request;
  if (!existsSync(gitDir)) throw new Problem("missing", `The worktree's git dir ${gitDir} is gone.`);
  const clean = cleanDir(request);
  rmSync(clean, { recursive: true, force: true });
  for (const folder of ["objects", "refs"]) mkdirSync(join(clean, folder), { recursive: true, mode: 0o700 });
  writeFileSync(join(clean, "HEAD"), "ref: refs/heads/none\n");
  const isSha256 = record.tip.length === 64;
  const format = `[core]\n\trepositoryformatversion = ${isSha256 ? 1 : 0}\n\tbare = true\n`;
  writeFileSync(
    join(clean, "config"),
    isSha256 ? `${format}[extensions]\n\tobjectformat = sha256\n` : format,
  );
  const shallow = join(commonDir, "shallow");
  return {
    inside: {
      gitDir: clean,
      objects: join(cell, "objects"),
      borrowed: [join(commonDir, "objects")],
      ...(existsSync(shallow) ? { shallowFile: shallow } : {}),
      env,
      timeoutMs,
    },
    outside: { gitDir, commonDir, worktree, env, timeoutMs },
  };
}

/**
 * Where the branch stands inside. A run that went on on another branch, or renamed it, still worked on this dispatch:
 * where its HEAD is ahead of the branch, HEAD counts.
 */
async function chooseTip(inside: GitPlace, record: CellRecord, { refs, head }: CellRefs): Promise<string> {
  const branch = byBytes(`refs/heads/${record.branch}`);
  const tip = refs.get(branch);
  if (head.ref === branch && tip === undefined) {
    throw new Problem("refused", `The run left the branch ${record.branch} without a commit.`);
  }
  if (head.sha === null || head.sha === tip) return tip ?? record.tip;
  const ahead = ["merge-base", "--is-ancestor", tip ?? record.tip, head.sha];
  const { code } = await plumb(inside, ahead, { codes: [0, 1, 128] });
  return code === 0 ? head.sha : (tip ?? record.tip);
}

type LooseEnd = { readonly commit: string; readonly was: string };

type Found = { readonly record: CellRecord; readonly refs: CellRefs; readonly tip: string };

/** What the repository did not know before, and the branch may not reach; names of what is not there are dropped. */
async function looseEnds(inside: GitPlace, { record, refs: cell, tip }: Found): Promise<LooseEnd[]> {
  const known = new Set([...record.known, tip]);
  const named = [...cell.refs].map(([was, commit]) => ({ commit, was }));
  const stashed = cell.stashed.map((commit) => ({ commit, was: "refs/stash" }));
  const head = cell.head.sha === null ? [] : [{ commit: cell.head.sha, was: "HEAD" }];
  const found = new Map<string, LooseEnd>();
  for (const end of [...named, ...stashed, ...head]) {
    if (!known.has(end.commit) && !found.has(end.commit)) found.set(end.commit, end);
  }
  const ends = [...found.values()].slice(0, MAX_LOOSE_ENDS);
  if (ends.length === 0) return [];
  const list = ends.map(({ commit }) => `${commit}\n`).join("");
  const { stdout } = await plumb(inside, ["cat-file", "--batch-check=%(objecttype)"], { stdin: list });
  const types = stdout.split("\n");
  return ends.filter((_, at) => types[at] === "commit" || types[at] === "tag");
}

const MAX_LOOSE_ENDS = 200;

type Transfer = {
  readonly known: readonly string[];
  readonly wanted: readonly string[];
  readonly staged: Staged | null;
};

/** Objects that the repository has are left out (`--local`); every other is read, hashed and checked on the way in. */
async function transfer(
  request: HomeRequest,
  places: Places,
  { known, wanted, staged }: Transfer,
): Promise<void> {
  const isKnown = new Set(known);
  const fresh = [...new Set([...wanted, ...(staged?.objects ?? [])])].filter((sha) => !isKnown.has(sha));
  if (fresh.length === 0) return;
  const list = [...fresh, ...known.map((sha) => `^${sha}`)].join("\n");
  const base = join(cleanDir(request), "home");
  const pack = ["pack-objects", "-q", "--revs", "--local", "--non-empty", "--delta-base-offset", base];
  const { stdout } = await plumb(places.inside, pack, { stdin: `${list}\n` });
  const name = stdout.trim();
  if (!/^[0-9a-f]+$/.test(name) || !existsSync(`${base}-${name}.pack`)) return;
  await plumb(places.outside, ["index-pack", "--stdin", "--fix-thin", "--strict"], {
    stdin: { file: `${base}-${name}.pack` },
    door: { door: "git", name: "cell-objects" },
  });
}

type Move = { readonly record: CellRecord; readonly tip: string; readonly kept: Home["kept"] };

/** The commit on which the branch stands afterwards. */
async function moveBranch(outside: GitPlace, request: HomeRequest, move: Move): Promise<string> {
  const { record, tip, kept } = move;
  const branch = `refs/heads/${record.branch}`;
  const { stdout } = await plumb(outside, ["for-each-ref", "--format=%(objectname)", branch]);
  const now = stdout.trim();
  const hasMoved = now !== record.tip && now !== tip;
  const isLost = hasMoved && (tip !== record.tip || now === "");
  const rescue = { ref: `${request.keepUnder}/head`, commit: tip, was: branch };
  const commands = (isLost ? [...kept, rescue] : kept).map(({ ref, commit }) => `update ${ref} ${commit}\n`);
  if (now === record.tip && now !== tip) commands.push(`update ${byBytes(branch)} ${tip} ${record.tip}\n`);
  if (commands.length > 0) {
    await plumb(outside, ["update-ref", "--create-reflog", "-m", "commit: work of a run", "--stdin"], {
      stdin: commands.join(""),
      door: { door: "git", name: "cell-refs" },
    });
  }
  if (!isLost) return hasMoved ? now : tip;
  const where = now === "" ? "was deleted" : `was moved to ${now.slice(0, 10)}`;
  throw new Problem("conflict", `The branch ${record.branch} ${where} while the run was at work.`, {
    hint: `Its commits are kept: git log ${rescue.ref}`,
  });
}

/** Any text as the last part of a ref's name. */
function plainName(ref: string): string {
  const tail = ref.replace(/^refs\/(heads\/|tags\/|remotes\/)?/, "");
  return tail.replace(/[^A-Za-z0-9_-]+/g, "-").slice(0, 60) || "commit";
}
