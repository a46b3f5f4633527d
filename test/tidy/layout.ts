import { statSync } from "node:fs";
import { join } from "node:path";
import { ROOMS, roomOf } from "./rooms.ts";
import { ROOT } from "./sources.ts";

const FOLDERS = ["src", "bots", "tui", "migrations", "test", ".ci", "bench", "deploy", "docs"];
const FILES = [
  "package.json",
  "bunfig.toml",
  "tsconfig.json",
  "README.md",
  "ARCHITECTURE.md",
  "CHANGELOG.md",
  "LICENSE",
  "biome.json",
  "drizzle.config.ts",
  "bun.lock",
  ".gitignore",
];
const NO_FOLDERS = ["utils", "util", "helpers", "helper", "types", "common", "shared", "lib", "misc"];
const MAX_BYTES = 1_048_576;

export function misplaced(files: readonly string[]): string[] {
  return files.flatMap((path) => {
    const parts = path.split("/");
    const [top = "", second = ""] = parts;
    if (!(parts.length > 1 ? FOLDERS : FILES).includes(top)) return [`${path}: not at the top level`];
    if (parts.slice(0, -1).some((part) => NO_FOLDERS.includes(part)))
      return [`${path}: a folder says what is in it`];
    if (top === "src" && !ROOMS[roomOf(path)]) return [`${path}: "${second}" is no room`];
    if (/^(src|bots|tui)\/.*(^|\/)index\.tsx?$/.test(path)) return [`${path}: a barrel`];
    return [];
  });
}

export function tooLarge(files: readonly string[]): string[] {
  return files
    .filter((path) => statSync(join(ROOT, path)).size > MAX_BYTES)
    .map((path) => `${path}: over 1 MB`);
}

/** Folders of one machine, put together here so that this file does not hold them. */
const MACHINE = new RegExp(["work", "farm", "tmp/h"].map((name) => `(?<![\\w.}~-])/${name}/`).join("|"));

export async function machinePaths(files: readonly string[]): Promise<string[]> {
  const found = await Promise.all(
    files
      .filter((path) => !/\.(png|jpg|gif|db|lock)$/.test(path))
      .map(async (path) => {
        const text = await Bun.file(join(ROOT, path)).text();
        return text
          .split("\n")
          .flatMap((line, i) => (MACHINE.test(line) ? [`${path}:${i + 1}: ${line.trim()}`] : []));
      }),
  );
  return found.flat();
}
