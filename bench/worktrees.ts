import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Bench, environment } from "./bench.ts";

/** Runs git as a person would; gives what it prints. */
export function git(bench: Bench, cwd: string, args: readonly string[], stdin = ""): string {
  const done = Bun.spawnSync(["git", ...args], {
    cwd,
    env: environment(bench, bench.root),
    stdin: Buffer.from(stdin),
    stdout: "pipe",
    stderr: "pipe",
  });
  if (done.exitCode !== 0) throw new Error(`git ${args.join(" ")}: ${done.stderr.toString()}`);
  return done.stdout.toString().trim();
}

/** A bare repository with so many files on `main`, and so many branches `work-<n>`, each with a commit of its own that changes the same. */
export function makeOrigin(bench: Bench, name: string, files: number, branches = 0): string {
  const path = join(bench.root, `${name}.git`);
  mkdirSync(path);
  git(bench, path, ["init", "--quiet", "--bare", "--initial-branch=main"]);
  const commit = (ref: string, message: string, from: string, changes: readonly string[]) =>
    `commit refs/heads/${ref}\ncommitter Bench <bench@localhost> 1700000000 +0000\ndata ${message.length}\n${message}\n${from}${changes.join("")}\n`;
  const base = Array.from({ length: files }, (_, at) => file(`src/part-${at % 50}/file-${at}.ts`, at));
  const own = Array.from({ length: branches }, (_, at) =>
    commit(`work-${at}`, `work ${at}`, "from refs/heads/main\n", [file("src/part-0/file-0.ts", 100_000)]),
  );
  git(bench, path, ["fast-import", "--quiet"], [commit("main", "begin", "", base), ...own].join(""));
  return path;
}

const LINES = 40;

function file(path: string, seed: number): string {
  const text = Array.from({ length: LINES }, (_, line) => `export const x${line} = ${seed + line};\n`).join(
    "",
  );
  return `M 644 inline ${path}\ndata ${text.length}\n${text}\n`;
}

/** As `git clone` makes it. */
export function clone(bench: Bench, origin: string, name: string): string {
  const path = join(bench.root, name);
  git(bench, bench.root, ["clone", "--quiet", "--no-local", origin, path]);
  return path;
}
