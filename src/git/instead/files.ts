import { createHash } from "node:crypto";
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { Problem } from "../../domain/problem.ts";

/** What stands at a path of a worktree; `other`: a folder, or something that is no folder on the way to it. */
export type Standing =
  | { readonly kind: "absent" | "other" }
  | { readonly kind: "file" | "link"; readonly bytes: Uint8Array };

/** `name` has one character a byte, as git's names need not be UTF-8. No link is followed. */
export function standing(worktree: string, name: string): Standing {
  for (const folder of parents(name)) {
    const stat = look(worktree, folder);
    if (stat === undefined) return { kind: "absent" };
    if (!stat.isDirectory()) return { kind: "other" };
  }
  const stat = look(worktree, name);
  if (stat === undefined) return { kind: "absent" };
  const path = pathOf(worktree, name);
  if (stat.isSymbolicLink()) return { kind: "link", bytes: readlinkSync(path, "buffer") };
  return stat.isFile() ? { kind: "file", bytes: readFileSync(path) } : { kind: "other" };
}

/** Of what Rally placed: a file's content, or null for nothing there. Anything else equals nothing that it places. */
export function digest(now: Standing): string | null {
  if (now.kind === "file") return createHash("sha256").update(now.bytes).digest("hex");
  return now.kind === "absent" ? null : now.kind;
}

/** Whether it is that object of git's, as far as no filter stands between the two. */
export function isObject(now: Standing, oid: string): boolean {
  if (now.kind !== "file" && now.kind !== "link") return false;
  const hash = createHash(oid.length === 64 ? "sha256" : "sha1");
  return hash.update(`blob ${now.bytes.length}\0`).update(now.bytes).digest("hex") === oid;
}

/** Takes a file, a link or an empty folder away, and the folders that are empty then. Throws `refused` for all else. */
export function takeAway(worktree: string, name: string): void {
  const blocked = parents(name).find((folder) => look(worktree, folder)?.isDirectory() === false);
  if (blocked !== undefined) throw inTheWay(worktree, blocked);
  const stat = look(worktree, name);
  const path = pathOf(worktree, name);
  if (stat?.isDirectory()) {
    if (readdirSync(path).length > 0) throw inTheWay(worktree, name);
    rmdirSync(path);
  } else if (stat !== undefined) rmSync(path);
  for (const folder of parents(name).reverse()) {
    if (look(worktree, folder) === undefined) continue;
    if (readdirSync(pathOf(worktree, folder)).length > 0) return;
    rmdirSync(pathOf(worktree, folder));
  }
}

/** Writes a file by way of `draft` (on the same file system): a link at its name is replaced and never followed. */
export function place(
  worktree: string,
  name: string,
  file: { readonly bytes: Uint8Array; readonly mode: number; readonly draft: string },
): void {
  if (look(worktree, name)?.isDirectory()) takeAway(worktree, name);
  for (const folder of parents(name)) {
    const stat = look(worktree, folder);
    if (stat === undefined) mkdirSync(pathOf(worktree, folder));
    else if (!stat.isDirectory()) throw inTheWay(worktree, folder);
  }
  writeFileSync(file.draft, file.bytes, { mode: file.mode, flag: "wx" });
  renameSync(file.draft, pathOf(worktree, name));
}

/** The folders above a path, from the root on. */
function parents(name: string): string[] {
  const parts = name.split("/");
  return parts.slice(1).map((_, at) => parts.slice(0, at + 1).join("/"));
}

function look(worktree: string, name: string) {
  return lstatSync(pathOf(worktree, name), { throwIfNoEntry: false });
}

function pathOf(worktree: string, name: string): Buffer {
  return Buffer.concat([Buffer.from(`${worktree}/`), Buffer.from(name, "latin1")]);
}

function inTheWay(worktree: string, name: string): Problem {
  const path = JSON.stringify(pathOf(worktree, name).toString("utf8"));
  return new Problem("refused", `${path} is in the way of the base's configuration of agents.`, {
    hint: "Move it out of the worktree, and retry.",
  });
}
