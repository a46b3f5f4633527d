import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Identity, identity, ownIdentity } from "../src/process/identity.ts";
import { columnsOf } from "../src/runs/identity.ts";
import { admit, type NewDispatch } from "../src/store/admit.ts";
import { recordGit } from "../src/store/facts.ts";
import { openStore, type Store } from "../src/store/open.ts";
import { addProject } from "../src/store/projects.ts";
import { record } from "../src/store/record.ts";
import { takeSlot } from "../src/store/slot.ts";
import { write } from "../src/store/write.ts";

const DAY_MS = 86_400_000;
const ACTOR = "cli:bench";

/** A home with one project, filled through the store as commands would fill it. */
export type Filling = {
  readonly store: Store;
  readonly projectId: number;
};

export function fill(
  home: string,
  project: { readonly path: string; readonly repo: string | null; readonly remote: string | null },
  config: Readonly<Record<string, unknown>>,
  rows: (filling: Filling) => void = () => undefined,
): void {
  mkdirSync(home, { recursive: true, mode: 0o700 });
  // JSON is YAML.
  writeFileSync(join(home, "config.yaml"), JSON.stringify({ notify: "none", ...config }), { mode: 0o600 });
  const store = openStore(home);
  try {
    write(store, "bench", () => {
      const by = { actor: ACTOR, at: Date.now() - DAY_MS };
      const { id } = addProject(store, by, {
        name: "app",
        ...project,
        pushRemote: project.remote,
        trustedAt: by.at,
      });
      rows({ store, projectId: id });
    });
  } finally {
    store.close();
  }
}

export type Row = Partial<Pick<NewDispatch, "branch" | "worktree" | "base" | "baseSha">> & {
  readonly number: number;
  /** `live` and `ended` have a run of their own; `done` is all in the base, and has been for ten days. */
  readonly as: "live" | "ended" | "done";
  /** The process of its run. */
  readonly identity: Identity;
};

/** A dispatch whose run has started, and has ended unless it is live. Gives its run's number. */
export function addDispatch({ store, projectId }: Filling, row: Row): number {
  const by = { actor: ACTOR, at: Date.now() - (row.as === "done" ? 10 * DAY_MS : 60_000) };
  const { number, as, identity: process, ...place } = row;
  const { dispatchId, runId } = admit(store, {
    ...by,
    dispatch: {
      fresh: {
        projectId,
        kind: "issue",
        number,
        title: `Mend the part ${number} of the whole thing`,
        url: `https://github.com/acme/app/issues/${number}`,
        agent: "copilot",
        mode: "work",
        sandbox: "none",
        branch: `rally/${number}-mend`,
        worktree: `/nowhere/.worktrees/rally-${number}`,
        base: "main",
        baseSha: "a".repeat(40),
        context: "x".repeat(2_000),
        ...place,
      },
    },
    run: { role: "worker", agent: "copilot", message: null, resume: false, session: null, priority: 1 },
  });
  takeSlot(store, { ...by, runId, capacity: Number.MAX_SAFE_INTEGER, starter: "0" });
  const set = columnsOf(process);
  record(store, by, [{ layer: "run", id: runId, on: "started", set }]);
  if (as === "live") return runId;
  record(store, by, [
    { layer: "run", id: runId, on: "exit", set: { exitCode: 0, outcome: "ok" } },
    { layer: "dispatch", id: dispatchId, on: "session_ended", set: { outcome: "ok", outcomeAt: by.at } },
  ]);
  recordGit(store, dispatchId, facts(by.at, as === "done"), by.at);
  return runId;
}

/** Git was asked about a live run's worktree, and nothing has moved since. */
export function lookedAt(store: Store, dispatch: number, indexStamp: string | null): void {
  const at = Date.now();
  recordGit(store, dispatch, { ...facts(at, false), indexStamp }, at);
}

function facts(asOf: number, inBase: boolean) {
  return {
    asOf,
    worktreeExists: true,
    branchExists: true,
    branchNow: null,
    head: "b".repeat(40),
    commits: 2,
    files: 3,
    insertions: 85,
    deletions: 12,
    dirty: false,
    untracked: 0,
    unpushed: 2,
    pushed: 0,
    inBase,
    indexStamp: null,
  };
}

/** A process that sleeps until it is told to end: it stands for a thousand agents. */
export function sleeper(): { readonly identity: Identity; readonly end: () => void } {
  const child = Bun.spawn(["sleep", "3600"], { stdin: "ignore", stdout: "ignore", stderr: "ignore" });
  const found = identity(child.pid);
  if (!found) throw new Error("the sleeping process is not there");
  return { identity: found, end: () => child.kill() };
}

/** Of a process that has ended; above the highest number that Linux gives, so that nobody gets it again meanwhile. */
export function ended(): Identity {
  return { ...ownIdentity(), pid: 2 ** 22 + 1, start: "1" };
}
