import { randomUUID } from "node:crypto";
import { link, readFile, rename, unlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { passing } from "../boundary.ts";
import { Problem } from "../domain/problem.ts";
import { alive, type Identity, ownIdentity } from "../process/identity.ts";
import type { RepoAt } from "./admin.ts";
import { codeOf, ownName, sweepAbandoned } from "./temporary.ts";

/** What a lock is made from, and ends as. */
const DRAFT = "rally.lock.";
const queues = new Map<string, Promise<unknown>>();
const WAIT_SECONDS = 60;
const STEP_MS = 20;

/**
 * One writer a repository at a time: a queue within this process, a lock file in the git dir between processes. The
 * lock of a process that is gone is taken over. Not for use inside itself. Throws Problem `conflict` after a minute.
 */
export async function withRepoLock<T>(
  repo: RepoAt,
  work: () => Promise<T>,
  options: { readonly waitSeconds?: number } = {},
): Promise<T> {
  const before = queues.get(repo.commonDir) ?? Promise.resolve();
  const turn = before.then(() => locked(repo, work, options.waitSeconds ?? WAIT_SECONDS));
  const settled = turn.catch(() => undefined);
  queues.set(repo.commonDir, settled);
  try {
    return await turn;
  } finally {
    if (queues.get(repo.commonDir) === settled) queues.delete(repo.commonDir);
  }
}

/** Takes away the lock of a process that is gone, and what it was made from; nobody is waited for. */
export async function sweepLock(repo: RepoAt): Promise<void> {
  await sweepAbandoned(repo.commonDir, DRAFT);
  const path = join(repo.commonDir, "rally.lock");
  const held = await readFile(path, "utf8").catch(() => null);
  if (held !== null && isStale(held)) await takeAway(path, held, contents());
}

async function locked<T>(repo: RepoAt, work: () => Promise<T>, waitSeconds: number): Promise<T> {
  const path = join(repo.commonDir, "rally.lock");
  const mine = await acquire(path, repo, waitSeconds);
  try {
    return await work();
  } finally {
    await passing("file", "unlock", () => release(path, mine));
  }
}

/** Only ours: another may have judged us gone after a suspended machine. */
async function release(path: string, mine: string): Promise<void> {
  if ((await readFile(path, "utf8").catch(() => "")) === mine) await unlink(path).catch(() => undefined);
}

async function acquire(path: string, repo: RepoAt, waitSeconds: number): Promise<string> {
  await sweepAbandoned(repo.commonDir, DRAFT);
  const text = contents();
  for (let waitedMs = 0; ; waitedMs += STEP_MS) {
    if (await passing("file", "lock", () => create(path, text))) return text;
    const held = await readFile(path, "utf8").catch(() => null);
    if (held === null) continue;
    if (isStale(held)) {
      await takeAway(path, held, text);
      continue;
    }
    if (waitedMs >= waitSeconds * 1000) {
      throw new Problem(
        "conflict",
        `Another Rally (process ${parse(held)?.pid ?? "?"}) is working in ${repo.root}.`,
        {
          hint: `try again; if it never ends: rm ${path}`,
        },
      );
    }
    await Bun.sleep(STEP_MS);
  }
}

function contents(): string {
  return JSON.stringify({ ...ownIdentity(), nonce: randomUUID() });
}

/** Exclusive and never half-written: a full file is linked to the name. */
async function create(path: string, text: string): Promise<boolean> {
  const own = join(dirname(path), ownName(DRAFT));
  try {
    await writeFile(own, text, { flag: "wx", mode: 0o600 });
    await link(own, path);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw new Problem("git", `Rally cannot write into ${path}.`, { cause: error });
  } finally {
    await unlink(own).catch(() => undefined);
  }
}

/** One breaker at a time, and only the very lock that was seen stale. */
async function takeAway(path: string, stale: string, mine: string): Promise<void> {
  const breaker = `${path}.break`;
  if (!(await create(breaker, mine))) {
    const other = await readFile(breaker, "utf8").catch(() => null);
    if (other !== null && isStale(other)) await unlink(breaker).catch(() => undefined);
    await Bun.sleep(STEP_MS);
    return;
  }
  try {
    if ((await readFile(path, "utf8").catch(() => null)) === stale) {
      const aside = join(dirname(path), ownName(DRAFT));
      await rename(path, aside);
      await unlink(aside);
    }
  } finally {
    await unlink(breaker).catch(() => undefined);
  }
}

/** Certain that its holder is dead; "cannot tell" is alive. */
function isStale(text: string): boolean {
  const holder = parse(text);
  return holder === null || alive(holder) === "dead";
}

function parse(text: string): Identity | null {
  try {
    const read: unknown = JSON.parse(text);
    if (typeof read !== "object" || read === null) return null;
    const { pid, start, boot, ns } = read as Record<string, unknown>;
    if (typeof pid !== "number" || typeof start !== "string") return null;
    if (typeof boot !== "string" || typeof ns !== "string") return null;
    return { pid, start, boot, ns };
  } catch {
    return null;
  }
}
