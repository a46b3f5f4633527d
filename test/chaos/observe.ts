import { Database } from "bun:sqlite";
import { existsSync, lstatSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileState } from "../../src/github/memory/file.ts";
import { membersByMark } from "../../src/process/members.ts";
import { openStore } from "../../src/store/open.ts";
import { since } from "../../src/store/read.ts";
import { replay } from "../../src/store/replay.ts";
import { REPO, type Room } from "./room.ts";

/** All that can be told of a room once nothing moves in it, as lines without times and ids that differ by chance. */
export async function observe(room: Room): Promise<string[]> {
  const lines = [
    ...rows(room),
    ...starts(room),
    ...(await repository(room, "app", join(room.app, ".git"))),
    ...(await repository(room, "origin", room.origin)),
    ...(await worktrees(room)),
    ...(await github(room)),
    ...leftovers(room),
  ];
  return lines.map((line) => plain(room, line));
}

/** Runs of this home that are still in the line or live. */
export function isBusy(room: Room): boolean {
  return read(room, "SELECT 1 FROM runs WHERE state IN ('queued', 'starting', 'running')").length > 0;
}

export function read(room: Room, sql: string): Record<string, unknown>[] {
  const path = join(room.rallyHome, "rally.db");
  if (!existsSync(path)) return [];
  const db = new Database(path, { readonly: true });
  try {
    db.run("PRAGMA busy_timeout = 5000");
    return db.query<Record<string, unknown>, []>(sql).all();
  } finally {
    db.close();
  }
}

function plain(room: Room, line: string): string {
  return line
    .replaceAll(room.root, "…")
    .replace(/· (\d+[hms] ?)+(?=$| )/g, "· <took>")
    .replace(/\b1[6-9]\d{11}\b/g, "<time>")
    .replace(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, "<uuid>");
}

const TABLES: readonly (readonly [string, string])[] = [
  [
    "project",
    "SELECT id, name, repo, path, trusted_at IS NOT NULL AS trusted, slow_error FROM projects ORDER BY id",
  ],
  [
    "dispatch",
    `SELECT id, kind, number, title, branch, worktree, base, base_sha IS NOT NULL AS based, status, status_by, outcome,
       failure, outcome_detail, session IS NOT NULL AS session, done_at IS NOT NULL AS done FROM dispatches ORDER BY id`,
  ],
  [
    "run",
    `SELECT id, dispatch_id, role, state, attempt, message, resume, exit_code, stop_by, limit_hit, outcome, failure,
       detail, stage, tool, words, input_tokens, pid IS NOT NULL AS pid, head_before IS NOT NULL AS head_before,
       head_after IS NOT NULL AS head_after FROM runs ORDER BY id`,
  ],
  ["message", "SELECT dispatch_id, run_id, text FROM messages ORDER BY id"],
  [
    "question",
    "SELECT dispatch_id, run_id, text, answer, closed_by, delivered_at IS NOT NULL AS told FROM questions ORDER BY id",
  ],
  [
    "git",
    `SELECT dispatch_id, worktree_exists, branch_exists, branch_now, dirty, untracked, commits, unpushed, pushed, in_base,
       files, insertions, deletions FROM git_facts ORDER BY dispatch_id`,
  ],
  ["pr", "SELECT dispatch_id, number, state, draft, checks, conflict FROM pr_facts ORDER BY dispatch_id"],
  ["target", "SELECT dispatch_id, state FROM target_facts ORDER BY dispatch_id"],
  [
    "cleaned",
    "SELECT dispatch_id, archive_ref, trash, branch_head IS NOT NULL AS head, actor FROM cleaned ORDER BY dispatch_id",
  ],
  ["effect", "SELECT kind, room, dispatch_id, state FROM effects ORDER BY dispatch_id, key"],
];

function rows(room: Room): string[] {
  const found = TABLES.flatMap(([name, sql]) =>
    read(room, sql).map((row) => `${name} ${JSON.stringify(row)}`),
  );
  return [...found, ...journal(room), `integrity ${JSON.stringify(read(room, "PRAGMA integrity_check"))}`];
}

/** What a person typed twice because the first time died is theirs; all else is there exactly once. */
function journal(room: Room): string[] {
  const told = read(
    room,
    `SELECT layer, event, from_state, to_state, actor, dispatch_id, run_id FROM journal WHERE layer <> 'tick' ORDER BY id`,
  ).map((row) => `journal ${JSON.stringify(Object.values(row))}`);
  const pushes = new Set<string>();
  const once = told.filter(
    (line) => !line.includes('["gate","push"') || (!pushes.has(line) && pushes.add(line)),
  );
  return [...once.sort(), ...replayed(room)];
}

function replayed(room: Room): string[] {
  const store = openStore(room.rallyHome);
  try {
    const { dispatches, runs } = replay(since(store, 0, 100_000));
    const live = [...runs].map(([id, { state }]) => `${id} ${state}`);
    return [`replay ${JSON.stringify([...dispatches])} ${live.join(", ")}`];
  } finally {
    store.close();
  }
}

/** How often each run's agent was executed, by what it says first. */
function starts(room: Room): string[] {
  const folder = join(room.rallyHome, "runs");
  return names(folder)
    .filter((name) => /^\d+$/.test(name))
    .map((name) => {
      const log = text(join(folder, name, "log"));
      return `starts of run ${name}: ${log.split('{"type":"start"').length - 1}`;
    });
}

async function repository(room: Room, name: string, dir: string): Promise<string[]> {
  const refs = await room.git(room.root, "--git-dir", dir, "for-each-ref", "--format=%(refname)");
  const lines: string[] = [];
  for (const ref of refs.split("\n").filter(Boolean)) {
    const told = await room.git(room.root, "--git-dir", dir, "log", "--format=%T %s", "-20", ref, "--");
    lines.push(`${name} ${ref}: ${told.split("\n").sort().join(" | ")}`);
  }
  await room.git(room.root, "--git-dir", dir, "fsck", "--connectivity-only", "--no-dangling");
  return lines;
}

async function worktrees(room: Room): Promise<string[]> {
  const root = join(room.app, ".worktrees");
  const folders = names(root).filter((name) => name !== ".trash");
  const lines: string[] = [];
  for (const name of folders) {
    const status = await room.git(join(root, name), "status", "--porcelain=v1", "--branch", "--ignored");
    lines.push(`worktree ${name}: ${status.split("\n").join(" | ")}`);
  }
  const records = names(join(room.app, ".git/worktrees")).map(
    (name) =>
      `record ${name}: ${names(join(room.app, ".git/worktrees", name))
        .filter((one) => !SHIFTING.has(one))
        .join(" ")}`,
  );
  const trash = names(join(root, ".trash")).map(
    (name) => `trash ${name}: ${names(join(root, ".trash", name)).join(" ")}`,
  );
  return [...lines, ...records, ...trash, ...told(text(join(room.root, "told")))];
}

/** What was said again and says so, because its sender died on it, counts once. */
function told(notifications: string): string[] {
  const lines = notifications.split("\n").filter(Boolean);
  const again = lines.flatMap((line) =>
    line.includes(REPEATED) && !lines.includes(line.replace(REPEATED, ""))
      ? [line.replace(REPEATED, "")]
      : [],
  );
  return [...lines.filter((line) => !line.includes(REPEATED)), ...new Set(again)].map(
    (line) => `told: ${line}`,
  );
}

const REPEATED = " (perhaps told before)";

/** Files that git writes when it likes. */
const SHIFTING = new Set(["COMMIT_EDITMSG", "ORIG_HEAD", "FETCH_HEAD", "logs"]);

async function github(room: Room): Promise<string[]> {
  const state = await fileState(room.hub).read();
  const repo = state.repos.find((one) => one.name === REPO);
  return (repo?.threads ?? []).map((thread) => {
    const { number, title, open, comments, pull } = thread;
    const told = pull && { merged: pull.merged, head: pull.head.ref, reviews: pull.reviews.length };
    return `github ${JSON.stringify({ number, title, open, comments: comments.length, pull: told })}`;
  });
}

/** What nobody may find afterwards: processes, locks, temporary files, half-made things. */
function leftovers(room: Room): string[] {
  const home = String(read(room, "SELECT value FROM settings WHERE key = 'home_id'")[0]?.value ?? "none");
  const marks = [...membersByMark().keys()].filter((mark) => mark.startsWith(`${home}:`));
  const files = [
    room.rallyHome,
    join(room.app, ".git"),
    join(room.app, ".worktrees"),
    room.origin,
    room.tmp,
    room.hub,
  ]
    .flatMap((folder) => walk(folder))
    .filter((path) => path.startsWith(`${room.tmp}/`) || UNFINISHED.test(path));
  return [
    ...marks.map((mark) => `left alive: ${mark}`),
    ...files.map((path) => `left behind: ${relative(room.root, path)}`),
    ...names(join(room.rallyHome, "runs")).map(
      (name) => `folder of run ${name}: ${names(join(room.rallyHome, "runs", name)).join(" ")}`,
    ),
  ];
}

/** A draft of the embedded GitHub is GitHub's affair, and goes with its folder. */
const UNFINISHED =
  /\.lock$|\.lock\.|rally-new$|\.tmp$|\.part|\.making$|git\.clean$|index\.rally|tmp_obj|\.undone\.|context\.md\.|incoming-/;

function walk(folder: string): string[] {
  return names(folder).flatMap((name) => {
    const path = join(folder, name);
    return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ? [path, ...walk(path)] : [path];
  });
}

function names(folder: string): string[] {
  return existsSync(folder) && lstatSync(folder).isDirectory() ? readdirSync(folder).sort() : [];
}

function text(path: string): string {
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}
