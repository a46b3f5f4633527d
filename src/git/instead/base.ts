import { posix } from "node:path";
import { isAgentFile } from "../../domain/agent-files.ts";
import type { RepoAt } from "../admin.ts";
import { mainAt } from "../admin.ts";
import { gitBytes, gitProblem } from "../git.ts";
import { type Entry, readable } from "./kept.ts";

/** What the base has at a path: a file's bytes and mode. */
export type BaseFile = { readonly bytes: Uint8Array; readonly mode: number };
export type BaseEntry = { readonly mode: string; readonly oid: string };

/** The agents' files of a commit, by name (one character a byte). */
export async function baseEntries(repo: RepoAt, base: string): Promise<ReadonlyMap<string, BaseEntry>> {
  const args = ["ls-tree", "-r", "-z", "--full-tree", base];
  const result = await gitBytes(mainAt(repo), args);
  if (result.code !== 0 || result.truncated) throw gitProblem(args, result);
  const found = new Map<string, BaseEntry>();
  for (const row of Buffer.from(result.stdout).toString("latin1").split("\0")) {
    const [, mode, oid, name] = /^(\d+) \w+ ([0-9a-f]+)\t(.*)$/s.exec(row) ?? [];
    if (mode === undefined || oid === undefined || name === undefined) continue;
    if (isAgentFile(readable(name))) found.set(name, { mode, oid });
  }
  return found;
}

/**
 * What is to stand at a path: the base's file, or null. A link counts as what it leads to within the base, as in the
 * worktree it would lead to what the pull request has there; where that is no file, nothing stands there.
 */
export async function baseFile(
  repo: RepoAt,
  base: string,
  name: string,
  entry: BaseEntry,
): Promise<BaseFile | null> {
  if (entry.mode === "160000") return null;
  const mode = entry.mode === "100755" ? 0o755 : 0o644;
  if (entry.mode !== "120000") return { bytes: await blob(repo, entry.oid), mode };
  if (name.includes("\n")) return null;
  const stdin = Buffer.from(`${base}:${name}\n`, "latin1");
  const args = ["cat-file", "--batch-check=%(objectname) %(objecttype)", "--follow-symlinks"];
  const result = await gitBytes(mainAt(repo), args, { stdin });
  const oid = /^([0-9a-f]{40,64}) blob\n/.exec(new TextDecoder().decode(result.stdout))?.[1];
  return oid === undefined ? null : { bytes: await blob(repo, oid), mode };
}

/** Whether a link that base and head share leads to another of the agents' files, which then is the base's, too. */
export async function isInnerLink(
  repo: RepoAt,
  own: Entry,
  base: ReadonlyMap<string, BaseEntry>,
): Promise<boolean> {
  const target = Buffer.from(await blob(repo, own.oid)).toString("latin1");
  const aim = posix.normalize(posix.join(posix.dirname(own.name), target));
  return !target.startsWith("/") && (base.get(aim)?.mode.startsWith("100") ?? false);
}

async function blob(repo: RepoAt, oid: string): Promise<Uint8Array> {
  const args = ["cat-file", "blob", oid];
  const result = await gitBytes(mainAt(repo), args);
  if (result.code !== 0 || result.truncated) throw gitProblem(args, result);
  return result.stdout;
}
